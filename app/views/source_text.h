// A C source as lines of pieces, each of one kind: just enough for colouring, no parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ipcscope {

enum class SourceKind : std::uint8_t { Plain, Keyword, String, Comment, Directive };

struct SourcePiece {
    std::size_t begin = 0, end = 0;   // within the line
    SourceKind kind = SourceKind::Plain;
    bool operator==(const SourcePiece&) const = default;
};

struct SourceLine {
    std::string text;                 // tabs spread to four blanks, control characters replaced
    std::vector<SourcePiece> pieces;  // in order, covering the text
};

struct SourceText {
    std::vector<SourceLine> lines;
};

SourceText read_source(std::string_view bytes);

}  // namespace ipcscope
