// What the learner makes a process do.
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

// The end of file for a reader that sleeps: it closes the write end that it forgot itself.
TEST(WhatIf, ClosingTheForgottenEndWakesTheReader) {
    Scope scope("own_end");
    scope.step("p0", "pipe");
    scope.step("p0", "read");
    EXPECT_EQ(scope.state("p0"), "asleep read");
    scope.post_and_wait(InjectClose{0, 4});
    EXPECT_TRUE(scope.has_line("p0  read(3 pipe#1, \"\", 8) = 0"));
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 20");
}

TEST(WhatIf, WritingWakesTheReader) {
    Scope scope("own_end");
    scope.step("p0", "pipe");
    scope.step("p0", "read");
    scope.post_and_wait(InjectWrite{0, 4, "abc"});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 23");
}

TEST(WhatIf, ASleeperThatIsNotWokenSleepsOn) {
    Scope scope("own_end");
    scope.step("p0", "pipe");
    scope.step("p0", "read");
    scope.post_and_wait(InjectClose{0, 99});
    EXPECT_EQ(scope.state("p0"), "asleep read");
    const Event& exit = scope.run().trace()[scope.events(EventKind::Exit).back()];
    EXPECT_EQ(exit.error, EBADF);
    EXPECT_EQ(exit.flags, Flag::Injected);
    scope.post_and_wait(InjectClose{0, 4});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 20");
}

TEST(WhatIf, APipeIsFilledAndNobodySleeps) {
    Scope scope("two_ends");
    scope.step("p0", "pipe");
    scope.post_and_wait(FillPipe{0, 4});
    EXPECT_EQ(scope.state("p0"), "gate getppid");    // at the gate, as before
    const Object* const pipe = scope.model().object_behind(0, 4);
    ASSERT_TRUE(pipe && pipe->pipe);
    EXPECT_EQ(pipe->pipe->bytes(), 65536u);
    // No write asked for more than the kernel took at once: none slept and had to be interrupted.
    const Trace& trace = scope.run().trace();
    for (const EventIndex index : scope.events(EventKind::Exit)) {
        const Event& exit = trace[index];
        if (!(exit.flags & Flag::Injected)) continue;
        const auto given = trace.chunk(trace[exit.pair], 1);
        ASSERT_TRUE(given);
        EXPECT_EQ(exit.value[0], given->true_length);
    }
    EXPECT_TRUE(pipe->pipe->is_full());
    scope.post_and_wait(FillPipe{0, 4});    // nothing to add
    scope.step("p0", "getppid");
    scope.step("p0", "getppid");
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

TEST(WhatIf, APipeWithSomethingInsideIsFilled) {
    Scope scope("two_ends");
    scope.step("p0", "pipe");
    scope.post_and_wait(InjectWrite{0, 4, std::string(5000, 'x')});
    scope.post_and_wait(FillPipe{0, 4});
    const Object* const pipe = scope.model().object_behind(0, 4);
    ASSERT_TRUE(pipe && pipe->pipe);
    EXPECT_TRUE(pipe->pipe->is_full());
    const std::uint64_t full = pipe->pipe->bytes();
    scope.post_and_wait(InjectWrite{0, 4, std::string(4096, 'y')});    // would sleep: a note, and no write
    EXPECT_EQ(scope.model().object_behind(0, 4)->pipe->bytes(), full);
    EXPECT_FALSE(scope.events(EventKind::Note).empty());
}

TEST(WhatIf, AtTheGateNothingElseChanges) {
    Scope scope("pipe_pair");
    scope.step("p0", "pipe");
    scope.step("p0", "fork");
    scope.step("p1", "close");
    scope.step("p1", "read");
    scope.post_and_wait(InjectClose{0, 4});
    EXPECT_EQ(scope.state("p0"), "gate close");
    EXPECT_EQ(scope.state("p1"), "gate close");    // its read returned 0
    scope.step("p0", "close");
    scope.step("p0", "write");
    EXPECT_TRUE(scope.has_line("p0  write(4, \"hello\", 5) = -1 EBADF (Bad file descriptor)")) << scope.lines().back();
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 1");
}

}  // namespace
}  // namespace ipcscope
