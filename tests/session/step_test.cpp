// One call at a time: who moves, who sleeps, who is woken, in which order.
#include <algorithm>

#include "tests/session/scope.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

TEST(Step, NothingHappensBeforeTheGrant) {
    Scope scope("hello");
    EXPECT_EQ(scope.state("p0"), "gate write");
    EXPECT_EQ(scope.output(), "");
    EXPECT_EQ(scope.run().session().state(), Session::State::Quiet);
    scope.step("p0", "write");
    EXPECT_EQ(scope.output(), "hello\n");
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

TEST(Step, AReaderSleepsAndIsWokenByTheWrite) {
    Scope scope("pipe_pair");
    scope.step("p0", "pipe");
    scope.step("p0", "fork");
    EXPECT_EQ(scope.state("p0"), "gate close");
    EXPECT_EQ(scope.state("p1"), "gate close");
    scope.step("p1", "close");
    scope.step("p1", "read");
    EXPECT_EQ(scope.state("p1"), "asleep read");
    EXPECT_EQ(scope.events(EventKind::Asleep).size(), 1u);
    scope.step("p0", "close");
    scope.step("p0", "write");
    // The write has woken the reader, which has come to its next call: all within this one step.
    EXPECT_EQ(scope.state("p1"), "gate read");
    EXPECT_EQ(scope.state("p0"), "gate close");
    scope.step("p1", "read");
    EXPECT_EQ(scope.state("p1"), "asleep read");
    scope.step("p0", "close");
    EXPECT_EQ(scope.state("p1"), "gate close");
    scope.step("p0", "waitpid");
    EXPECT_EQ(scope.state("p0"), "asleep waitpid");
    scope.step("p1", "close");
    scope.step("p1", "_exit");
    EXPECT_EQ(scope.state("p1"), "ended 7");
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 7");
}

// Every Exit has the grants of all causes before it: the fold would be surprised otherwise (Scope checks), and the first read
// must stand behind the write's grant.
TEST(Step, TheGrantStandsBeforeItsEffects) {
    Scope scope("pipe_pair");
    scope.step("p0", "pipe");
    scope.step("p0", "fork");
    scope.step("p1", "close");
    scope.step("p1", "read");
    scope.step("p0", "close");
    scope.step("p0", "write");
    const Trace& trace = scope.run().trace();
    const auto granted = scope.events(EventKind::Granted, "p0").back();
    const auto read = scope.events(EventKind::Exit, "p1").back();
    EXPECT_EQ(trace[granted].call, static_cast<std::uint16_t>(CallId::write));
    EXPECT_EQ(trace[read].call, static_cast<std::uint16_t>(CallId::read));
    EXPECT_LT(granted, read);
    EXPECT_LE(trace[granted].stamp, trace[read].stamp);
}

TEST(Step, ThreeProcessesInAChain) {
    Scope scope("chain");
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.output(), "ab");
    for (const char* name : {"p0", "p1", "p2"}) EXPECT_EQ(scope.state(name), "ended 0");
    EXPECT_EQ(scope.process("p1").parent, scope.process("p0").id);
}

// A line that ends with the pid of one of the scope's processes, with its name there instead.
std::string with_name_for_pid(const Scope& scope, const std::string& line) {
    for (const char* child : {"p1", "p2"}) {
        const std::string end = " = " + std::to_string(scope.process(child).pid);
        if (line.ends_with(end)) return line.substr(0, line.size() - end.size()) + " = " + child;
    }
    return line;
}

// Whom a step released, and what each did. (Two that one step lets go arrive at the gate in an order of their own.)
std::vector<std::string> path_of(const Scope& scope) {
    std::vector<std::string> path;
    for (const EventIndex index : scope.events(EventKind::Granted)) path.push_back(std::to_string(scope.run().trace()[index].process));
    for (const char* name : {"p0", "p1", "p2"})
        for (const std::string& line : scope.lines())
            if (line.starts_with(name)) path.push_back(scope.run().session().is_private() ? line : with_name_for_pid(scope, line));
    return path;
}

TEST(Step, TheSameChoicesTakeTheSamePath) {
    for (const bool is_private : {true, false}) {
        std::vector<std::string> first;
        for (int round = 0; round < 3; ++round) {
            Scope scope("chain", {.is_private = is_private});
            scope.step_all();
            scope.wait_until_over();
            if (round == 0) first = path_of(scope);
            EXPECT_EQ(path_of(scope), first);
            if (!scope.run().session().is_private()) continue;
            EXPECT_EQ(scope.process("p0").pid, 2);
            EXPECT_EQ(scope.process("p2").pid, 4);
        }
    }
}

TEST(Step, WithoutNamespaces) {
    Scope scope("chain", {.is_private = false});
    EXPECT_FALSE(scope.run().session().is_private());
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.output(), "ab");
}

TEST(Step, ThreadsOfOneProcess) {
    Scope scope("threads");
    scope.step("p0", "pipe");
    scope.step("p0", "pthread_create");
    ASSERT_EQ(scope.process("p0").threads.size(), 2u);
    EXPECT_EQ(scope.thread("p0", 1).state, ThreadState::AtGate);
    scope.post_and_wait(Step{scope.thread("p0", 1).id});
    EXPECT_EQ(scope.thread("p0", 1).state, ThreadState::Asleep);
    scope.step("p0", "write");
    EXPECT_EQ(scope.thread("p0", 1).state, ThreadState::Ended);
    scope.step("p0", "pthread_join");
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

TEST(Step, ASignalAtTheGateRunsItsHandlerFirst) {
    Scope scope("handler");
    scope.step("p0", "signal");
    EXPECT_EQ(scope.state("p0"), "gate getppid");
    scope.post_and_wait(Kill{0, SIGUSR1});
    EXPECT_EQ(scope.state("p0"), "gate getpid");    // the handler's call, inside the one that waits
    scope.step("p0", "getpid");
    EXPECT_EQ(scope.state("p0"), "gate getppid");   // which still waits: nobody granted it
    scope.step("p0", "getppid");
    scope.step("p0", "getppid");
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 3");
}

TEST(Step, TimeWakesASleeper) {
    Scope scope("nap");
    scope.step("p0", "usleep");
    EXPECT_EQ(scope.state("p0"), "asleep usleep");
    scope.wait_until([&] { return scope.state("p0") == "gate getppid" && scope.run().is_quiet(); });
}

TEST(Step, WhatCannotBeDoneIsANote) {
    Scope scope("pipe_pair");
    const std::size_t before = scope.events(EventKind::Note).size();
    scope.post_and_wait(Step{77});
    scope.post_and_wait(Kill{5, SIGTERM});
    EXPECT_EQ(scope.events(EventKind::Note).size(), before + 2);
    scope.step("p0", "pipe");
}

TEST(Step, AVerdictIsWhatTheProgramGets) {
    Scope scope("hello");
    scope.post_and_wait(Step{scope.thread("p0").id, Verdict::Fail, EIO});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 1");
    EXPECT_EQ(scope.output(), "");
}

TEST(Step, TypedInputWakesAReader) {
    Scope scope("echo");
    scope.step("p0", "read");
    EXPECT_EQ(scope.state("p0"), "asleep read");
    scope.post_and_wait(TypeInput{"typed\n"});    // the reader is awake when the typing is done, so this Quiet knows it
    EXPECT_EQ(scope.state("p0"), "gate write");
    scope.step("p0", "write");
    EXPECT_EQ(scope.output(), "typed\n");    // not echoed, its line end as it is
    scope.wait_until_over();
}

}  // namespace
}  // namespace ipcscope
