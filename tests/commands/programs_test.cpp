// A lesson's programs are programs like any others: they compile alone, without a warning, and need no ipcscope.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "tests/commands/program.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

struct Alone {
    const char* program;
    const char* out;
    bool ends = true;
};

TEST(LessonPrograms, CompileAloneWithoutAWarning) {
    const Folder folder;
    int count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(IPCSCOPE_LESSONS)) {
        if (entry.path().extension() != ".c") continue;
        const Finished compiled = run_program({"cc", "-Wall", "-Wextra", "-Werror", "-o", folder.file("a.out"), entry.path()});
        EXPECT_EQ(compiled.status, 0) << compiled.err;
        EXPECT_EQ(compiled.err, "") << entry.path();
        ++count;
    }
    EXPECT_GE(count, 8);
}

TEST(LessonPrograms, DoTheSameWithoutIpcscope) {
    for (const Alone& alone : {Alone{"one-call/hello", "hello\nhel"}, Alone{"pipe/pipe", ""}, Alone{"endless-read/mended", ""},
                               Alone{"sigpipe/sigpipe", ""}, Alone{"sigpipe/ignored", ""}, Alone{"sigpipe/writer-keeps", ""},
                               Alone{"endless-read/endless", "", false}, Alone{"endless-read/reader-keeps", "", false}}) {
        HowToRun how;
        if (!alone.ends) how.deadline = std::chrono::milliseconds(300);
        const Finished finished = run_program({std::string(IPCSCOPE_LESSON_PROGRAMS) + "/" + alone.program}, how);
        EXPECT_EQ(finished.was_late, !alone.ends) << alone.program;
        EXPECT_EQ(finished.out, alone.out) << alone.program;
        EXPECT_EQ(finished.status, alone.ends ? 0 : 128 + SIGKILL) << alone.program;
    }
}

}  // namespace
}  // namespace ipcscope
