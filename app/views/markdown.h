// A lesson's Markdown (CommonMark, with tables), set in the theme's fonts. The text was written by others: it is parsed
// by md4c, images and HTML are shown as what they are, text, and a link is never followed, only shown and copied.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

#include "app/views/theme.h"

namespace ipcscope {

struct MarkdownSpan {
    enum class Face { Plain, Bold, Italic, Code, Link };
    Face face = Face::Plain;
    std::string text;
    std::string link;        // Face::Link: where it leads
    bool is_break = false;   // a hard line break
};

struct MarkdownBlock {
    enum class Kind { Paragraph, Heading, Item, Code, Quote, Rule, Row };
    Kind kind = Kind::Paragraph;
    int depth = 0;                     // Item: how deep; Quote: 1
    std::string bullet;                // Item: "3." or "" for a dot; nothing for an item's later paragraphs
    bool is_continued = false;         // Item: a later paragraph of it
    bool is_table_head = false;        // Row
    std::vector<MarkdownSpan> spans;   // all but Code and Row
    std::string code;                  // Code: the lines as written
    std::vector<std::vector<MarkdownSpan>> cells;   // Row
};

std::vector<MarkdownBlock> parse_markdown(const std::string& text);

// Draws at ImGui's cursor, moves it, and returns a link that was pressed ("" if none).
std::string draw_markdown(const Theme& theme, const std::vector<MarkdownBlock>& blocks, float width);
// The same for a text that is drawn every frame: parsed once and kept.
std::string draw_markdown(const Theme& theme, const std::string& text, float width);

}  // namespace ipcscope
