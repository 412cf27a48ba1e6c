// Pipes: who holds which end, what lies in them, and the laws of order.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

// parent and child with one pipe between them: 3 is the read end, 4 the write end, in both.
class Pipe : public ::testing::Test {
 protected:
    Pipe() : run({"parent", "child"}), parent(run.launch()) {
        run.pipe(parent, 3, 4);
        child = run.fork(parent, 3);
    }
    const Object& pipe() const { return run.model.objects()[pipe_id]; }
    std::uint64_t lying() const {
        std::uint64_t sum = 0;
        for (const Stretch& stretch : pipe().lying) sum += stretch.count;
        return sum;
    }

    Script run;
    Actor parent, child;
    ObjectId pipe_id = 1;   // 0 is the terminal
};

TEST_F(Pipe, BothProcessesHoldBothEnds) {
    EXPECT_EQ(pipe().name, "pipe#1");
    EXPECT_EQ(pipe().readers, 1u);
    EXPECT_EQ(pipe().writers, 1u);
    EXPECT_EQ(run.model.holders(pipe_id, End::Write), (std::vector<Model::Holder>{{0, 4}, {1, 4}}));
    EXPECT_EQ(run.model.file_behind(0, 4)->references, 2);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, BytesGoInAtEnterAndOutAtExit) {
    auto write = run.write_begin(parent, 4, "hello");
    EXPECT_EQ(pipe().bytes_inside(), 5u);
    EXPECT_FALSE(run.model.messages()[0].is_settled);
    write.exit(5);
    auto read = run.read_begin(child, 3, 16);
    EXPECT_EQ(pipe().bytes_inside(), 5u);
    read.exit(5, bytes(1, "hello"));
    EXPECT_EQ(pipe().bytes_inside(), 0u);
    const Message& message = run.model.messages()[0];
    EXPECT_TRUE(message.is_settled);
    EXPECT_EQ(message.taken, 5u);
    ASSERT_EQ(message.takings.size(), 1u);
    EXPECT_EQ(message.takings[0].by, child.process);
    EXPECT_TRUE(pipe().inside.empty());
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, ReadMayReturnBeforeWrite) {
    auto read = run.read_begin(child, 3, 16);
    read.asleep("anon_pipe_read");
    EXPECT_EQ(run.thread_of(child).state, ThreadState::Asleep);
    EXPECT_EQ(run.model.waiters(pipe_id), std::vector<ThreadId>{child.thread});
    auto write = run.write_begin(parent, 4, "hello");
    read.exit(5, bytes(1, "hello"));
    EXPECT_TRUE(run.model.waiters(pipe_id).empty());
    write.exit(5);
    EXPECT_EQ(pipe().bytes_inside(), 0u);
    EXPECT_TRUE(pipe().inside.empty());
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, EndOfFileMayComeBeforeCloseReturns) {
    run.close(child, 4);
    auto read = run.read_begin(child, 3, 16);
    auto close = run.enter(parent, CallId::close, {4});
    EXPECT_EQ(pipe().writers, 0u);
    read.exit(0);
    close.exit(0);
    EXPECT_EQ(pipe().writers, 0u);
    EXPECT_FALSE(pipe().has_ended);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, AHeldCloseHasClosedNothing) {
    auto close = run.hold(parent, CallId::close, {4});
    EXPECT_EQ(run.thread_of(parent).state, ThreadState::AtGate);
    EXPECT_NE(run.process(parent).descriptor(4), nullptr);
    close.grant();
    EXPECT_EQ(run.process(parent).descriptor(4), nullptr);
    EXPECT_EQ(run.thread_of(parent).state, ThreadState::InKernel);
    close.exit(0);
    EXPECT_EQ(run.thread_of(parent).state, ThreadState::Running);
}

TEST_F(Pipe, AFailedCloseIsUndone) {
    const EventIndex since = run.process(parent).descriptor(4)->since;
    auto close = run.enter(parent, CallId::close, {4});
    close.fail(EIO);
    ASSERT_NE(run.process(parent).descriptor(4), nullptr);
    EXPECT_EQ(run.process(parent).descriptor(4)->since, since);
    EXPECT_EQ(run.model.file_behind(0, 4)->references, 2);
    run.enter(parent, CallId::close, {77}).fail(EBADF);
    EXPECT_EQ(run.model.surprises(), 0u);
    run.enter(parent, CallId::close, {77}).exit(0);
    EXPECT_EQ(run.model.surprises(), 1u);
}

TEST_F(Pipe, ACallThatTheGateFailsWasNeverMade) {
    run.hold(parent, CallId::close, {4}).grant(Verdict::Fail, EINTR).fail(EINTR);
    EXPECT_NE(run.process(parent).descriptor(4), nullptr);
    run.hold(parent, CallId::write, {4, 1, 5}, {bytes(1, "hello")}).grant(Verdict::Fail, EINTR).fail(EINTR);
    EXPECT_TRUE(run.model.messages().empty());
    run.hold(parent, CallId::write, {4, 1, 5}, {bytes(1, "hello")}).grant(Verdict::Shorten, 2).exit(2);
    EXPECT_EQ(pipe().bytes_inside(), 2u);
    EXPECT_EQ(run.model.messages()[0].length, 2u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, AFullPipeTakesAPartAndTheRestAsRoomComes) {
    const std::string much(70000, 'x');
    auto write = run.write_begin(parent, 4, much);
    write.asleep("anon_pipe_write");
    EXPECT_EQ(run.thread_of(parent).waits_for, pipe_id);
    EXPECT_EQ(run.model.messages()[0].accepted, 65536u);
    EXPECT_EQ(pipe().waiting.size(), 1u);
    run.read_begin(child, 3, 100).exit(100);
    EXPECT_EQ(run.model.messages()[0].accepted, 65536u);   // no slot is free yet
    run.read_begin(child, 3, 3996).exit(3996);
    EXPECT_EQ(run.model.messages()[0].accepted, 65536u + 4096);
    run.read_begin(child, 3, 4096).exit(4096);
    EXPECT_EQ(run.model.messages()[0].accepted, 70000u);
    write.exit(70000);
    EXPECT_EQ(pipe().bytes_inside(), 70000u - 8192);
    EXPECT_EQ(lying(), pipe().bytes_inside());
    EXPECT_TRUE(pipe().waiting.empty());
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, AWriteThatReturnsBeforeTheReadThatMadeRoom) {
    const std::string all(65536, 'x');
    run.write(parent, 4, all);
    auto write = run.write_begin(parent, 4, "hello");
    EXPECT_EQ(run.model.messages()[1].accepted, 0u);
    auto read = run.read_begin(child, 3, 4096);
    write.exit(5);                                          // the read has made room, but has not been seen to return
    EXPECT_EQ(pipe().bytes_inside(), 65541u);
    read.exit(4096);
    EXPECT_EQ(pipe().bytes_inside(), 65541u - 4096);
    EXPECT_EQ(lying(), pipe().bytes_inside());
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, AReadThatTakesWhatTheWriterCouldOnlyAddMeanwhile) {
    auto write = run.write_begin(parent, 4, std::string(70000, 'x'));
    auto first = run.read_begin(child, 3, 65536);
    auto second = run.read_begin(run.thread(child), 3, 65536);
    second.exit(65536);
    first.exit(4464);
    write.exit(70000);
    EXPECT_EQ(pipe().bytes_inside(), 0u);
    EXPECT_TRUE(pipe().inside.empty() && pipe().lying.empty() && pipe().waiting.empty());
    EXPECT_EQ(run.model.messages()[0].taken, 70000u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, SleepingWritersTakeTurns) {
    run.write(parent, 4, std::string(65536, 'x'));
    const Actor other = run.thread(parent);
    auto big = run.write_begin(parent, 4, std::string(8192, 'a'));
    auto small = run.write_begin(other, 4, std::string(4096, 'b'));
    for (int i = 0; i < 3; ++i) run.read_begin(child, 3, 4096).exit(4096);
    ASSERT_EQ(pipe().lying.size(), 4u);                     // x, a's first part, b, a's rest
    EXPECT_EQ(pipe().lying[1].message, 1u);
    EXPECT_EQ(pipe().lying[2].message, 2u);
    EXPECT_EQ(pipe().lying[3].message, 1u);
    small.exit(4096);
    big.exit(8192);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, WhatWasReceivedTellsWhoCameFirst) {
    const Actor other = run.thread(parent);
    auto one = run.write_begin(parent, 4, "first");
    auto two = run.write_begin(other, 4, "second");
    run.read(child, 3, "second", 6);
    EXPECT_EQ(run.model.messages()[0].taken, 0u);
    EXPECT_EQ(run.model.messages()[1].taken, 6u);
    run.read(child, 3, "first", 6);
    one.exit(5);
    two.exit(6);
    EXPECT_EQ(run.model.messages()[0].taken, 5u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, ShortAndFailedWritesAreSettledToTheTruth) {
    run.enter(parent, CallId::fcntl, {4, F_SETFL, O_NONBLOCK}).exit(0);
    EXPECT_TRUE(run.model.file_behind(0, 4)->flags & O_NONBLOCK);
    run.write(parent, 4, std::string(61440, 'x'));
    run.write_begin(parent, 4, std::string(10000, 'y')).exit(4096);
    EXPECT_EQ(run.model.messages()[1].length, 4096u);
    EXPECT_TRUE(pipe().waiting.empty());
    run.write_begin(parent, 4, "z").fail(EAGAIN);
    EXPECT_EQ(run.model.messages()[2].length, 0u);
    EXPECT_EQ(pipe().inside.size(), 2u);
    EXPECT_EQ(pipe().bytes_inside(), 65536u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, WithoutAReaderNothingGoesIn) {
    run.close(parent, 3);
    run.close(child, 3);
    auto write = run.write_begin(parent, 4, "hello");
    EXPECT_EQ(pipe().bytes_inside(), 0u);
    write.fail(EPIPE);
    EXPECT_TRUE(pipe().inside.empty());
    run.write_begin(child, 4, "hello");
    run.ended(child, killed(13));
    EXPECT_EQ(pipe().bytes_inside(), 0u);
    EXPECT_TRUE(pipe().inside.empty());
    EXPECT_EQ(run.model.messages()[1].length, 0u);
}

TEST_F(Pipe, AKilledWritersBytesStay) {
    run.write_begin(child, 4, std::string(70000, 'x')).asleep();
    run.ended(child, killed(9));
    EXPECT_EQ(pipe().bytes_inside(), 65536u);
    EXPECT_TRUE(run.model.messages()[0].is_settled);
    EXPECT_EQ(run.model.messages()[0].length, 65536u);
    EXPECT_TRUE(pipe().waiting.empty());
}

TEST_F(Pipe, ResizingLetsAWaitingWriterGoOn) {
    run.enter(parent, CallId::fcntl, {4, F_SETPIPE_SZ, 4096}).exit(4096);
    EXPECT_EQ(pipe().pipe->capacity(), 4096u);
    auto write = run.write_begin(parent, 4, std::string(8192, 'x'));
    EXPECT_EQ(pipe().bytes_inside(), 4096u);
    run.enter(child, CallId::fcntl, {3, F_SETPIPE_SZ, 8192}).exit(8192);
    EXPECT_EQ(pipe().bytes_inside(), 8192u);
    write.exit(8192);
}

TEST_F(Pipe, EndsWithItsLastEnd) {
    run.write(parent, 4, "lost");
    for (const Actor actor : {parent, child})
        for (const int fd : {3, 4}) {
            EXPECT_FALSE(pipe().has_ended);
            run.close(actor, fd);
        }
    EXPECT_TRUE(pipe().has_ended);
    EXPECT_TRUE(pipe().inside.empty());
    EXPECT_EQ(pipe().bytes_inside(), 0u);
}

TEST_F(Pipe, AnExitingProcessLetsGoBeforeItIsSeenToEnd) {
    run.close(parent, 4);
    auto read = run.read_begin(parent, 3, 16);
    run.enter(child, CallId::_exit, {0});
    EXPECT_EQ(pipe().writers, 0u);
    read.exit(0);
    EXPECT_EQ(run.process(child).state, ProcessState::Alive);
    run.ended(child, exited(0));
    EXPECT_EQ(run.process(child).state, ProcessState::Zombie);
}

TEST_F(Pipe, AnInjectedCloseWhileTheThreadStandsAtTheGateOrSleeps) {
    auto held = run.hold(child, CallId::read, {3, 1, 16});
    run.enter(child, CallId::close, {4}, {}, Flag::Injected).exit(0);
    EXPECT_EQ(run.process(child).descriptor(4), nullptr);
    EXPECT_EQ(run.thread_of(child).state, ThreadState::AtGate);
    held.grant();
    EXPECT_EQ(run.thread_of(child).state, ThreadState::InKernel);
    held.asleep();
    run.enter(parent, CallId::close, {4}, {}, Flag::Injected).exit(0);
    held.exit(0);
    EXPECT_EQ(run.thread_of(child).state, ThreadState::Running);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Pipe, VectorsAreMessagesToo) {
    run.enter(parent, CallId::writev, {4, 1, 2}, {bytes(1, "onetwo")}).exit(6);
    EXPECT_EQ(pipe().bytes_inside(), 6u);
    run.enter(child, CallId::readv, {3, 1, 2}).exit(6, bytes(1, "onetwo"));
    EXPECT_EQ(pipe().bytes_inside(), 0u);
}

TEST_F(Pipe, MoreThanEverWentInIsASurprise) {
    run.write(parent, 4, "abc");
    run.read(child, 3, "abcdef");
    EXPECT_EQ(run.model.surprises(), 1u);
    EXPECT_EQ(pipe().bytes_inside(), 0u);
}

}  // namespace
}  // namespace ipcscope
