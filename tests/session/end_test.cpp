// Ends: by signals, by the session, and the session's own.
#include <signal.h>

#include "tests/session/scope.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

// The reader's end of file comes from the writer's death, which must stand before it in the trace.
TEST(End, AKilledWriterEndsTheFile) {
    Scope scope("pipe_pair");
    scope.step("p0", "pipe");
    scope.step("p0", "fork");
    scope.step("p1", "close");
    scope.step("p1", "read");
    scope.post_and_wait(Kill{scope.process("p0").id, SIGKILL});
    EXPECT_EQ(scope.state("p0"), "killed 9");
    EXPECT_EQ(scope.state("p1"), "gate close");
    EXPECT_LT(scope.events(EventKind::Ended, "p0").back(), scope.events(EventKind::Exit, "p1").back());
    EXPECT_EQ(scope.events(EventKind::Abandoned, "p0").size(), 1u);
    scope.step_all();
    scope.wait_until_over();
}

TEST(End, ASleeperCanBeKilled) {
    Scope scope("own_end");
    scope.step("p0", "pipe");
    scope.step("p0", "read");
    EXPECT_EQ(scope.state("p0"), "asleep read");
    scope.run().post(Kill{0, SIGTERM});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "killed 15");
    EXPECT_EQ(scope.events(EventKind::Abandoned).size(), 1u);
}

TEST(End, DeathByBrokenPipe) {
    Scope scope("broken_pipe");
    scope.step("p0", "pipe");
    scope.step("p0", "close");
    scope.step("p0", "write");
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "killed 13");
}

TEST(End, ASpinningProgramIsStopped) {
    Launch launch;
    launch.argv = {program_path("spin")};
    auto run = Run::start(launch, {});
    ASSERT_TRUE(run) << run.sentence();
    EXPECT_FALSE((*run)->pump_until_quiet(100ms));
    EXPECT_EQ((*run)->session().state(), Session::State::Moving);
    const auto before = std::chrono::steady_clock::now();
    (*run)->post(StopRun{});
    EXPECT_TRUE((*run)->pump_until_over(5s));
    EXPECT_TRUE((*run)->is_over());
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

TEST(End, ASpinningProgramIsKilled) {
    Launch launch;
    launch.argv = {program_path("spin")};
    auto run = Run::start(launch, {});
    ASSERT_TRUE(run) << run.sentence();
    while ((*run)->model().processes().empty()) (*run)->pump();
    (*run)->post(Step{0});    // waits for a quiescence that never comes; the kill overtakes it
    (*run)->post(Kill{0, SIGKILL});
    EXPECT_TRUE((*run)->pump_until_over(5s));
    EXPECT_EQ((*run)->model().process(0)->wait_status, SIGKILL);
}

TEST(End, StopRunEndsEverybody) {
    for (const bool is_private : {true, false}) {
        Scope scope("tree", {.is_held = false, .is_private = is_private});
        scope.wait_until([&] { return scope.model().processes().size() == 7; });
        scope.run().post(StopRun{});
        scope.wait_until_over();
        for (const Process& process : scope.model().processes()) EXPECT_EQ(process.wait_status, SIGKILL) << process.name;
        scope.disagreements_allowed = ~0ull;    // the model may not follow seven free processes into the middle of their lives
    }
}

TEST(End, TheDestructorEndsEverybody) {
    const auto before = std::chrono::steady_clock::now();
    {
        Scope scope("calls", {.is_held = false});
        scope.wait_until([&] { return scope.run().trace().size() > 100; });
    }
    EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
}

}  // namespace
}  // namespace ipcscope
