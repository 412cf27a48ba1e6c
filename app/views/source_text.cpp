#include "app/views/source_text.h"

#include <algorithm>
#include <array>

namespace ipcscope {

namespace {

constexpr auto keywords = std::to_array<std::string_view>({
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for",
    "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct",
    "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "size_t", "ssize_t", "pid_t", "bool",
});

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string printable(std::string_view line) {
    std::string text;
    for (const char c : line) {
        if (c == '\t') text.append(4 - text.size() % 4, ' ');
        else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) text += c;
        else if (c != '\r') text += '?';
    }
    return text;
}

class Colourer {
 public:
    void colour(SourceLine& line) {
        line_ = &line;
        at_ = 0;
        const std::string& text = line.text;
        const std::size_t first = text.find_first_not_of(' ');
        if (!is_in_comment_ && first != std::string::npos && text[first] == '#') {
            take(text.size(), SourceKind::Directive);
            return;
        }
        while (at_ < text.size()) {
            if (is_in_comment_ || text.compare(at_, 2, "/*") == 0) take_comment(text);
            else if (text.compare(at_, 2, "//") == 0) take(text.size(), SourceKind::Comment);
            else if (text[at_] == '"' || text[at_] == '\'') take(end_of_string(text), SourceKind::String);
            else if (is_word(text[at_])) take_word(text);
            else take(at_ + 1, SourceKind::Plain);
        }
    }

 private:
    void take(std::size_t end, SourceKind kind) {
        std::vector<SourcePiece>& pieces = line_->pieces;
        if (!pieces.empty() && pieces.back().kind == kind) pieces.back().end = end;
        else pieces.push_back({at_, end, kind});
        at_ = end;
    }

    void take_comment(const std::string& text) {
        const std::size_t close = text.find("*/", is_in_comment_ ? at_ : at_ + 2);
        is_in_comment_ = close == std::string::npos;
        take(is_in_comment_ ? text.size() : close + 2, SourceKind::Comment);
    }

    std::size_t end_of_string(const std::string& text) const {
        std::size_t end = at_ + 1;
        while (end < text.size() && text[end] != text[at_]) end += text[end] == '\\' ? 2 : 1;
        return std::min(end + 1, text.size());
    }

    void take_word(const std::string& text) {
        std::size_t end = at_;
        while (end < text.size() && is_word(text[end])) ++end;
        const bool is_keyword =
            std::find(keywords.begin(), keywords.end(), std::string_view(text).substr(at_, end - at_)) != keywords.end();
        take(end, is_keyword ? SourceKind::Keyword : SourceKind::Plain);
    }

    SourceLine* line_ = nullptr;
    std::size_t at_ = 0;
    bool is_in_comment_ = false;
};

}  // namespace

SourceText read_source(std::string_view bytes) {
    SourceText source;
    Colourer colourer;
    while (!bytes.empty()) {
        const std::size_t newline = bytes.find('\n');
        SourceLine line{printable(bytes.substr(0, newline)), {}};
        colourer.colour(line);
        source.lines.push_back(std::move(line));
        bytes = newline == std::string_view::npos ? std::string_view() : bytes.substr(newline + 1);
    }
    return source;
}

}  // namespace ipcscope
