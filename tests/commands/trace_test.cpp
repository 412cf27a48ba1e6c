// `trace`: any program, undisturbed.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/commands/program.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

TEST(Trace, WritesTheLinesBesideAndLeavesTheProgramAlone) {
    HowToRun how;
    how.input = "b\na\n";
    const Finished finished = run_ipcscope({"trace", "--", "sort"}, how);
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, "a\nb\n");
    EXPECT_NE(finished.err.find("\"b\\na\\n\""), std::string::npos) << finished.err;
    EXPECT_NE(finished.err.find("sort  ended: exited 0\n"), std::string::npos) << finished.err;
}

TEST(Trace, PassesTheStatusOn) {
    EXPECT_EQ(run_ipcscope({"trace", "--", "sh", "-c", "exit 42"}).status, 42);
    EXPECT_EQ(run_ipcscope({"trace", "--", "sh", "-c", "kill -TERM $$"}).status, 128 + SIGTERM);
    EXPECT_EQ(run_ipcscope({"trace", "--", "ls", "--no-such-option"}).status, 2);
}

TEST(Trace, WritesIntoAFile) {
    const Folder folder;
    const Finished finished = run_ipcscope({"trace", "-o", folder.file("calls"), "--", "sh", "-c", "echo hello"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, "hello\n");
    EXPECT_EQ(finished.err, "");
    std::ifstream file(folder.file("calls"));
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_NE(text.str().find("\"hello\\n\", 6) = 6"), std::string::npos) << text.str();
    const Finished failed = run_ipcscope({"trace", "-o", "/no/such/place", "--", "true"});
    EXPECT_EQ(failed.status, 2);
    EXPECT_NE(failed.err.find("/no/such/place cannot be written"), std::string::npos);
}

TEST(Trace, AsJsonIsOneEventALine) {
    const Finished finished = run_ipcscope({"trace", "--json", "--", "sh", "-c", "exit 0"});
    std::istringstream lines(finished.err);
    int ends = 0;
    for (std::string line; std::getline(lines, line);) ends += nlohmann::json::parse(line).at("kind") == "Ended";
    EXPECT_EQ(ends, 1);
}

TEST(Trace, AProgramThatIsNotThereIsASentence) {
    const Finished finished = run_ipcscope({"trace", "--", "no-such-program"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(finished.err.substr(0, 10), "ipcscope: ");
    EXPECT_NE(finished.err.find("no-such-program"), std::string::npos);
}

TEST(Trace, ASignalIsPassedOn) {
    HowToRun how;
    how.signal = SIGINT;
    how.signal_after = "ready";
    const Finished finished =
        run_ipcscope({"trace", "--", "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do :; done"}, how);
    EXPECT_FALSE(finished.was_late);
    EXPECT_EQ(finished.out, "ready\ncaught\n");
    EXPECT_EQ(finished.status, 5);
}

}  // namespace
}  // namespace ipcscope
