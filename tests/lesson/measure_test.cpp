// What is measured: real runs of the programs of the lesson `choose`, and of some that fail.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "core/lesson/check.h"
#include "core/lesson/comparing.h"
#include "core/session/bare_run.h"
#include "core/session/paths.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;
using State = ComparedRow::State;

std::string program(const std::string& name) { return find_paths()->lesson_programs + "/choose/" + name; }

std::string read_all(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

long lines_in(const char* path) {
    const std::string text = read_all(path);
    return std::ranges::count(text, '\n');
}

TEST(CountedCalls, AreThoseOfOneMessage) {
    const struct { const char* name; double calls, system_calls, bytes; } wanted[] = {
        {"pipe", 2, 2, 128},        {"fifo", 2, 2, 128},          {"posix-queue", 2, 2, 128}, {"sysv-queue", 2, 2, 128},
        {"shared-memory", 4, 0, 0}, {"eventfd", 4, 4, 4 * 8},     {"locked-file", 8, 8, 128},
    };
    MeasureOptions options;
    options.size = 64;
    for (const auto& row : wanted) {
        const Result<CallCosts> costs = count_calls(program(row.name), options);
        ASSERT_TRUE(costs) << row.name << ": " << costs.sentence();
        EXPECT_EQ(costs->calls, row.calls) << row.name;
        EXPECT_EQ(costs->system_calls, row.system_calls) << row.name;
        EXPECT_EQ(costs->bytes_copied, row.bytes) << row.name;
    }
}

TEST(CountedCalls, AFailureNamesTheCall) {
    MeasureOptions options;
    options.size = 65536;    // kernel.msgmax is 8192 in a new IPC namespace
    const Result<CallCosts> costs = count_calls(program("sysv-queue"), options);
    ASSERT_FALSE(costs);
    EXPECT_EQ(costs.sentence(), "msgsnd() fails EINVAL");
}

TEST(BareRun, IsTimedFromOutside) {
    const Result<BareEnd> end = run_bare({.argv = {"/bin/sleep", "0.1"}});
    ASSERT_TRUE(end) << end.sentence();
    EXPECT_EQ(end->how, BareEnd::How::Ended);
    EXPECT_EQ(end->status, 0);
    EXPECT_GE(end->lasted, 98ms);    // its execve is heard of a little late
    EXPECT_LT(end->lasted, 1s);
}

TEST(BareRun, SaysHowItEnded) {
    const Result<BareEnd> end = run_bare({.argv = {"/bin/sh", "-c", "kill -9 $$"}});
    ASSERT_TRUE(end) << end.sentence();
    EXPECT_TRUE(WIFSIGNALED(end->status));
    EXPECT_FALSE(run_bare({.argv = {"/nowhere/program"}}));
}

TEST(BareRun, HasNoProbeAndADirectoryOfItsOwn) {
    const Folder folder;
    const std::string seen = folder.file("seen");
    const Result<BareEnd> end = run_bare({.argv = {"/bin/sh", "-c", "{ ls -A; pwd; env; } > " + seen}});
    ASSERT_TRUE(end) << end.sentence();
    const std::string text = read_all(seen.c_str());
    EXPECT_EQ(text.find("PRELOAD"), std::string::npos) << text;
    EXPECT_EQ(text.find("IPCSCOPE"), std::string::npos) << text;
    const std::string directory = text.substr(0, text.find('\n'));    // nothing is in it, so its name comes first
    EXPECT_TRUE(directory.starts_with("/")) << text;
    EXPECT_NE(access(directory.c_str(), F_OK), 0) << directory << " is still there";
}

// A queue of System V outlives its makers; without namespaces of its own the run has to be cleaned up after.
TEST(BareRun, IsKilledWhenItIsLateAndLeavesNothing) {
    const long before = lines_in("/proc/sysvipc/msg");
    const Result<BareEnd> end = run_bare({.argv = {program("sysv-queue"), "64", "1000000000"}, .is_private = false, .deadline = 200ms});
    ASSERT_TRUE(end) << end.sentence();
    EXPECT_EQ(end->how, BareEnd::How::Late);
    EXPECT_LT(end->lasted, 2s);
    EXPECT_EQ(lines_in("/proc/sysvipc/msg"), before);
}

TEST(Measured, IsWhatAProgramTakes) {
    const Folder folder;
    // One message takes 2 ms, and a round trip 4 ms.
    folder.write("slow.c", "#include <stdlib.h>\n#include <time.h>\n#include <unistd.h>\nint main(int c, char **v) { struct timespec t = {0, 2000000};\n"
                           "for (long i = atol(v[2]) * (c > 3 ? 2 : 1); i > 0; i--) nanosleep(&t, 0); _exit(0); }\n");
    ASSERT_EQ(std::system(("cc -o " + folder.file("slow") + " " + folder.file("slow.c")).c_str()), 0);
    MeasureOptions options;
    options.size = 100;
    options.count = 25;
    options.repetitions = 3;
    const Result<Measured> measured = measure(folder.file("slow"), options);
    ASSERT_TRUE(measured) << measured.sentence();
    EXPECT_GT(measured->latency_ns.least, 1.9e6);
    EXPECT_LT(measured->latency_ns.median, 4e6);
    EXPECT_LE(measured->latency_ns.least, measured->latency_ns.median);
    EXPECT_LE(measured->latency_ns.median, measured->latency_ns.most);
    EXPECT_LT(measured->bytes_a_second.most, 100 / 1.9e-3);
    EXPECT_GT(measured->bytes_a_second.median, 100 / 4e-3);
    EXPECT_EQ(measured->messages, 25);
    EXPECT_EQ(measured->costs.calls, 1);
}

TEST(Measured, FindsHowManyMessagesItTakes) {
    MeasureOptions options;
    options.size = 64;
    options.repetitions = 1;
    options.time_a_run = 20ms;
    const Result<Measured> measured = measure(program("pipe"), options);
    ASSERT_TRUE(measured) << measured.sentence();
    EXPECT_GT(measured->messages, 16);
    EXPECT_GT(measured->latency_ns.median, 100);       // two system calls and a switch
    EXPECT_LT(measured->latency_ns.median, 5e6);
}

TEST(Measured, TooFewMessagesAreNoFigure) {
    MeasureOptions options;
    options.size = 64;
    options.count = 1;
    const Result<Measured> measured = measure(program("pipe"), options);
    ASSERT_FALSE(measured);
    EXPECT_NE(measured.sentence().find("1 messages take so little time"), std::string::npos) << measured.sentence();
}

TEST(Measured, OfOddAndOfEvenMany) {
    EXPECT_EQ(figure_of({3, 1, 2}).median, 2);
    EXPECT_EQ(figure_of({4, 1, 2, 3}).median, 2.5);
    EXPECT_EQ(figure_of({4, 1, 2, 3}).least, 1);
    EXPECT_EQ(figure_of({4, 1, 2, 3}).most, 4);
    EXPECT_EQ(figure_of({}).median, 0);
}

Lesson lesson_in(const Folder& folder) {
    folder.write("p.c", "int main(void) { return 0; }\n");
    folder.write("wrong.c", "int main(void) { return 0 }\n");
    folder.write("stuck.c", "#include <unistd.h>\nint main(int c, char **v) { if (c > 2 && v[2][0] != '0') for (;;) pause(); _exit(0); }\n");
    folder.write("bad.c", "#include <unistd.h>\nint main(void) { _exit(3); }\n");
    folder.write("lesson.md", small_lesson("```compare\nsizes: 8\nwrong.c: Wrong\nstuck.c: Stuck\nbad.c: Bad\n```\n\n```step\nchild ends\n```\n"));
    auto lesson = load_lesson(folder.path());
    EXPECT_TRUE(lesson) << lesson.sentence();
    return *lesson;
}

TEST(Comparing, AProgramThatFailsIsARowWithASentence) {
    const OwnDirectories own;
    const Folder folder;
    MeasureOptions options;
    options.size = 8;
    std::atomic<int> told = 0;
    Comparing comparing(lesson_in(folder), options, [&] { ++told; });
    comparing.wait();
    const Compared compared = comparing.snapshot();
    ASSERT_EQ(compared.rows.size(), 3u);
    EXPECT_EQ(compared.done(), 3u);
    for (const ComparedRow& row : compared.rows) EXPECT_EQ(row.state, State::Failed) << row.label;
    EXPECT_NE(compared.rows[0].failure.find("wrong.c does not compile"), std::string::npos) << compared.rows[0].failure;
    EXPECT_EQ(compared.rows[1].failure, "its processes sleep, and nobody is left to wake them");
    EXPECT_EQ(compared.rows[2].failure, "it ended: exited 3");
    EXPECT_FALSE(compared.is_running);
    EXPECT_FALSE(compared.was_cancelled);
    EXPECT_EQ(told, 2 * 3 + 1);
}

TEST(Comparing, ACheckedLessonHasProgramsThatCarryAMessage) {
    const OwnDirectories own;
    const Folder folder;
    Lesson lesson = lesson_in(folder);
    lesson.steps[0].blocks.clear();    // of the lesson itself there is nothing to be checked
    const CheckReport report = check_lesson(lesson, {});
    ASSERT_EQ(report.failures.size(), 3u);
    EXPECT_NE(report.failures[0].find("lesson.md:15: wrong.c: wrong.c does not compile"), std::string::npos) << report.failures[0];
    EXPECT_NE(report.failures[2].find("lesson.md:17: bad.c: it ended: exited 3"), std::string::npos) << report.failures[2];
}

TEST(Comparing, IsCancelledAtOnce) {
    const OwnDirectories own;
    auto lesson = load_lesson(find_paths()->lessons + "/choose");
    ASSERT_TRUE(lesson) << lesson.sentence();
    MeasureOptions options;
    options.size = 64;
    options.count = 1'000'000;    // it would take minutes
    options.deadline = 60s;
    Comparing comparing(*lesson, options);
    while (comparing.snapshot().rows[0].state == State::Waiting) std::this_thread::yield();
    const auto begin = std::chrono::steady_clock::now();
    comparing.cancel();
    comparing.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
    const Compared compared = comparing.snapshot();
    EXPECT_TRUE(compared.was_cancelled);
    EXPECT_EQ(compared.done(), 0u);
    EXPECT_EQ(compared.rows[0].state, State::Waiting);
}

}  // namespace
}  // namespace ipcscope
