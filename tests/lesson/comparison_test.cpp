// The `compare` block of a lesson: what it says, and what it is told where it says it wrongly.
#include <gtest/gtest.h>

#include "core/lesson/figures.h"
#include "core/lesson/lesson.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

constexpr int first_line = 13;    // of the blocks of a small_lesson

Result<Lesson> load_with(const Folder& folder, const std::string& inside) {
    for (const char* name : {"a.c", "b.c", "p.c"}) folder.write(name, "");
    folder.write("lesson.md", small_lesson("```compare\n" + inside + "```\n\n```step\nchild ends\n```\n"));
    return load_lesson(folder.path());
}

TEST(Comparison, NamesProgramsAndSizes) {
    const Folder folder;
    const auto lesson = load_with(folder, "sizes: 1,64, 65536\n\na.c: A pipe\n  b.c:   Memory: shared\n");
    ASSERT_TRUE(lesson) << lesson.sentence();
    ASSERT_TRUE(lesson->comparison);
    EXPECT_EQ(lesson->comparison->sizes, (std::vector<std::size_t>{1, 64, 65536}));
    ASSERT_EQ(lesson->comparison->rows.size(), 2u);
    EXPECT_EQ(lesson->comparison->rows[0].program, "a.c");
    EXPECT_EQ(lesson->comparison->rows[0].label, "A pipe");
    EXPECT_EQ(lesson->comparison->rows[1].label, "Memory: shared");
    EXPECT_EQ(lesson->comparison->line, first_line);
}

TEST(Comparison, MistakesHaveTheirPlace) {
    const struct { const char* inside; int line; const char* said; } mistakes[] = {
        {"sizes: 1\na.c: A\nc.c: C\n", 3, "no file called \"c.c\""},
        {"sizes: 1\na.c: A\n../a.c: C\n", 3, "in the lesson's own folder"},
        {"sizes: 1\na.c: A\na.c: B\n", 3, "\"a.c\" is compared already"},
        {"sizes: 1\na.c: A\nb.c: A\n", 3, "\"A\" is compared already"},
        {"sizes: 1\na.c:\nb.c: B\n", 2, "how it is called on the screen"},
        {"sizes: 1\na.c: 12345678901234567890123456789\nb.c: B\n", 2, "28 characters at most"},
        {"sizes: 1\na.c A\nb.c: B\n", 2, "a line names a program"},
        {"sizes: 1\na.c: A\n", 0, "two to twelve programs can be compared; here are 1"},
        {"a.c: A\nb.c: B\n", 0, "does not say `sizes:`"},
        {"sizes: 0\na.c: A\nb.c: B\n", 1, "\"0\" is no size"},
        {"sizes: 65537\na.c: A\nb.c: B\n", 1, "1 to 65536 bytes"},
        {"sizes: 1, x\na.c: A\nb.c: B\n", 1, "\"x\" is no size"},
        {"sizes: 1,, 2\na.c: A\nb.c: B\n", 1, "\"\" is no size"},
        {"sizes: 64, 64\na.c: A\nb.c: B\n", 1, "the sizes grow"},
        {"sizes:\na.c: A\nb.c: B\n", 1, "one to eight sizes"},
        {"sizes: 1, 2, 3, 4, 5, 6, 7, 8, 9\na.c: A\nb.c: B\n", 1, "one to eight sizes"},
        {"sizes: 1\nsizes: 2\na.c: A\nb.c: B\n", 2, "stands here twice"},
        {"sizes: 1\na.c: A\nb.c: B\n```\n\n```compare\nsizes: 1\na.c: A\nb.c: B\n", 6, "there is a ```compare block already, in line 13"},
    };
    for (const auto& mistake : mistakes) {
        const Folder folder;
        const auto lesson = load_with(folder, mistake.inside);
        ASSERT_FALSE(lesson) << mistake.inside;
        const std::string place = folder.file("lesson.md") + ":" + std::to_string(first_line + mistake.line) + ": ";
        EXPECT_EQ(lesson.sentence().substr(0, place.size()), place) << lesson.sentence();
        EXPECT_NE(lesson.sentence().find(mistake.said), std::string::npos) << lesson.sentence();
    }
}

TEST(Comparison, FiguresHaveThreeDigitsAndAUnit) {
    EXPECT_EQ(duration_text(3.456), "3.46 ns");
    EXPECT_EQ(duration_text(999.4), "999 ns");
    EXPECT_EQ(duration_text(999.6), "1.00 µs");
    EXPECT_EQ(duration_text(3.7e6), "3.70 ms");
    EXPECT_EQ(duration_text(42e9), "42.0 s");
    EXPECT_EQ(rate_text(551), "551 B/s");
    EXPECT_EQ(rate_text(2.15e9), "2.15 GB/s");
    EXPECT_EQ(size_text(1), "1 B");
    EXPECT_EQ(size_text(1000), "1000 B");
    EXPECT_EQ(size_text(65536), "64 KiB");
    EXPECT_EQ(number_text(2), "2");
    EXPECT_EQ(number_text(0.0078125), "0.00781");
    EXPECT_EQ(shown_width("3.46 µs"), 7u);
}

}  // namespace
}  // namespace ipcscope
