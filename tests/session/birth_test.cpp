// Processes come, change their program, and go: who is seen, who is waited for, what is told in which order.
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

BirthHow how_born(const Scope& scope, const std::string& name) {
    return static_cast<BirthHow>(const_cast<Scope&>(scope).run().trace()[scope.process(name).born].value[3]);
}

TEST(Birth, VforkAndExec) {
    Scope scope("vfork_exec", {.arguments = {program_path("hello")}});
    scope.step("p0", "vfork");
    EXPECT_EQ(scope.state("p0"), "asleep vfork");
    EXPECT_EQ(scope.state("p1"), "gate execv");
    EXPECT_EQ(how_born(scope, "p1"), BirthHow::Vforked);
    scope.step("p1", "execv");
    EXPECT_EQ(scope.state("p1"), "gate write");
    EXPECT_EQ(scope.state("p0"), "gate waitpid");
    EXPECT_EQ(scope.events(EventKind::Image, "p1").size(), 1u);
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.output(), "hello\n");
}

TEST(Birth, AnExecThatFailsChangesNothing) {
    Scope scope("vfork_exec", {.arguments = {"/nowhere/at/all"}});
    scope.step("p0", "vfork");
    scope.step("p1", "execv");
    EXPECT_EQ(scope.state("p1"), "gate _exit");
    EXPECT_TRUE(scope.events(EventKind::Image).empty());
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 9");
}

TEST(Birth, PosixSpawn) {
    Scope scope("spawn", {.arguments = {program_path("hello")}});
    scope.step("p0", "posix_spawn");
    EXPECT_EQ(scope.state("p1"), "gate write");
    EXPECT_EQ(how_born(scope, "p1"), BirthHow::Spawned);
    EXPECT_EQ(scope.process("p1").parent, 0u);
    scope.step_all();
    scope.wait_until_over();
}

TEST(Birth, AStaticProgramIsNotSeenAndNotWaitedFor) {
    Scope scope("vfork_exec", {.arguments = {program_path("fixed")}});
    scope.step("p0", "vfork");
    scope.step("p1", "execv");
    EXPECT_FALSE(scope.process("p1").is_seen);
    EXPECT_EQ(scope.state("p0"), "gate waitpid");
    scope.step("p0", "waitpid");
    EXPECT_EQ(scope.state("p0"), "asleep waitpid");
    scope.run().post(TypeInput{"x\n"});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p1"), "ended 5");
    EXPECT_EQ(scope.state("p0"), "ended 5");
}

TEST(Birth, AStaticProgramToBeginWith) {
    Scope scope("fixed");
    EXPECT_FALSE(scope.process("p0").is_seen);
    EXPECT_FALSE(scope.events(EventKind::Note).empty());
    EXPECT_EQ(scope.process("p0").descriptors.size(), 3u);
    scope.run().post(TypeInput{"x\n"});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 5");
}

// The end of file comes from an exec: the new image must stand before it in the trace.
TEST(Birth, CloseOnExecEndsAFile) {
    Scope scope("close_on_exec", {.arguments = {program_path("hello")}});
    scope.step("p0", "pipe2");
    scope.step("p0", "fork");
    scope.step("p0", "close");
    scope.step("p0", "read");
    EXPECT_EQ(scope.state("p0"), "asleep read");
    scope.step("p1", "execv");
    EXPECT_EQ(scope.state("p1"), "gate write");
    EXPECT_EQ(scope.state("p0"), "gate wait");
    EXPECT_LT(scope.events(EventKind::Image, "p1").back(), scope.events(EventKind::Exit, "p0").back());
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

TEST(Birth, ARawChildIsFoundAndWaitedFor) {
    Scope scope("raw_child");
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p1"), "ended 6");
    EXPECT_EQ(scope.state("p0"), "ended 6");
    EXPECT_EQ(scope.process("p1").parent, 0u);
}

TEST(Birth, AnOrphanIsStillOurs) {
    Scope scope("orphan");
    scope.step("p0", "fork");
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "gate getppid");
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p1"), "ended 4");
}

TEST(Birth, WhatCannotBeStartedIsSaidInWords) {
    for (const char* name : {"/nowhere/at/all", "no-such-program-anywhere", "/tmp"}) {
        Launch launch;
        launch.argv = {name};
        const auto started = Session::start(launch);
        ASSERT_FALSE(started) << name;
        EXPECT_NE(started.sentence().find("cannot be started"), std::string::npos) << started.sentence();
    }
    Launch launch;
    launch.argv = {program_path("hello")};
    launch.directory = "/nowhere";
    const auto started = Session::start(launch);
    ASSERT_FALSE(started);
    EXPECT_NE(started.sentence().find("/nowhere"), std::string::npos);
}

// What was printed and is not written lies in the process: fork copies it, and a flush empties one of the two.
TEST(Birth, ABufferIsCopiedWithTheProcess) {
    Scope scope("buffered");
    EXPECT_EQ(scope.process("p0").unwritten, "hello");
    scope.step("p0", "getpid");
    scope.step("p0", "fork");
    EXPECT_EQ(scope.process("p0").unwritten_count, 0u);
    EXPECT_EQ(scope.process("p1").unwritten, "hello");
    EXPECT_EQ(scope.process("p1").unwritten_count, 5u);
    scope.step("p1", "_exit");
    EXPECT_EQ(scope.process("p1").unwritten_count, 0u);
    scope.step_all();
}

TEST(Birth, InheritedDescriptorsAreFound) {
    Scope scope("hello");
    const auto found = scope.events(EventKind::Found);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(scope.run().trace()[found[2]].value[5], 0);    // 2 shares 0's open file
    scope.step("p0", "write");
}

}  // namespace
}  // namespace ipcscope
