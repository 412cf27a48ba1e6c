// Running: with open gates, at a pace, and stopping again.
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

TEST(Free, RunsToTheEnd) {
    Scope scope("chain", {.is_held = false});
    scope.wait_until_over();
    EXPECT_EQ(scope.output(), "ab");
    for (const char* name : {"p0", "p1", "p2"}) EXPECT_EQ(scope.state(name), "ended 0");
}

TEST(Free, AChildThatIsKilledAtOnceIsNotMissing) {
    Scope scope("stillborn", {.is_held = false});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.model().processes().size(), 101u);
    for (const Process& process : scope.model().processes()) EXPECT_TRUE(process.wait_status) << process.name;
}

TEST(Free, FromTheGateToTheEnd) {
    Scope scope("pipe_pair");
    scope.step("p0", "pipe");
    scope.run().post(RunFree{});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 7");
    // Whoever was held was granted, in the trace too.
    const Trace& trace = scope.run().trace();
    for (const EventIndex index : scope.events(EventKind::Exit)) {
        const Event& exit = trace[index];
        if (exit.pair == no_id || !(trace[exit.pair].flags & Flag::Held)) continue;
        bool is_granted = false;
        for (EventIndex i = exit.pair; i < index; ++i) is_granted |= trace[i].kind == EventKind::Granted && trace[i].pair == exit.pair;
        EXPECT_TRUE(is_granted) << index;
    }
}

TEST(Free, PauseHoldsEverybodyAgain) {
    Scope scope("calls", {.is_held = false});
    for (int round = 0; round < 5; ++round) {
        scope.wait_until([&, size = scope.run().trace().size()] { return scope.run().trace().size() > size + 10; });
        EXPECT_EQ(scope.run().session().state(), Session::State::Running);
        scope.post_and_wait(Pause{});
        EXPECT_EQ(scope.state("p0"), "gate getppid");
        EXPECT_EQ(scope.run().session().state(), Session::State::Quiet);
        const EventIndex size = scope.run().trace().size();
        std::this_thread::sleep_for(20ms);
        scope.run().pump();
        EXPECT_EQ(scope.run().trace().size(), size);    // nobody moves behind our back
        scope.step("p0", "getppid");
        EXPECT_EQ(scope.state("p0"), "gate getppid");
        scope.run().post(RunFree{});
    }
}

TEST(Free, AtAPace) {
    Scope scope("calls");
    const auto quiets = [&] { return scope.events(EventKind::Quiet).size(); };
    const std::size_t before = quiets();
    const auto start = std::chrono::steady_clock::now();
    scope.run().post(RunFree{100});
    scope.wait_until([&] { return quiets() >= before + 20; });
    EXPECT_GE(std::chrono::steady_clock::now() - start, 150ms);
    scope.post_and_wait(Pause{});
    EXPECT_EQ(scope.run().session().state(), Session::State::Quiet);
}

TEST(Free, AtAPaceTheLongestWaitingIsNext) {
    Scope scope("chain");
    scope.run().post(RunFree{2000});
    scope.wait_until_over();
    EXPECT_EQ(scope.output(), "ab");
}

// A child copies the descriptors as they stood at its fork, however late the parent's own records come. (The scope fails if the
// fold is surprised: by a close of what was not open, here.)
TEST(Free, ChildrenAreBornWhereTheyWereForked) {
    for (int round = 0; round < 20; ++round) {
        Scope scope("fan", {.is_held = false});
        scope.wait_until_over();
        for (const char* name : {"p0", "p1", "p2", "p3"}) EXPECT_EQ(scope.state(name), "ended 0");
    }
}

TEST(Free, SleepersAreShown) {
    Scope scope("own_end", {.is_held = false});
    scope.wait_until([&] { return scope.state("p0") == "asleep read"; });
}

TEST(Free, ManyShortThreadsReuseTheirRings) {
    Scope scope("threads", {.arguments = {"1000"}, .is_held = false});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.model().threads().size(), 1002u);
    // Their ends are noticed while others still come, not with the end of the process.
    const auto born = scope.events(EventKind::ThreadBorn), ended = scope.events(EventKind::ThreadEnded);
    ASSERT_EQ(ended.size(), 1002u);
    EXPECT_LT(ended.front(), born.back());
}

}  // namespace
}  // namespace ipcscope
