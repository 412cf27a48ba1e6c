#include "core/lesson/build.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/lesson/player.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

class BuildTest : public testing::Test {
  protected:
    Result<std::string> build(const std::string& text) {
        lesson_.folder = folder_.path();
        lesson_.id = "test";
        folder_.write("p.c", text);
        return build_program(lesson_, "p.c");
    }
    std::size_t files_in_cache() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(own_.folder().file("ipcscope"))) ++count;
        return count;
    }

    OwnDirectories own_;
    Folder folder_;
    Lesson lesson_;
};

TEST_F(BuildTest, CompilesOnceForEachSource) {
    const auto program = build("int main(void) { return 0; }\n");
    ASSERT_TRUE(program) << program.sentence();
    EXPECT_EQ(access(program->c_str(), X_OK), 0);
    EXPECT_EQ(*build("int main(void) { return 0; }\n"), *program);
    EXPECT_EQ(files_in_cache(), 1u) << "nothing of the compiler's is left over";
    EXPECT_NE(*build("int main(void) { return 1; }\n"), *program);
}

TEST_F(BuildTest, TellsTheFirstErrorWithItsLine) {
    const auto program = build("int main(void)\n{\n    return 0\n}\n");
    ASSERT_FALSE(program);
    EXPECT_NE(program.sentence().find("p.c does not compile: "), std::string::npos);
    EXPECT_NE(program.sentence().find("p.c:3:"), std::string::npos) << program.sentence();
    EXPECT_EQ(files_in_cache(), 0u);
    EXPECT_NE(build("int missing(void);\nint main(void) { return missing(); }\n").sentence().find("undefined reference"),
              std::string::npos);
}

TEST_F(BuildTest, ACompilerThatEatsEverythingIsEnded) {
    const auto program = build(
        "#define A x x x x x x x x x x\n#define B A A A A A A A A A A\n#define C B B B B B B B B B B\n#define D C C C C C C C "
        "C C C\n"
        "#define E D D D D D D D D D D\n#define F E E E E E E E E E E\n#define G F F F F F F F F F F\n#define H G G G G G G G "
        "G G G\nH H H H\n");
    ASSERT_FALSE(program);
    EXPECT_EQ(files_in_cache(), 0u);
}

TEST_F(BuildTest, EndingItEarlyEndsTheCompiler) {
    lesson_.folder = folder_.path();
    lesson_.id = "test";
    folder_.write("p.c", "int main(void) { return 0; }\n");
    Build::start(lesson_, "p.c").reset();
    EXPECT_EQ(files_in_cache(), 0u);
}

TEST_F(BuildTest, ControlCharactersOfTheSourceAreNotRepeated) {
    const auto program = build("int main(void) { return \x1b[31m; }\n");
    ASSERT_FALSE(program);
    EXPECT_EQ(program.sentence().find('\x1b'), std::string::npos);
}

// A folder as one leaves it who is killed while the compiler runs. No process has this number (proc(5), pid_max).
TEST_F(BuildTest, WhatAKilledBuildHasLeftIsRemoved) {
    ASSERT_TRUE(build("int main(void) { return 0; }\n"));
    std::filesystem::create_directory(own_.folder().file("ipcscope/building-4194305"));
    own_.folder().write("ipcscope/building-4194305/cc.s", "half a program");
    EXPECT_EQ(files_in_cache(), 2u);
    ASSERT_TRUE(build("int main(void) { return 2; }\n"));
    EXPECT_EQ(files_in_cache(), 2u) << "two programs";
}

}  // namespace
}  // namespace ipcscope
