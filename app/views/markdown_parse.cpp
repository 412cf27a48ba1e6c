#include <md4c.h>

#include <string_view>

#include "app/views/markdown.h"

namespace ipcscope {

namespace {

using Face = MarkdownSpan::Face;
using Kind = MarkdownBlock::Kind;

struct Parser {
    struct List {
        bool is_numbered;
        unsigned next;
    };
    std::vector<MarkdownBlock> blocks;
    std::vector<List> lists;
    std::vector<Face> faces{Face::Plain};
    std::string link;
    bool is_open = false;        // text goes into blocks.back()
    bool is_item_fresh = false;  // the next paragraph gets the bullet
    int quotes = 0;
    bool is_table_head = false;

    MarkdownBlock& open(Kind kind) {
        MarkdownBlock block;
        block.kind = kind;
        blocks.push_back(std::move(block));
        is_open = true;
        return blocks.back();
    }

    void open_paragraph() {
        if (lists.empty()) {
            open(quotes > 0 ? Kind::Quote : Kind::Paragraph).depth = quotes;
            return;
        }
        MarkdownBlock& block = open(Kind::Item);
        block.depth = static_cast<int>(lists.size());
        block.is_continued = !is_item_fresh;
        if (is_item_fresh && lists.back().is_numbered) block.bullet = std::to_string(lists.back().next++) + ".";
        is_item_fresh = false;
    }

    std::vector<MarkdownSpan>& spans() {
        if (!is_open) open_paragraph();
        MarkdownBlock& block = blocks.back();
        if (block.kind != Kind::Row) return block.spans;
        if (block.cells.empty()) block.cells.emplace_back();
        return block.cells.back();
    }

    void add(std::string_view text) {
        if (is_open && blocks.back().kind == Kind::Code) {
            blocks.back().code += text;
            return;
        }
        std::vector<MarkdownSpan>& row = spans();
        const Face face = faces.back();
        if (!row.empty() && row.back().face == face && row.back().link == link && !row.back().is_break) {
            row.back().text += text;
        } else {
            row.push_back({face, std::string(text), link, false});
        }
    }

    void enter(MD_BLOCKTYPE type, void* detail) {
        switch (type) {
            case MD_BLOCK_UL: lists.push_back({false, 0}), is_open = false; break;
            case MD_BLOCK_OL: lists.push_back({true, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start}), is_open = false; break;
            case MD_BLOCK_LI: is_item_fresh = true, is_open = false; break;
            case MD_BLOCK_QUOTE: ++quotes, is_open = false; break;
            case MD_BLOCK_P: open_paragraph(); break;
            case MD_BLOCK_H: open(Kind::Heading); break;
            case MD_BLOCK_CODE:
            case MD_BLOCK_HTML: open(Kind::Code); break;
            case MD_BLOCK_HR: open(Kind::Rule), is_open = false; break;
            case MD_BLOCK_THEAD: is_table_head = true; break;
            case MD_BLOCK_TBODY: is_table_head = false; break;
            case MD_BLOCK_TR: open(Kind::Row).is_table_head = is_table_head; break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD: blocks.back().cells.emplace_back(); break;
            default: break;
        }
    }

    void leave(MD_BLOCKTYPE type) {
        switch (type) {
            case MD_BLOCK_UL:
            case MD_BLOCK_OL: lists.pop_back(), is_open = false; break;
            case MD_BLOCK_QUOTE: --quotes, is_open = false; break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD:
            case MD_BLOCK_THEAD:
            case MD_BLOCK_TBODY:
            case MD_BLOCK_DOC: break;
            default: is_open = false;
        }
    }

    void enter_span(MD_SPANTYPE type, void* detail) {
        switch (type) {
            case MD_SPAN_STRONG: faces.push_back(Face::Bold); break;
            case MD_SPAN_EM: faces.push_back(faces.back() == Face::Bold ? Face::Bold : Face::Italic); break;
            case MD_SPAN_CODE: faces.push_back(Face::Code); break;
            case MD_SPAN_A: {
                const MD_ATTRIBUTE& target = static_cast<MD_SPAN_A_DETAIL*>(detail)->href;
                link.assign(target.text, target.size);
                faces.push_back(Face::Link);
                break;
            }
            default: faces.push_back(faces.back());
        }
    }

    void leave_span(MD_SPANTYPE type) {
        faces.pop_back();
        if (type == MD_SPAN_A) link.clear();
    }

    void text(MD_TEXTTYPE type, std::string_view text) {
        static constexpr std::pair<std::string_view, std::string_view> entities[] = {
            {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", "\u00a0"}};
        switch (type) {
            case MD_TEXT_SOFTBR: add(" "); break;
            case MD_TEXT_BR: spans().push_back({faces.back(), "", "", true}); break;
            case MD_TEXT_NULLCHAR: add("\ufffd"); break;
            case MD_TEXT_ENTITY:
                for (const auto& [name, character] : entities)
                    if (text == name) text = character;
                add(text);
                break;
            default: add(text);
        }
    }
};

Parser& parser_of(void* user) { return *static_cast<Parser*>(user); }

}  // namespace

std::vector<MarkdownBlock> parse_markdown(const std::string& text) {
    Parser parser;
    MD_PARSER callbacks{};
    callbacks.flags = MD_FLAG_TABLES | MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_NOHTML;
    callbacks.enter_block = [](MD_BLOCKTYPE type, void* detail, void* user) { return parser_of(user).enter(type, detail), 0; };
    callbacks.leave_block = [](MD_BLOCKTYPE type, void*, void* user) { return parser_of(user).leave(type), 0; };
    callbacks.enter_span = [](MD_SPANTYPE type, void* detail, void* user) {
        return parser_of(user).enter_span(type, detail), 0;
    };
    callbacks.leave_span = [](MD_SPANTYPE type, void*, void* user) { return parser_of(user).leave_span(type), 0; };
    callbacks.text = [](MD_TEXTTYPE type, const MD_CHAR* begin, MD_SIZE size, void* user) {
        return parser_of(user).text(type, {begin, size}), 0;
    };
    if (md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &callbacks, &parser) != 0) {
        MarkdownBlock as_written;   // better the raw text than none
        as_written.spans.push_back({Face::Plain, text, "", false});
        return {as_written};
    }
    return std::move(parser.blocks);
}

}  // namespace ipcscope
