// A lesson is somebody else's text: whatever it holds, the answer is a lesson or a sentence.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "core/lesson/lesson.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

std::string sentence_of(const std::string& text) {
    const Folder folder;
    folder.write("lesson.md", text);
    const auto lesson = load_lesson(folder.path());
    return lesson ? "" : lesson.sentence();
}

TEST(HostileLesson, IsASentence) {
    EXPECT_NE(sentence_of("").find("lesson.md:1: a lesson begins with its title"), std::string::npos);
    EXPECT_NE(sentence_of(std::string(5000, '\0')).find(":1: "), std::string::npos);
    EXPECT_NE(sentence_of(std::string(1 << 20, 'x')).find("longer than 4096"), std::string::npos);
    EXPECT_NE(sentence_of(std::string((1 << 20) + 1, '\n')).find("larger than 1 MiB"), std::string::npos);
    EXPECT_NE(sentence_of(std::string(1 << 20, '`')).find(":1: "), std::string::npos);
    EXPECT_NE(sentence_of("# T\n" + std::string(2000, '~') + "\n").find("never closed"), std::string::npos);
}

TEST(HostileLesson, AHundredMegabytesOfNoiseAreNotRead) {
    const Folder folder;
    std::ofstream file(folder.file("lesson.md"), std::ios::binary);
    std::mt19937_64 noise(1);
    std::vector<std::uint64_t> block(1 << 17);
    for (auto& word : block) word = noise();
    for (int i = 0; i < 100; ++i) file.write(reinterpret_cast<const char*>(block.data()), 1 << 20);
    file.close();
    const auto lesson = load_lesson(folder.path());
    ASSERT_FALSE(lesson);
    EXPECT_NE(lesson.sentence().find("larger than 1 MiB"), std::string::npos);
}

TEST(HostileLesson, MayBeNoFileAtAll) {
    const Folder folder;
    EXPECT_FALSE(load_lesson(folder.path()));
    ASSERT_EQ(mkfifo(folder.file("lesson.md").c_str(), 0600), 0);
    EXPECT_NE(load_lesson(folder.path()).sentence().find("no regular file"), std::string::npos);
}

// Cuts, doubles, swaps and overwrites pieces of the shipped lessons. (The sanitizers watch.)
TEST(HostileLesson, DamagedOnesNeverCrash) {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(IPCSCOPE_LESSONS)) {
        std::ifstream file(entry.path() / "lesson.md");
        if (file) texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    ASSERT_GE(texts.size(), 4u);
    const Folder folder;
    folder.write("p.c", "");
    std::mt19937 random(7);
    const auto below = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); };
    static constexpr std::string_view spices[] = {"```", "\n", "(",   ")",    "\"", "\\", "=>",  "...", "- ",
                                                  "> ",  "! ", "do ", "\xff", "=",  ",",  "## ", "# ",  "-9223372036854775808",
                                                  "0x"};
    int read = 0;
    for (int round = 0; round < 1500; ++round) {
        std::string text = texts[below(texts.size())];
        for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
            const std::size_t at = below(text.size()), length = below(40);
            switch (below(4)) {
                case 0:
                    text.erase(at, length);
                    break;
                case 1:
                    text.insert(below(text.size()), text.substr(at, length));
                    break;
                case 2:
                    text.insert(at, spices[below(std::size(spices))]);
                    break;
                default:
                    text[at] = static_cast<char>(below(256));
            }
            if (text.empty()) text = "x";
        }
        folder.write("lesson.md", text);
        const auto lesson = load_lesson(folder.path());
        if (lesson)
            ++read;
        else
            EXPECT_FALSE(lesson.sentence().empty());
    }
    EXPECT_EQ(read, 0) << "the lessons' programs are not in this folder, so none of them can be right";
}

}  // namespace
}  // namespace ipcscope
