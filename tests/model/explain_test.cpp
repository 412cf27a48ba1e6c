#include "core/model/explain.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

class Explained : public ::testing::Test {
 protected:
    Explained() : run({"parent", "child"}), parent(run.launch()) {
        run.pipe(parent, 3, 4);
        child = run.fork(parent, 3);
    }
    std::string reason(Actor actor) const { return reason_asleep(run.trace, run.model, actor.thread); }
    std::string badge(Actor actor) const { return short_reason_asleep(run.trace, run.model, actor.thread); }
    std::string last_sentence() const { return sentence_for_call(run.trace, run.model, run.trace[run.last()].pair); }

    Script run;
    Actor parent, child;
};

TEST_F(Explained, AnEmptyPipeNamesItsWriters) {
    auto read = run.read_begin(child, 3, 16);
    EXPECT_EQ(reason(child), "");
    read.asleep("anon_pipe_read");
    EXPECT_EQ(reason(child), "the pipe is empty, and 2 write ends are still open: parent 4, child itself 4");
    EXPECT_EQ(badge(child), "pipe empty");
    run.close(parent, 4);
    EXPECT_EQ(reason(child), "the pipe is empty, and 1 write end is still open: child itself 4");
    EXPECT_EQ(sentence_for_call(run.trace, run.model, run.thread_of(child).call()),
              "child sleeps in read: the pipe is empty, and 1 write end is still open: child itself 4.");
}

TEST_F(Explained, AFullPipeNamesItsReaders) {
    run.close(child, 3);
    run.write_begin(child, 4, std::string(70000, 'x')).asleep();
    EXPECT_EQ(
        reason(child),
        "the pipe is full (65536 bytes lie in it); 65536 of 70000 bytes have gone in; 1 read end is still open: parent 3");
    EXPECT_EQ(badge(child), "pipe full");
}

TEST_F(Explained, AWaitNamesTheChildren) {
    run.enter(parent, CallId::wait, {0}).asleep();
    EXPECT_EQ(reason(parent), "its child, child, has not ended yet");
    EXPECT_EQ(badge(parent), "no child has ended");
}

TEST_F(Explained, ReadsAndWrites) {
    run.write(parent, 4, "hello");
    EXPECT_EQ(last_sentence(), "parent wrote 5 bytes, \"hello\", to pipe#1; 5 bytes lie in it now.");
    run.read(child, 3, "hell");
    EXPECT_EQ(last_sentence(), "child read 4 bytes, \"hell\", from pipe#1; 1 byte lies in it now.");
    run.read(child, 3, "o");
    EXPECT_EQ(last_sentence(), "child read 1 byte, \"o\", from pipe#1; the pipe is empty again.");
    run.close(parent, 4);
    EXPECT_EQ(last_sentence(), "parent closed 4, pipe#1; still open: 2 read ends, 1 write end.");
    run.close(child, 4);
    EXPECT_EQ(last_sentence(), "child closed 4, pipe#1; still open: 2 read ends, no write end.");
    run.read(child, 3, "");
    EXPECT_EQ(last_sentence(), "child found the end of file in pipe#1: it is empty, and no write end is left.");
    run.write(child, 1, "x\n");
    EXPECT_EQ(last_sentence(), "child wrote 2 bytes, \"x\\n\", to the terminal.");
}

TEST_F(Explained, AnOpenOfAFifoSaysWhichEnd) {
    run.enter(parent, CallId::mkfifo, {1, 0600}, {bytes(0, "door")}).exit(0);
    run.enter(parent, CallId::open, {1, O_WRONLY | O_NONBLOCK, 0}, {bytes(0, "door")}).fail(ENXIO);
    EXPECT_EQ(last_sentence(), "parent could not open \"door\" for writing: nobody has it open for reading, and O_NONBLOCK "
                               "forbids to sleep (ENXIO).");
    run.open(parent, "door", O_RDONLY | O_NONBLOCK, 5);
    EXPECT_EQ(last_sentence(), "parent opened \"door\" for reading: descriptor 5.");
}

TEST_F(Explained, FailuresSayWhy) {
    run.close(parent, 3), run.close(child, 3);
    run.write_begin(parent, 4, "hello").fail(EPIPE);
    EXPECT_EQ(last_sentence(), "parent could not write to pipe#1: no read end is open (EPIPE).");
    run.enter(parent, CallId::close, {9}).fail(EBADF);
    EXPECT_EQ(last_sentence(), "parent’s close failed: EBADF (Bad file descriptor).");
    run.enter(parent, CallId::sigaction, {9, 1, 0}).fail(EINVAL);
    EXPECT_EQ(last_sentence(), "parent’s sigaction failed: EINVAL (Invalid argument).");
}

TEST_F(Explained, ProcessesAndTheirEnds) {
    auto fork = run.enter(parent, CallId::fork);
    const Actor second = run.born(parent, 4);
    run.exit_of_child(second);
    EXPECT_EQ(sentence_for_call(run.trace, run.model, run.last()), "prog returns from fork with 0: it is the copy.");
    fork.exit(4);
    EXPECT_EQ(last_sentence(), "parent made prog, pid 4: a copy of itself, with descriptors for the same open files.");
    run.close(parent, 3), run.close(child, 3), run.close(second, 3);
    run.write_begin(child, 4, "x").abandon();
    run.ended(child, killed(SIGPIPE));
    EXPECT_EQ(reason_ended(run.trace, run.model, child.process),
              "child was killed by SIGPIPE: it wrote to pipe#1, and no read end was open. A zombie: its pid and its status "
              "stay until parent takes them with wait.");
    run.enter(parent, CallId::wait, {1}).exit(3, status(0, killed(SIGPIPE)));
    EXPECT_EQ(last_sentence(), "parent took the status of child: killed by SIGPIPE.");
    EXPECT_EQ(reason_ended(run.trace, run.model, child.process),
              "child was killed by SIGPIPE: it wrote to pipe#1, and no read end was open.");
    run.enter(second, CallId::_exit, {3});
    run.ended(second, exited(3));
    EXPECT_EQ(reason_ended(run.trace, run.model, second.process),
              "prog called _exit(3). A zombie: its pid and its status stay until parent takes them with wait.");
    EXPECT_EQ(reason_ended(run.trace, run.model, parent.process), "");
}

TEST_F(Explained, WhatADescriptorStandsFor) {
    run.open(parent, "data.txt", O_RDONLY, 5);
    run.enter(parent, CallId::mkfifo, {1, 0600}, {bytes(0, "/tmp/f")}).exit(0);
    run.open(parent, "/tmp/f", O_WRONLY, 6);
    const auto what = [&](int fd) { return what_is(run.model, *run.process(parent).descriptor(fd)); };
    EXPECT_EQ(what(1), "terminal");
    EXPECT_EQ(what(3), "pipe, read end");
    EXPECT_EQ(what(4), "pipe, write end");
    EXPECT_EQ(what(5), "file data.txt");
    EXPECT_EQ(what(6), "FIFO /tmp/f, write end");
}

TEST_F(Explained, EveryCallHasASentenceAndNoSentenceIsEmpty) {
    for (std::size_t id = 0; id < call_count; ++id) {
        const auto call = static_cast<CallId>(id);
        for (const int error : {0, ENOMEM}) {
            Script other({"prog"});
            const Actor actor = other.launch();
            auto open = other.hold(actor, call, {3, 3, 3, 3, 3, 3});
            const EventIndex enter = other.last();
            const auto sentence = [&] { return sentence_for_call(other.trace, other.model, enter); };
            EXPECT_EQ(sentence(), "prog stands at the gate, before " + std::string(row_of(call).name) + ".");
            open.grant().asleep();
            EXPECT_FALSE(reason_asleep(other.trace, other.model, actor.thread).empty()) << row_of(call).name;
            EXPECT_FALSE(short_reason_asleep(other.trace, other.model, actor.thread).empty()) << row_of(call).name;
            if (error != 0) open.fail(error);
            else open.exit(0);
            EXPECT_TRUE(sentence().starts_with("prog") && sentence().ends_with('.')) << sentence();
        }
    }
}

}  // namespace
}  // namespace ipcscope
