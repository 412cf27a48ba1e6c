// The structure of a lesson's text: headings, fenced blocks, and the prose between them, each with its line. Fences follow
// CommonMark 0.30 section 4.5 to the letter, ATX headings section 4.2; everything else is prose, kept as it was written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/trace/result.h"

namespace ipcscope {

struct TextLine {
    int number = 0;    // from 1
    std::string text;  // without its line end
};

struct MarkdownPiece {
    enum class Kind { Heading, Fence, Prose };
    Kind kind = Kind::Prose;
    int line = 0;                  // where it begins
    int level = 0;                 // Heading: 1-6
    std::string text;              // Heading: its text. Fence: its info string. Prose: as written
    std::vector<TextLine> inside;  // Fence: what it holds
    std::string written;           // Heading, Fence: as written, for where it turns out to be prose
};

// A text that is not clean (NULs, control characters, no UTF-8, lines over 4 KiB, a fence without an end) is a failure
// that says the line: "lessons/pipe/lesson.md:14: …". `path` is for that only.
Result<std::vector<MarkdownPiece>> split_markdown(const std::string& path, std::string_view text);

// "lessons/pipe/lesson.md:14: what"
Failure mistake_at(const std::string& path, int line, const std::string& what);

std::string_view trimmed(std::string_view text);
// The word at the front of `text`, taken off with the blanks around it.
std::string_view take_word(std::string_view& text);

}  // namespace ipcscope
