#include "core/lesson/lesson.h"

#include <gtest/gtest.h>

#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

TEST(Lesson, IsReadInTheOrderOfItsText) {
    const Folder folder;
    folder.write("p.c", small_program);
    folder.write("other.c", small_program);
    folder.write("lesson.md",
                 "# Title\n\nBefore.\n\n```lesson\nnumber: 6\npart: Byte streams\nteaches: one way\nprogram: p.c\nprocesses: "
                 "parent, child\n```\n\n"
                 "After.\n\n## One\n\nText.\n\n```c\nint x;\n```\n\n### Small\n\n```predict\nWhat now,\nat last?\n- It sleeps "
                 "=> child read(3, ...) blocks\n"
                 "- It returns => child read(3, ...) returns\n  ! No,\n  ! not yet.\n> Because\n> of "
                 "that.\n```\n\n```step\nchild read(3, ...) blocks\n```\n\n"
                 "```what-if\nKill\ndo kill parent SIGKILL\ndo write child 4 \"a\\n\"\nchild read(3, ...) = 0\n> "
                 "So.\n```\n\n```what-if\nOther\ndo variant other.c\nchild ends\n> Well.\n```\n\n## Two\n");
    const auto lesson = load_lesson(folder.path());
    ASSERT_TRUE(lesson) << lesson.sentence();
    EXPECT_EQ(lesson->title, "Title");
    EXPECT_EQ(lesson->number, 6);
    EXPECT_EQ(lesson->part, "Byte streams");
    EXPECT_EQ(lesson->processes, (std::vector<std::string>{"parent", "child"}));
    EXPECT_EQ(lesson->prose.size(), 2u);
    EXPECT_FALSE(lesson->came_with_ipcscope);
    ASSERT_EQ(lesson->steps.size(), 2u);
    const auto& blocks = lesson->steps[0].blocks;
    ASSERT_EQ(blocks.size(), 5u);
    EXPECT_EQ(blocks[0].prose, "Text.\n\n```c\nint x;\n```\n### Small\n");
    EXPECT_EQ(blocks[1].prediction.question, "What now, at last?");
    EXPECT_EQ(blocks[1].prediction.options[1].mending, "No, not yet.");
    EXPECT_EQ(blocks[1].prediction.because, "Because of that.");
    EXPECT_EQ(blocks[2].goals[0].line, 37);
    EXPECT_EQ(blocks[3].what_if.actions[0].kind, Action::Kind::Kill);
    EXPECT_EQ(blocks[3].what_if.actions[1].text, "a\n");
    EXPECT_EQ(blocks[4].what_if.actions[0].text, "other.c");
    EXPECT_TRUE(lesson->steps[1].blocks.empty());
}

TEST(Lesson, AFolderOfThemIsSortedAndKeepsTheBrokenOnes) {
    const Folder folder;
    for (const char* name : {"a", "b", "c"}) ASSERT_EQ(system(("mkdir " + folder.file(name)).c_str()), 0);
    const std::string lesson = small_lesson("```step\nchild ends\n```\n");
    folder.write("a/p.c", "");
    folder.write("a/lesson.md", lesson);
    folder.write("b/lesson.md", "nothing");
    folder.write("c/p.c", "");
    std::string first = lesson;
    folder.write("a/lesson.md", first.replace(first.find("number: 1"), 9, "number: 2"));
    folder.write("c/lesson.md", lesson);
    const auto entries = find_lessons(folder.path());
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_EQ(entries[0].lesson->id, "c");
    EXPECT_EQ(entries[1].lesson->id, "a");
    EXPECT_FALSE(entries[2].lesson);
    EXPECT_NE(entries[2].error.find("b/lesson.md:1: "), std::string::npos);
}

}  // namespace
}  // namespace ipcscope
