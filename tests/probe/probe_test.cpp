// The oracle: the same program gives the same output and exit status bare, observed with the gate open, and held at
// the gate for every single call. The numbers in the names are PROBE.md's traps.
#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/probe/harness.h"

namespace ipcscope::testing {
namespace {

using enum RecordKind;

struct Case {
    std::string name;
    std::vector<std::string> argv;
    std::vector<std::string> environment = {};
    bool is_paired = true;    // every Enter meets its end: not so where a thread is cancelled or replaced
    int signal = 0;           // that ends the bare program
};

std::ostream& operator<<(std::ostream& out, const Case& one) { return out << one.name; }

class Oracle : public ::testing::TestWithParam<Case> {};

TEST_P(Oracle, BareIsObservedIsStepped) {
    std::vector<std::string> argv = GetParam().argv;
    argv[0] = program(argv[0]);
    const auto run_it = [&](How how, bool sees_inside = false) {
        Options options;
        options.how = how;
        options.sees_inside = sees_inside;
        options.environment = GetParam().environment;
        return run(argv, options);
    };
    const Outcome bare = run_it(How::Bare);
    ASSERT_EQ(WIFSIGNALED(bare.status) ? WTERMSIG(bare.status) : 0, GetParam().signal);
    for (const bool sees_inside : {false, true}) {
        const Outcome observed = run_it(How::Observed, sees_inside);
        EXPECT_EQ(observed.output, bare.output) << "inside: " << sees_inside;
        EXPECT_EQ(observed.status, bare.status) << "inside: " << sees_inside;
        EXPECT_EQ(observed.corrupt, 0u);
        EXPECT_EQ(observed.lost, 0u);
        EXPECT_FALSE(observed.seen.empty());
        if (GetParam().is_paired) { EXPECT_EQ(observed.pairing_error(), ""); }
    }
    const Outcome stepped = run_it(How::Stepped);
    EXPECT_EQ(stepped.output, bare.output);
    EXPECT_EQ(stepped.status, bare.status);
    EXPECT_EQ(stepped.corrupt, 0u);
    if (GetParam().is_paired) { EXPECT_EQ(stepped.pairing_error(), ""); }
}

INSTANTIATE_TEST_SUITE_P(Programs, Oracle, ::testing::Values(
    Case{"descriptors_28_32", {"descriptors"}},
    Case{"sockets_45_48_49", {"sockets"}},
    Case{"names64_3_4_8", {"names64"}},
    Case{"fortified_1", {"fortified"}},
    Case{"overflow_2", {"fortified", "overflow"}, {}, false, SIGABRT},
    Case{"early_13_15_23", {"early"}},
    Case{"forks_17_18", {"forks"}},
    Case{"vforks_19", {"vforks"}},
    Case{"spawns_20", {"spawns"}},
    Case{"execs_21_22", {"execs"}, {}, false},
    Case{"meanings_33_42", {"meanings"}},
    Case{"memory", {"memory"}},
    Case{"wild_pointers", {"wild"}},
    Case{"cancels_36", {"cancels"}, {}, false},
    Case{"jumps_37", {"jumps"}},
    Case{"strict_40", {"strict"}},
    Case{"stdio_5", {"stdio"}},
    Case{"threads_24_31_39", {"threads"}},
    Case{"locks_6_7_43", {"pthreads"}, {}, false},
    Case{"end_by_return", {"ends", "return"}},
    Case{"end_by_exit", {"ends", "exit"}},
    Case{"end_by__exit", {"ends", "_exit"}},
    Case{"end_by__Exit", {"ends", "_Exit"}},
    Case{"end_by_quick_exit", {"ends", "quick_exit"}},
    Case{"end_by_abort", {"ends", "abort"}, {}, true, SIGABRT},
    Case{"end_by_raise", {"ends", "raise"}, {}, true, SIGTERM},
    Case{"end_by_kill", {"ends", "kill"}, {}, true, SIGKILL}),
    [](const auto& info) { return info.param.name; });

TEST(Probe, ExportsTheHookedNamesOnly) {
    // The names of the table, and those that are hooked without a row: each is a line of the golden file.
    std::ifstream golden(EXPORTS_GOLDEN);
    std::set<std::string> expected;
    for (std::string name; golden >> name;) expected.insert(name);
    std::set<std::string> exported;
    FILE* const nm = popen("nm -D --defined-only " PROBE_PATH " | cut -d' ' -f3", "r");
    char name[256];
    while (fscanf(nm, "%255s", name) == 1) exported.insert(name);
    pclose(nm);
    EXPECT_EQ(exported, expected);
    for (const CallRow& row : call_table) EXPECT_EQ(exported.count(std::string(row.name)) != 0, row.made != Made::Announced) << row.name;
    for (const AliasRow& alias : alias_table) EXPECT_TRUE(exported.count(std::string(alias.name))) << alias.name;
}

TEST(Probe, NeedsNothingButLibc) {
    FILE* const readelf = popen("readelf -d " PROBE_PATH " | grep NEEDED", "r");
    std::string text;
    char line[256];
    while (fgets(line, sizeof line, readelf)) text += line;
    pclose(readelf);
    EXPECT_NE(text.find("[libc.so.6]"), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST(Probe, WithoutASessionItIsNotThere) {
    for (const char* socket : {"/nowhere/socket", "/tmp"}) {
        Options options;
        options.socket = socket;
        const Outcome bare = run({program("descriptors")}, {.how = How::Bare});
        const Outcome alone = run({program("descriptors")}, options);
        EXPECT_EQ(alone.output, bare.output);
        EXPECT_EQ(alone.status, bare.status);
        EXPECT_TRUE(alone.seen.empty());
    }
}

TEST(Probe, BothClocks) {
    for (const Clock clock : {Clock::Monotonic, best_clock()}) {
        Options options;
        options.clock = clock;
        const Outcome outcome = run({program("names64")}, options);
        EXPECT_GT(outcome.seen.size(), 20u);
        EXPECT_EQ(outcome.pairing_error(), "");
    }
}

TEST(Records, SayWhatHappened) {
    const Outcome outcome = run({program("meanings")});
    const Seen* const entered = outcome.first(Enter, CallId::write);
    ASSERT_TRUE(entered);
    EXPECT_EQ(entered->words.at(3), 3u);
    EXPECT_EQ(entered->chunks.at(1), "abc");
    EXPECT_FALSE(entered->header.flags & Flag::Inside);
    const Hello& hello = outcome.hellos.at(0);
    EXPECT_GE(entered->words[0], hello.main_begin);
    EXPECT_LT(entered->words[0], hello.main_end);
    const Seen* const made = outcome.first(Exit, CallId::pipe);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->chunks.at(0).size(), 8u);
    EXPECT_EQ(outcome.first(Exit, CallId::read)->chunks.at(1), "abc");
    EXPECT_EQ(outcome.first(Enter, CallId::writev)->chunks.at(1), "abcde");
    EXPECT_EQ(outcome.first(Exit, CallId::readv)->chunks.at(1), "abcde");
    EXPECT_EQ(outcome.first(Enter, CallId::open)->chunks.at(0), "file");
    EXPECT_EQ(outcome.first(Enter, CallId::poll)->chunks.at(0).size(), 16u);
    bool is_interrupted = false;
    for (const Seen& seen : outcome.seen) is_interrupted |= seen.is(Exit, CallId::read) && seen.header.error == EINTR && seen.result() == -1;
    EXPECT_TRUE(is_interrupted);
}

TEST(Records, CheckedTwinsAreTheirCalls) {
    Options options;
    options.sees_inside = true;    // and what they do inside is not recorded again
    const Outcome outcome = run({program("fortified")}, options);
    for (const CallId call : {CallId::read, CallId::pread, CallId::poll, CallId::openat}) EXPECT_EQ(outcome.count(Exit, call), 1u) << row_of(call).name;
}

TEST(Records, CauseBeforeEffect) {
    // In the one order, what a read returns was entered by a write before.
    const Outcome outcome = run({program("forks")});
    std::size_t entered = 0, answered = 0;
    for (const Seen& seen : outcome.seen) {
        if (seen.is(Enter, CallId::fork)) ++entered;
        if (seen.is(Exit, CallId::fork) && seen.result() == 0) {
            ++answered;
            EXPECT_LE(answered, entered);
        }
    }
    EXPECT_EQ(answered, 5u);
    // Each child, however it was made, has an area of its own, and nothing of it is filed under its parent.
    EXPECT_EQ(outcome.hellos.size(), 8u);
    for (const Seen& seen : outcome.seen)
        if (seen.is(Enter, CallId::_exit)) { EXPECT_NE(seen.area, 0u); }
}

TEST(Records, TheChildOfAVforkIsItself) {
    const Outcome outcome = run({program("vforks")});
    std::size_t children = 0;
    for (const Hello& hello : outcome.hellos) children += hello.reason == HelloReason::Vfork;
    EXPECT_EQ(children, 3u);
    for (const Seen& seen : outcome.seen) {
        if (seen.is(Enter, CallId::_exit) || seen.is(Enter, CallId::execv)) { EXPECT_NE(seen.area, 0u); }
        if (seen.is(Exit, CallId::vfork) && seen.area == 0) { EXPECT_GT(seen.result(), 0); }
    }
    EXPECT_EQ(outcome.count(Exit, CallId::vfork), 6u);
}

TEST(Records, NothingIsLostInAStorm) {
    const Outcome bare = run({program("storm")}, {.how = How::Bare});
    const Outcome outcome = run({program("storm")});
    unsigned long handled = 0, broken = 1;
    ASSERT_EQ(sscanf(outcome.output.c_str(), "handled %lu broken %lu", &handled, &broken), 2) << outcome.output;
    EXPECT_EQ(broken, 0u);
    EXPECT_EQ(outcome.status, bare.status);
    EXPECT_EQ(outcome.count(Enter, CallId::getppid), 100'000u);
    EXPECT_EQ(outcome.count(Exit, CallId::getppid), 100'000u);
    EXPECT_EQ(outcome.count(Enter, CallId::write), handled);
    EXPECT_EQ(outcome.count(Exit, CallId::write), handled);
    EXPECT_EQ(outcome.corrupt, 0u);
    EXPECT_EQ(outcome.lost, 0u);
    EXPECT_EQ(outcome.pairing_error(), "");
    for (const Seen& seen : outcome.seen)
        if (seen.is(Enter, CallId::write)) { ASSERT_EQ(seen.chunks.at(1), "in the handler"); }
}

TEST(Records, JumpsLeaveAbandonedCalls) {
    const Outcome outcome = run({program("jumps")});
    EXPECT_EQ(outcome.count(Abandoned, CallId::read), 5u);
    EXPECT_EQ(outcome.pairing_error(), "");
    const Outcome storm = run({program("jump_storm")});
    EXPECT_EQ(storm.output, "done\n");
    EXPECT_EQ(storm.corrupt, 0u);
    EXPECT_EQ(storm.lost, 0u);
}

TEST(Records, AFloodIsWaitedFor) {
    Options options;
    options.ring_bytes = min_ring_bytes;
    const Outcome outcome = run({program("flood")}, options);
    EXPECT_EQ(outcome.lost, 0u);
    EXPECT_EQ(outcome.count(Exit, CallId::write), 100'000u);
    EXPECT_EQ(outcome.output, run({program("flood")}, {.how = How::Bare}).output);
}

TEST(Records, MoreThreadsThanRings) {
    Options options;
    options.ring_count = 4;
    options.ring_bytes = min_ring_bytes;
    const Outcome outcome = run({program("threads"), "100"}, options);
    EXPECT_EQ(outcome.count(Exit, CallId::getppid), 101u);
    EXPECT_EQ(outcome.lost, 0u);
    EXPECT_EQ(outcome.output, run({program("threads"), "100"}, {.how = How::Bare}).output);
}

bool has_inside(const Outcome& outcome, CallId call, const std::string& text) {
    for (const Seen& seen : outcome.seen)
        if (seen.is(Enter, call) && seen.header.flags & Flag::Inside)
            for (const std::string& chunk : seen.chunks)
                if (chunk.find(text) != std::string::npos) return true;
    return false;
}

TEST(Inside, StdioIsSeen) {
    Options options;
    const Outcome without = run({program("stdio")}, options);
    options.sees_inside = true;
    const Outcome with = run({program("stdio")}, options);
    EXPECT_EQ(with.output, without.output);
    EXPECT_EQ(with.pairing_error(), "");
    EXPECT_TRUE(has_inside(with, CallId::open, "some file"));
    EXPECT_TRUE(has_inside(with, CallId::write, "written by stdio"));
    EXPECT_TRUE(has_inside(with, CallId::write, "through a pipe"));    // by the shell that popen started
    EXPECT_FALSE(has_inside(without, CallId::open, "some file"));
    EXPECT_FALSE(has_inside(without, CallId::write, "written by stdio"));
    EXPECT_EQ(with.first(Exit, CallId::read)->chunks.at(1), "written by stdio\n");
}

TEST(Inside, AShellsPipelineIsSeen) {
    const std::vector<std::string> command{"/bin/sh", "-c", "ls /etc | sort | wc -l"};
    const Outcome bare = run(command, {.how = How::Bare});
    const Outcome without = run(command);
    Options options;
    options.sees_inside = true;
    const Outcome with = run(command, options);
    EXPECT_EQ(with.output, bare.output);
    EXPECT_EQ(without.output, bare.output);
    EXPECT_EQ(with.status, bare.status);
    EXPECT_TRUE(has_inside(with, CallId::write, "passwd"));         // ls and sort write by stdio
    EXPECT_FALSE(has_inside(without, CallId::write, "passwd"));
    EXPECT_GE(with.hellos.size(), 4u);
    EXPECT_EQ(with.pairing_error(), "");
}

TEST(Inside, WhatSystemAndPopenStartIsObserved) {
    Options options;
    options.sees_inside = true;
    const Outcome outcome = run({program("spawns")}, options);
    std::size_t starts = 0;
    for (const Hello& hello : outcome.hellos) starts += hello.reason == HelloReason::Start;
    EXPECT_EQ(starts, 7u);    // itself, two spawned, and for system and popen each a shell and what it runs
    for (const Seen& seen : outcome.seen)
        if (seen.area == 0) { EXPECT_FALSE(seen.is(Enter, CallId::execve)) << "filed under the parent"; }
}

TEST(Gate, HoldsTheProgramsOwnCallsOnly) {
    const Outcome outcome = run({program("early")}, {.how = How::Stepped});
    std::size_t own = 0, inside = 0;
    for (const Seen& seen : outcome.seen) {
        if (seen.header.kind != Enter) continue;
        const bool is_inside = seen.header.flags & Flag::Inside;
        EXPECT_NE(is_inside, static_cast<bool>(seen.header.flags & Flag::Held));
        ++(is_inside ? inside : own);
    }
    EXPECT_GE(inside, 2u);    // the library's pipe and write
    EXPECT_GE(own, 3u);
}

TEST(Gate, AHandlersGrantIsNotItsCallers) {
    // The write stands at the gate when the handler comes; each of the handler's two calls is held and granted; the write
    // is still held after that.
    Options options{.how = How::Stepped};
    options.hold_ms = 100;
    const Outcome outcome = run({program("held")}, options);
    EXPECT_EQ(outcome.output, "written\n");
    std::size_t held = 0;
    for (const Seen& seen : outcome.seen) held += seen.header.kind == Enter && seen.header.flags & Flag::Held;
    EXPECT_EQ(held, 4u);    // sigaction, write, and the handler's
    EXPECT_EQ(outcome.grants, held);
    ASSERT_EQ(outcome.count(Exit, CallId::getppid), 2u);
    const Seen* const written = outcome.first(Exit, CallId::write);
    ASSERT_TRUE(written);
    for (const Seen& seen : outcome.seen)
        if (seen.is(Exit, CallId::getppid)) { EXPECT_LT(seen.header.stamp, written->header.stamp); }
}

TEST(Gate, WildPointersAreSafeThere) {
    const Outcome bare = run({program("wild"), "all"}, {.how = How::Bare});
    const Outcome stepped = run({program("wild"), "all"}, {.how = How::Stepped});
    EXPECT_EQ(stepped.output, bare.output);
    EXPECT_EQ(stepped.status, bare.status);
}

TEST(Gate, VerdictFails) {
    Options options{.how = How::Stepped};
    options.verdict = Verdict::Fail;
    options.verdict_call = CallId::pipe;
    options.verdict_value = EMFILE;
    const Outcome outcome = run({program("strict")}, options);
    EXPECT_EQ(WEXITSTATUS(outcome.status), 1);
    const Seen* const failed = outcome.first(Exit, CallId::pipe);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->header.error, EMFILE);
    EXPECT_EQ(failed->result(), -1);
    EXPECT_TRUE(failed->header.flags & Flag::Injected);
}

TEST(Gate, VerdictShortens) {
    Options options{.how = How::Stepped};
    options.verdict = Verdict::Shorten;
    options.verdict_call = CallId::pwrite;
    options.verdict_value = 2;
    const Outcome outcome = run({program("names64")}, options);
    EXPECT_EQ(outcome.first(Enter, CallId::pwrite)->words.at(3), 7u);
    EXPECT_EQ(outcome.first(Exit, CallId::pwrite)->result(), 2);
}

}  // namespace
}  // namespace ipcscope::testing
