#include "app/views/source_text.h"

#include <gtest/gtest.h>

namespace ipcscope {
namespace {

std::string kinds(const SourceLine& line) {
    std::string kinds(line.text.size(), '?');
    for (const SourcePiece& piece : line.pieces)
        for (std::size_t i = piece.begin; i < piece.end; ++i) kinds[i] = "pksc#"[static_cast<int>(piece.kind)];
    return kinds;
}

TEST(SourceText, ColoursPieces) {
    const SourceText source = read_source("#include <x.h>\nint a = f(\"s\\\"t\", 'c'); // why\n");
    ASSERT_EQ(source.lines.size(), 2u);
    EXPECT_EQ(kinds(source.lines[0]), std::string(14, '#'));
    EXPECT_EQ(source.lines[1].text, "int a = f(\"s\\\"t\", 'c'); // why");
    EXPECT_EQ(kinds(source.lines[1]), "kkkppppppp" "ssssss" "pp" "sss" "ppp" "cccccc");
}

TEST(SourceText, CommentsGoOnOverLines) {
    const SourceText source = read_source("a /* b\nint c\n# d */ int e");
    EXPECT_EQ(kinds(source.lines[0]), "ppcccc");
    EXPECT_EQ(kinds(source.lines[1]), "ccccc");
    EXPECT_EQ(kinds(source.lines[2]), "cccccc" "p" "kkk" "pp");
}

TEST(SourceText, EveryByteIsCoveredWhateverItIs) {
    const SourceText source = read_source(std::string_view("\"open\n'\\\n\tx\x01\r\n/*/ y", 19));
    for (const SourceLine& line : source.lines) EXPECT_EQ(kinds(line).find('?'), std::string::npos) << line.text;
    EXPECT_EQ(source.lines[2].text, "    x?");
}

}  // namespace
}  // namespace ipcscope
