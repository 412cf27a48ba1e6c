// Births, new programs, ends and waits; signals; threads' states.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

std::string action_of(void (*handler)(int), int flags = 0) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    return {reinterpret_cast<const char*>(&action), sizeof action};
}

TEST(Process, AForkedChildHasItsOwnDescriptorsOfTheSameOpenFiles) {
    Script run({"parent", "child"});
    const Actor parent = run.launch();
    run.open(parent, "data.txt", O_RDWR, 3);
    auto fork = run.enter(parent, CallId::fork);
    const Actor child = run.born(parent, 3);
    run.exit_of_child(child);
    run.close(child, 0);                                    // the child runs before fork returns in the parent
    fork.exit(3);
    EXPECT_EQ(run.process(child).parent, parent.process);
    EXPECT_EQ(run.process(child).name, "child");
    EXPECT_EQ(run.process(child).descriptors.size(), 3u);
    EXPECT_EQ(run.process(parent).descriptors.size(), 4u);
    EXPECT_EQ(run.model.file_behind(0, 3), run.model.file_behind(1, 3));
    EXPECT_EQ(run.model.file_behind(0, 3)->references, 2);
    EXPECT_EQ(run.model.file_behind(0, 0)->references, 5);  // 0, 1, 2 and 1, 2
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Process, NamesAreTheLessonsOrTheProgramsMadeUnique) {
    Script run;
    const Actor first = run.launch();
    const Actor second = run.fork(first, 3);
    const Actor third = run.fork(first, 4);
    EXPECT_EQ(run.process(first).name, "prog");
    EXPECT_EQ(run.process(second).name, "prog#2");
    EXPECT_EQ(run.process(third).name, "prog#3");
    EXPECT_EQ(run.process(first).command, "prog -x");
    run.image(third, "/bin/ls");
    EXPECT_EQ(run.process(third).name, "ls");

    Script named({"shell", "", "right"});
    const Actor shell = named.launch();
    const Actor left = named.fork(shell, 3);
    const Actor right = named.fork(shell, 4);
    named.image(right, "/bin/wc");
    EXPECT_EQ(named.process(left).name, "prog");
    EXPECT_EQ(named.process(right).name, "right");
    EXPECT_EQ(named.process(right).program, "/bin/wc");
}

TEST(Process, ExecClosesWhatItShallAndForgetsHandlers) {
    Script run;
    const Actor shell = run.launch();
    run.pipe(shell, 3, 4, O_CLOEXEC);
    run.pipe(shell, 5, 6);
    run.enter(shell, CallId::signal, {SIGPIPE, 1}).exit(0);
    run.enter(shell, CallId::sigaction, {SIGINT, 1, 0}, {bytes(1, action_of([](int) {}))}).exit(0);
    EXPECT_EQ(run.process(shell).handled_signals, std::vector<int>{SIGINT});
    const Actor helper = run.thread(shell);
    run.enter(shell, CallId::execve, {1, 1, 1}, {bytes(0, "/bin/ls"), bytes(1, std::string_view("ls\0/etc", 7))});
    run.image(shell, "/bin/ls");
    EXPECT_EQ(run.process(shell).descriptors.size(), 5u);
    EXPECT_EQ(run.process(shell).descriptor(3), nullptr);
    EXPECT_TRUE(run.model.objects()[1].has_ended);
    EXPECT_EQ(run.process(shell).ignored_signals, std::vector<int>{SIGPIPE});
    EXPECT_TRUE(run.process(shell).handled_signals.empty());
    EXPECT_EQ(run.thread_of(shell).state, ThreadState::Running);
    EXPECT_TRUE(run.thread_of(shell).calls.empty());
    EXPECT_EQ(run.thread_of(helper).state, ThreadState::Ended);
    run.write(shell, 1, "x");
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Process, AFailedExecChangesNothing) {
    Script run;
    const Actor shell = run.launch();
    run.pipe(shell, 3, 4, O_CLOEXEC);
    run.enter(shell, CallId::execve, {1, 1, 1}, {bytes(0, "/no")}).fail(ENOENT);
    EXPECT_EQ(run.process(shell).descriptors.size(), 5u);
    EXPECT_TRUE(run.thread_of(shell).calls.empty());
}

TEST(Process, AZombieWaitsForWait) {
    Script run;
    const Actor parent = run.launch();
    const Actor child = run.fork(parent, 3);
    auto wait = run.enter(parent, CallId::wait, {1});
    wait.asleep();
    EXPECT_EQ(run.thread_of(parent).waits_for, no_id);
    run.ended(child, exited(7));
    EXPECT_EQ(run.process(child).state, ProcessState::Zombie);
    EXPECT_TRUE(run.process(child).descriptors.empty());
    EXPECT_EQ(run.thread_of(child).state, ThreadState::Ended);
    wait.exit(3, status(0, exited(7)));
    EXPECT_EQ(run.process(child).state, ProcessState::Gone);
    EXPECT_EQ(run.process(child).wait_status, exited(7));
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Process, WaitMayReturnBeforeTheChildIsSeenToEnd) {
    Script run;
    const Actor parent = run.launch();
    run.pipe(parent, 3, 4);
    const Actor child = run.fork(parent, 3);
    run.enter(parent, CallId::wait, {1}).exit(3, status(0, killed(13)));
    EXPECT_EQ(run.process(child).state, ProcessState::Gone);
    EXPECT_TRUE(run.process(child).descriptors.empty());
    run.ended(child, -1);
    EXPECT_EQ(run.process(child).state, ProcessState::Gone);
    EXPECT_EQ(run.process(child).wait_status, killed(13));
    EXPECT_NE(run.process(child).ended, no_id);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Process, WaitWithoutHangingAndStoppedChildrenTakeNobody) {
    Script run;
    const Actor parent = run.launch();
    const Actor child = run.fork(parent, 3);
    run.enter(parent, CallId::waitpid, {-1, 1, WNOHANG}).exit(0);
    run.enter(parent, CallId::waitpid, {-1, 1, WUNTRACED}).exit(3, status(1, 0x137f));
    EXPECT_EQ(run.process(child).state, ProcessState::Alive);
    run.enter(parent, CallId::waitpid, {-1, 1, 0}).exit(99);
    EXPECT_EQ(run.model.surprises(), 1u);
}

TEST(Process, APidMayComeAgain) {
    Script run;
    const Actor parent = run.launch();
    const Actor first = run.fork(parent, 3);
    run.ended(first, exited(0));
    run.enter(parent, CallId::wait, {1}).exit(3, status(0, exited(0)));
    const Actor second = run.fork(parent, 3);
    run.ended(second, exited(1));
    EXPECT_EQ(run.process(second).state, ProcessState::Zombie);
    run.enter(parent, CallId::wait, {1}).exit(3, status(0, exited(1)));
    EXPECT_EQ(run.process(second).state, ProcessState::Gone);
    EXPECT_EQ(run.process(first).wait_status, exited(0));
}

TEST(Process, OrphansAndChildrenThatNobodyAwaits) {
    Script run;
    const Actor parent = run.launch();
    const Actor living = run.fork(parent, 3), zombie = run.fork(parent, 4);
    run.ended(zombie, exited(0));
    run.ended(parent, exited(0));
    EXPECT_EQ(run.process(parent).state, ProcessState::Gone);
    EXPECT_EQ(run.process(zombie).state, ProcessState::Gone);
    EXPECT_TRUE(run.process(living).is_orphan && run.process(zombie).is_orphan);
    EXPECT_EQ(run.process(living).parent, parent.process);
    run.ended(living, exited(0));
    EXPECT_EQ(run.process(living).state, ProcessState::Gone);

    Script careless;
    const Actor ignoring = careless.launch();
    careless.enter(ignoring, CallId::signal, {SIGCHLD, 1}).exit(0);
    const Actor child = careless.fork(ignoring, 3);
    EXPECT_EQ(careless.process(child).ignored_signals, std::vector<int>{SIGCHLD});
    careless.ended(child, exited(0));
    EXPECT_EQ(careless.process(child).state, ProcessState::Gone);
}

TEST(Process, AVforkedChildIsAProcessOfItsOwn) {
    Script run;
    const Actor parent = run.launch();
    auto fork = run.enter(parent, CallId::vfork);
    const Actor child = run.born(parent, 3, BirthHow::Vforked);
    run.exit_of_child(child, CallId::vfork);
    run.close(child, 2);
    EXPECT_NE(run.process(parent).descriptor(2), nullptr);
    run.image(child, "/bin/ls");
    fork.exit(3);
    EXPECT_EQ(run.thread_of(parent).state, ThreadState::Running);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Signals, ChoicesAreKeptUnlessTheCallFailed) {
    Script run;
    const Actor actor = run.launch();
    run.enter(actor, CallId::signal, {SIGPIPE, 1}).exit(0);
    run.enter(actor, CallId::signal, {SIGINT, 0x401000}).exit(0);
    run.enter(actor, CallId::signal, {SIGKILL, 1}).fail(EINVAL);
    EXPECT_EQ(run.process(actor).ignored_signals, std::vector<int>{SIGPIPE});
    EXPECT_EQ(run.process(actor).handled_signals, std::vector<int>{SIGINT});
    run.enter(actor, CallId::sigaction, {SIGINT, 0, 1}).exit(0);      // only asks
    run.enter(actor, CallId::signal, {SIGPIPE, 0}).exit(1);
    EXPECT_TRUE(run.process(actor).ignored_signals.empty());
    EXPECT_EQ(run.process(actor).handled_signals, std::vector<int>{SIGINT});
}

TEST(Signals, AKillMarksItsTarget) {
    Script run;
    const Actor parent = run.launch();
    const Actor child = run.fork(parent, 3);
    run.quiet();
    run.enter(parent, CallId::kill, {3, SIGTERM}).exit(0);
    ASSERT_EQ(run.model.changes().size(), 1u);
    EXPECT_EQ(run.model.changes()[0].process, child.process);
}

TEST(Thread, StatesFollowTheCall) {
    Script run;
    const Actor actor = run.launch();
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::Running);
    auto held = run.hold(actor, CallId::pause);
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::AtGate);
    held.grant().asleep("pause");
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::Asleep);
    EXPECT_EQ(run.thread_of(actor).wchan, "pause");
    held.awake();
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::InKernel);
    held.asleep();
    auto inner = run.hold(actor, CallId::getpid);                      // a signal handler calls
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::AtGate);
    inner.grant().exit(2);
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::InKernel);
    held.fail(EINTR);
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::Running);
    EXPECT_EQ(run.thread_of(actor).last_exit, run.last());
    run.enter(actor, CallId::pause).abandon();
    EXPECT_EQ(run.thread_of(actor).state, ThreadState::Running);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST(Steps, ChangesAreThoseOfTheStep) {
    Script run;
    const Actor actor = run.launch();
    run.quiet();
    EXPECT_EQ(run.model.steps(), 1u);
    EXPECT_FALSE(run.model.changes().empty());
    EXPECT_EQ(run.model.step_began(), 0u);
    run.fact(actor, FactKind::ProcessState, {'S', 2});
    EXPECT_EQ(run.model.step_began(), 0u);
    run.close(actor, 2);
    EXPECT_EQ(run.model.step_began(), run.last() - 1);
    EXPECT_EQ(run.model.changes().size(), 1u);
    run.quiet();
    EXPECT_EQ(run.model.changes().size(), 1u);
}

TEST(Garbage, EventsThatCannotBeAreCounted) {
    Script run;
    const Actor actor = run.launch();
    run.enter({7, 9}, CallId::read, {3, 1, 1});
    run.born({no_id, no_id}, 9);                                       // the script's own numbering goes on
    run.ended({55, no_id}, 0);
    Script::Open(run, actor, CallId::read).exit(3);
    EXPECT_EQ(run.model.surprises(), 3u);
}

}  // namespace
}  // namespace ipcscope
