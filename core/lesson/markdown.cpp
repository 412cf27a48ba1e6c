#include "core/lesson/markdown.h"

#include <algorithm>
#include <optional>

#include "core/trace/utf8.h"

namespace ipcscope {

namespace {

constexpr std::size_t longest_line = 4096;

struct Fence {
    std::size_t indent = 0;
    char mark = '`';
    std::size_t length = 0;
    std::string info;
};

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

std::size_t run_length(std::string_view text, char mark) {
    return std::min(text.find_first_not_of(mark), text.size());
}

std::optional<Fence> opening_fence(std::string_view line) {
    Fence fence;
    fence.indent = indent_of(line);
    if (fence.indent > 3 || fence.indent == line.size()) return std::nullopt;
    line.remove_prefix(fence.indent);
    fence.mark = line[0];
    if (fence.mark != '`' && fence.mark != '~') return std::nullopt;
    fence.length = run_length(line, fence.mark);
    if (fence.length < 3) return std::nullopt;
    fence.info = trimmed(line.substr(fence.length));
    if (fence.mark == '`' && fence.info.find('`') != std::string::npos) return std::nullopt;
    return fence;
}

bool closes(const Fence& fence, std::string_view line) {
    const std::size_t indent = indent_of(line);
    if (indent > 3) return false;
    line.remove_prefix(indent);
    const std::size_t length = run_length(line, fence.mark);
    return length >= fence.length && trimmed(line.substr(length)).empty();
}

std::optional<MarkdownPiece> heading(std::string_view line, int number) {
    const std::size_t indent = indent_of(line);
    if (indent > 3) return std::nullopt;
    std::string_view rest = line.substr(indent);
    const std::size_t level = run_length(rest, '#');
    if (level < 1 || level > 6) return std::nullopt;
    rest.remove_prefix(level);
    if (!rest.empty() && rest[0] != ' ' && rest[0] != '\t') return std::nullopt;
    rest = trimmed(rest);
    std::string_view open = rest.substr(0, rest.find_last_not_of('#') + 1);
    if (open.empty() || open.back() == ' ' || open.back() == '\t') rest = trimmed(open);  // a closing row of #
    return MarkdownPiece{
        MarkdownPiece::Kind::Heading, number, static_cast<int>(level), std::string(rest), {}, std::string(line)};
}

// Why this line cannot be text, or "".
std::string damage_in(std::string_view line) {
    if (line.size() > longest_line) return "this line is longer than 4096 bytes; break it";
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t length = line[at] == '\t' ? 1 : printable_utf8_length(line.substr(at));
        if (length > 0) {
            at += length;
            continue;
        }
        std::string byte;
        append_hex_escape(byte, line[at]);
        return "byte " + std::to_string(at + 1) + " of this line, " + byte +
               ", begins nothing that can be shown: a lesson is UTF-8 text";
    }
    return "";
}

std::string without_indent(std::string_view line, std::size_t indent) {
    return std::string(line.substr(std::min(indent, indent_of(line))));
}

void add_prose(std::vector<MarkdownPiece>& pieces, std::string_view line, int number) {
    if (pieces.empty() || pieces.back().kind != MarkdownPiece::Kind::Prose) {
        if (trimmed(line).empty()) return;
        pieces.push_back({MarkdownPiece::Kind::Prose, number, 0, "", {}, ""});
    }
    pieces.back().text.append(line).append("\n");
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

std::string_view take_word(std::string_view& text) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

Failure mistake_at(const std::string& path, int line, const std::string& what) {
    return Failure{path + ":" + std::to_string(line) + ": " + what};
}

Result<std::vector<MarkdownPiece>> split_markdown(const std::string& path, std::string_view text) {
    std::vector<MarkdownPiece> pieces;
    std::optional<Fence> fence;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (const std::string damage = damage_in(line); !damage.empty()) return mistake_at(path, number, damage);

        if (fence) {
            pieces.back().written.append("\n").append(line);
            if (closes(*fence, line))
                fence.reset();
            else
                pieces.back().inside.push_back({number, without_indent(line, fence->indent)});
        } else if ((fence = opening_fence(line))) {
            pieces.push_back({MarkdownPiece::Kind::Fence, number, 0, fence->info, {}, std::string(line)});
        } else if (auto found = heading(line, number)) {
            pieces.push_back(std::move(*found));
        } else {
            add_prose(pieces, line, number);
        }
    }
    if (fence)
        return mistake_at(path, pieces.back().line,
                          "this block is never closed: a line of " + std::string(fence->length, fence->mark) + " is missing");
    return pieces;
}

}  // namespace ipcscope
