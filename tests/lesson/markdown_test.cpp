#include "core/lesson/markdown.h"

#include <gtest/gtest.h>

namespace ipcscope {
namespace {

using Kind = MarkdownPiece::Kind;

std::vector<MarkdownPiece> split(std::string_view text) {
    auto pieces = split_markdown("l.md", text);
    EXPECT_TRUE(pieces) << pieces.sentence();
    return pieces ? *pieces : std::vector<MarkdownPiece>(4);   // so that what a test looks at is there
}

std::string sentence(std::string_view text) {
    const auto pieces = split_markdown("l.md", text);
    return pieces ? "" : pieces.sentence();
}

TEST(Markdown, KnowsHeadingsFencesAndProse) {
    const auto pieces = split("# T\n\nprose\nmore\n\n```step\na\n\nb\n```\n## U ##\n");
    ASSERT_EQ(pieces.size(), 4u);
    EXPECT_EQ(pieces[0].text, "T");
    EXPECT_EQ(pieces[1].text, "prose\nmore\n\n");
    EXPECT_EQ(pieces[1].line, 3);
    EXPECT_EQ(pieces[2].text, "step");
    ASSERT_EQ(pieces[2].inside.size(), 3u);
    EXPECT_EQ(pieces[2].inside[2].text, "b");
    EXPECT_EQ(pieces[2].inside[2].number, 9);
    EXPECT_EQ(pieces[3].text, "U");
    EXPECT_EQ(pieces[3].level, 2);
}

TEST(Markdown, FencesFollowCommonMark) {
    EXPECT_EQ(split("````c\n```\n````\n")[0].inside.size(), 1u);              // a shorter row closes nothing
    EXPECT_EQ(split("~~~ a`b\n```\n~~~~  \n")[0].inside.size(), 1u);          // the other mark neither; a longer row does
    EXPECT_EQ(split("  ```x\n    y\n z\n  ```\n")[0].inside[0].text, "  y");  // the fence's own indent is taken off
    EXPECT_EQ(split("  ```x\n    y\n z\n  ```\n")[0].inside[1].text, "z");
    EXPECT_EQ(split("    ```x\n")[0].kind, Kind::Prose);  // four blanks make it code
    EXPECT_EQ(split("``` a`b\n")[0].kind, Kind::Prose);   // a backtick in the info string
    EXPECT_EQ(split("```x\n    ```\n```\n")[0].inside.size(), 1u);
    EXPECT_EQ(split("```x\n``` y\n```\n")[0].inside.size(), 1u);
    EXPECT_EQ(split("##x\n")[0].kind, Kind::Prose);
    EXPECT_EQ(split("    # x\n")[0].kind, Kind::Prose);
    EXPECT_EQ(split("# x\\#\n")[0].text, "x\\#");
    EXPECT_EQ(split("\xef\xbb\xbf# x\r\n")[0].text, "x");
}

TEST(Markdown, SaysWhereATextIsDamaged) {
    EXPECT_EQ(sentence("# a\n```step\nx\n"), "l.md:2: this block is never closed: a line of ``` is missing");
    EXPECT_NE(sentence(std::string_view("a\nb\0c\n", 6)).find("l.md:2: byte 2 of this line, \\x00"), std::string::npos);
    EXPECT_NE(sentence("a\n\xff\n").find("l.md:2: byte 1 of this line, \\xff"), std::string::npos);
    EXPECT_NE(sentence("\x1b[2J\n").find("\\x1b"), std::string::npos);
    EXPECT_EQ(sentence("a\n" + std::string(4097, 'x')), "l.md:2: this line is longer than 4096 bytes; break it");
    EXPECT_EQ(sentence(std::string(4096, 'x')), "");
}

}  // namespace
}  // namespace ipcscope
