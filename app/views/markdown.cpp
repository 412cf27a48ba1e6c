#include "app/views/markdown.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "app/views/widgets.h"

namespace ipcscope {

namespace {

using Face = MarkdownSpan::Face;
using Kind = MarkdownBlock::Kind;

const ImFont* font_of(const Theme& theme, Face face, bool is_strong) {
    if (face == Face::Code) return theme.fonts.mono;
    if (face == Face::Bold || is_strong) return theme.fonts.bold;
    return face == Face::Italic ? theme.fonts.italic : theme.fonts.text;
}

// Sets spans word by word. With a null list it measures only.
class Setter {
 public:
    Setter(const Theme& theme, ImDrawList* list, ImVec2 origin, float width, ImU32 color, bool is_strong = false)
        : theme_(theme), list_(list), origin_(origin), width_(width), color_(color), is_strong_(is_strong),
          line_(line_height(theme.fonts.text)) {}

    void set(const std::vector<MarkdownSpan>& spans) {
        for (const MarkdownSpan& span : spans) set(span);
    }
    float height() const { return y_ + line_; }
    const std::string& pressed_link() const { return pressed_link_; }

 private:
    float code_pad() const { return theme_.px(3); }

    void new_line() {
        x_ = 0;
        y_ += line_;
    }

    void set(const MarkdownSpan& span) {
        if (span.is_break) return new_line();
        const ImFont* font = font_of(theme_, span.face, is_strong_);
        const float space = text_width(font, " ");
        std::string_view rest = span.text;
        if (span.face == Face::Code && x_ > 0) x_ += code_pad();   // its soft ground reaches beyond the letters
        while (!rest.empty()) {
            if (rest.front() == ' ') {
                if (x_ > 0) x_ += space;
                rest.remove_prefix(1);
                continue;
            }
            const std::size_t length = std::min(rest.find(' '), rest.size());
            set_word(span, font, rest.substr(0, length), space);
            rest.remove_prefix(length);
        }
        if (span.face == Face::Code) x_ += code_pad();
    }

    void set_word(const MarkdownSpan& span, const ImFont* font, std::string_view word, float space) {
        float width = text_width(font, word);
        // "read()," : punctuation that follows a span without a blank stays with it, so only a blank makes a new line.
        if (x_ > 0 && x_ + width > width_ && (word.size() > 2 || x_ + width > width_ + space)) new_line();
        while (width > width_ && word.size() > 1) {   // a word longer than the line is broken
            std::size_t piece = word.size() - 1;
            while (piece > 1 && (text_width(font, word.substr(0, piece)) > width_ ||
                                 (static_cast<unsigned char>(word[piece]) & 0xc0) == 0x80)) --piece;
            place(span, font, word.substr(0, piece), text_width(font, word.substr(0, piece)), space);
            new_line();
            word.remove_prefix(piece);
            width = text_width(font, word);
        }
        place(span, font, word, width, space);
    }

    void place(const MarkdownSpan& span, const ImFont* font, std::string_view word, float width, float space) {
        const ImVec2 at(origin_.x + x_, origin_.y + y_ + std::floor((line_ - font_size(font)) / 2));
        x_ += width;
        if (!list_) return;
        if (span.face == Face::Code) {   // the soft ground of neighbouring words runs together
            const bool is_joined = last_code_ == &span && last_y_ == y_;
            const float left = is_joined ? at.x - space : at.x - code_pad();
            list_->AddRectFilled({left, at.y - theme_.px(2)},
                                 {at.x + width + code_pad(), at.y + font_size(font) + theme_.px(2)}, theme_.ink(Ink::Well),
                                 is_joined ? 0 : theme_.px(4));
            if (is_joined) draw_text(list_, font, last_at_, theme_.ink(Ink::Text), last_word_);
            last_code_ = &span, last_y_ = y_, last_at_ = at, last_word_ = word;
        }
        ImU32 color = color_;
        if (span.face == Face::Code) color = theme_.ink(Ink::Text);
        if (span.face == Face::Link) color = theme_.ink(Ink::Accent);
        if (span.face == Face::Link) press(span, {at, {at.x + width, at.y + font_size(font)}}, color);
        draw_text(list_, font, at, color, word);
    }

    void press(const MarkdownSpan& span, const Rect& rect, ImU32 color) {
        list_->AddLine({rect.min.x, rect.max.y + 1}, {rect.max.x, rect.max.y + 1}, color, std::max(1.0f, theme_.px(1)));
        ImGui::PushID(static_cast<int>(rect.min.x) * 7919 + static_cast<int>(y_));
        const Press press = pressable("link", rect);
        ImGui::PopID();
        if (press.is_hot) draw_tool_tip(theme_, span.link + "  (press to copy)");
        if (press.is_pressed) pressed_link_ = span.link;
    }

    const Theme& theme_;
    ImDrawList* list_;
    ImVec2 origin_;
    float width_;
    ImU32 color_;
    bool is_strong_;
    float line_;
    float x_ = 0, y_ = 0;
    const MarkdownSpan* last_code_ = nullptr;
    float last_y_ = 0;
    ImVec2 last_at_;
    std::string_view last_word_;
    std::string pressed_link_;
};

float draw_code(const Theme& theme, const std::string& code, ImVec2 at, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float line = std::ceil(font_size(theme.fonts.mono) * 1.4f);
    const float pad = theme.px(10);
    std::string_view rest = code;
    while (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
    const auto lines = static_cast<float>(std::count(rest.begin(), rest.end(), '\n') + 1);
    const float height = lines * line + 2 * pad;
    list->AddRectFilled(at, {at.x + width, at.y + height}, theme.ink(Ink::Well), theme.px(6));
    for (float y = at.y + pad; y < at.y + height - pad - 1; y += line) {
        const std::size_t length = std::min(rest.find('\n'), rest.size());
        draw_fitted(list, theme.fonts.mono, {at.x + pad, y}, width - 2 * pad, theme.ink(Ink::Text), rest.substr(0, length));
        rest.remove_prefix(std::min(length + 1, rest.size()));
    }
    return height;
}

float draw_row(const Theme& theme, const MarkdownBlock& block, ImVec2 at, float width, std::string& pressed_link) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float gap = theme.px(12);
    const auto columns = static_cast<float>(std::max<std::size_t>(1, block.cells.size()));
    const float column = (width - gap * (columns - 1)) / columns;
    float height = 0;
    for (std::size_t i = 0; i < block.cells.size(); ++i) {
        const ImVec2 cell_at(at.x + static_cast<float>(i) * (column + gap), at.y + theme.px(3));
        Setter setter(theme, list, cell_at, column, theme.ink(Ink::Text), block.is_table_head);
        setter.set(block.cells[i]);
        height = std::max(height, setter.height() + theme.px(6));
        if (!setter.pressed_link().empty()) pressed_link = setter.pressed_link();
    }
    list->AddLine({at.x, at.y + height}, {at.x + width, at.y + height}, theme.ink(Ink::PanelEdge), std::max(1.0f, theme.px(1)));
    return height + theme.px(1);
}

// How far below one block the next one starts.
float gap_after(const Theme& theme, const MarkdownBlock& block, const MarkdownBlock* next) {
    if (!next) return 0;
    if (block.kind == Kind::Row && next->kind == Kind::Row) return 0;
    if (block.kind == Kind::Item && next->kind == Kind::Item) return theme.px(4);
    return theme.px(10);
}

}  // namespace

std::string draw_markdown(const Theme& theme, const std::vector<MarkdownBlock>& blocks, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    std::string pressed_link;
    const auto set = [&](const MarkdownBlock& block, ImVec2 at, float room, bool is_strong) {
        Setter setter(theme, list, at, room, theme.ink(Ink::Text), is_strong);
        setter.set(block.spans);
        if (!setter.pressed_link().empty()) pressed_link = setter.pressed_link();
        return setter.height();
    };
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const MarkdownBlock& block = blocks[i];
        const ImVec2 at = ImGui::GetCursorScreenPos();
        float height = 0;
        switch (block.kind) {
            case Kind::Paragraph: height = set(block, at, width, false); break;
            case Kind::Heading: height = set(block, at, width, true); break;
            case Kind::Code: height = draw_code(theme, block.code, at, width); break;
            case Kind::Row: height = draw_row(theme, block, at, width, pressed_link); break;
            case Kind::Rule:
                list->AddLine(at, {at.x + width, at.y}, theme.ink(Ink::PanelEdge), std::max(1.0f, theme.px(1)));
                height = theme.px(1);
                break;
            case Kind::Quote: {
                const float indent = theme.px(14);
                height = set(block, {at.x + indent, at.y}, width - indent, false);
                list->AddRectFilled(at, {at.x + theme.px(3), at.y + height}, theme.ink(Ink::Accent, 0.6f), theme.px(1.5f));
                break;
            }
            case Kind::Item: {
                const float indent = theme.px(20) * static_cast<float>(block.depth);
                height = set(block, {at.x + indent, at.y}, width - indent, false);
                const float line = line_height(theme.fonts.text);
                if (!block.bullet.empty()) {
                    draw_text_in(list, theme.fonts.text, {{at.x, at.y}, {at.x + indent - theme.px(6), at.y + line}},
                                 Align::Right, theme.ink(Ink::TextDim), block.bullet);
                } else if (!block.is_continued) {
                    draw_mark(list, Mark::Dot, {at.x + indent - theme.px(11), at.y + line / 2}, theme.px(5),
                              theme.ink(Ink::TextDim));
                }
                break;
            }
        }
        ImGui::Dummy({width, height + gap_after(theme, block, i + 1 < blocks.size() ? &blocks[i + 1] : nullptr)});
    }
    return pressed_link;
}

std::string draw_markdown(const Theme& theme, const std::string& text, float width) {
    static std::unordered_map<std::string, std::vector<MarkdownBlock>> parsed;
    if (parsed.size() > 500) parsed.clear();
    auto found = parsed.find(text);
    if (found == parsed.end()) found = parsed.emplace(text, parse_markdown(text)).first;
    return draw_markdown(theme, found->second, width);
}

}  // namespace ipcscope
