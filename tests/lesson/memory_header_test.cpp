// How a lesson names places in memory, and asks to stop at loads and stores.
#include <gtest/gtest.h>

#include "core/lesson/lesson.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

std::string with_header(const std::string& line) {
    return "# T\n\n```lesson\nnumber: 1\npart: P\nteaches: t\nprogram: p.c\nprocesses: p\n" + line + "\n```\n\n## S\n\n```step\np ends\n```\n";
}

Result<Lesson> load_with(const std::string& line) {
    const Folder folder;
    folder.write("p.c", "");
    folder.write("lesson.md", with_header(line));
    return load_lesson(folder.path());
}

TEST(LessonMemory, NamesPlaces) {
    const auto lesson = load_with("memory: int counter 0, char[16] note 8,void* at 24\nstops: loads and stores");
    ASSERT_TRUE(lesson) << lesson.sentence();
    const std::vector<MemoryField> wanted = {{FieldType::Int, "counter", 0, 1, {}}, {FieldType::Char, "note", 8, 16, {}}, {FieldType::Pointer, "at", 24, 1, {}}};
    EXPECT_EQ(lesson->fields, wanted);
    EXPECT_TRUE(lesson->stops_at_accesses);
}

TEST(LessonMemory, SaysWhichLockGuardsAPlace) {
    const auto lesson = load_with("memory: int balance 40 guarded by mutex#1, int free 44");
    ASSERT_TRUE(lesson) << lesson.sentence();
    EXPECT_EQ(lesson->fields[0].guard, "mutex#1");
    EXPECT_EQ(lesson->fields[1].guard, "");
}

TEST(LessonThreads, HaveNames) {
    const auto lesson = load_with("threads: rita will");
    ASSERT_TRUE(lesson) << lesson.sentence();
    EXPECT_EQ(lesson->threads, (std::vector<std::string>{"rita", "will"}));
}

TEST(LessonNetwork, IsItsOwnUnlessItSaysThisMachine) {
    EXPECT_TRUE(load_with("")->has_own_network);
    EXPECT_FALSE(load_with("network: this machine")->has_own_network);
    const auto mistaken = load_with("network: internet");
    ASSERT_FALSE(mistaken);
    EXPECT_NE(mistaken.sentence().find("`network: this machine`"), std::string::npos) << mistaken.sentence();
}

TEST(LessonMemory, MistakesHaveTheirPlace) {
    const std::pair<const char*, const char*> mistakes[] = {
        {"memory: int counter", "a type, a name and an offset"},
        {"memory: float x 0", "no type called \"float\""},
        {"memory: char[0] x 0", "no type called"},
        {"memory: char[ x 0", "no type called"},
        {"memory: int 7x 0", "cannot name a place"},
        {"memory: int x -1", "no offset within the first 4096 bytes"},
        {"memory: int x 4093", "no offset within the first 4096 bytes"},
        {"memory: int x 0, int y 2", "\"y\" and \"x\" are the same place"},
        {"memory: int x 0, int x 8", "or have the same name"},
        {"memory: int x 0 guarded mutex#1", "guarded by mutex#1"},
        {"threads: 7", "cannot name a thread"},
        {"threads: p", "two are called \"p\""},
        {"threads: a a", "two are called \"a\""},
        {"memory:", "has no value"},
        {"stops: loads", "stops: loads and stores"},
        {"memry: int x 0", "did you mean \"memory\"?"},
    };
    for (const auto& [line, said] : mistakes) {
        const auto lesson = load_with(line);
        ASSERT_FALSE(lesson) << line;
        EXPECT_NE(lesson.sentence().find("lesson.md:9: "), std::string::npos) << lesson.sentence();
        EXPECT_NE(lesson.sentence().find(said), std::string::npos) << lesson.sentence();
    }
}

}  // namespace
}  // namespace ipcscope
