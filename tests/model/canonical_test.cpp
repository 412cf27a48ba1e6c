#include "core/model/canonical.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

using Lines = std::vector<std::string>;

template <class T>
std::string raw(const T& value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

Lines lines_from(const Script& run, std::size_t first) {
    const Lines all = run.lines();
    return {all.begin() + static_cast<std::ptrdiff_t>(first), all.end()};
}

TEST(Canonical, ThePipeLesson) {
    Script run({"parent", "child"});
    const Actor parent = run.launch();
    run.pipe(parent, 3, 4);
    auto fork = run.enter(parent, CallId::fork);
    const Actor child = run.born(parent, 3);
    run.exit_of_child(child);
    fork.exit(3);
    run.close(child, 4);
    run.close(parent, 3);
    auto read = run.hold(child, CallId::read, {3, 1, 16});
    EXPECT_EQ(run.lines().back(), "child   read(3 pipe#1, …, 16) at the gate");
    read.grant();
    EXPECT_EQ(run.lines().back(), "child   read(3 pipe#1, …, 16) in the kernel");
    read.asleep("anon_pipe_read");
    EXPECT_EQ(run.lines().back(), "child   read(3 pipe#1, …, 16) asleep");
    run.write(parent, 4, "hello");
    read.exit(5, bytes(1, "hello"));
    run.write(child, 1, "x\n");
    run.close(parent, 4);
    run.read(child, 3, "", 16);
    run.enter(child, CallId::_exit, {0});
    run.ended(child, exited(0));
    run.enter(parent, CallId::wait, {1}).exit(3, status(0, exited(0)));
    EXPECT_EQ(run.lines(), (Lines{
        "parent  pipe([3, 4]) = 0",
        "parent  fork() = 3",
        "child   fork() = 0",
        "child   close(4 pipe#1) = 0",
        "parent  close(3 pipe#1) = 0",
        "child   read(3 pipe#1, \"hello\", 16) = 5",
        "parent  write(4 pipe#1, \"hello\", 5) = 5",
        "child   write(1, \"x\\n\", 2) = 2",
        "parent  close(4 pipe#1) = 0",
        "child   read(3 pipe#1, \"\", 16) = 0",
        "child   _exit(0) ends",
        "child   ended: exited 0",
        "parent  wait(status: exited 0) = 3",
    }));
    EXPECT_FALSE(run.log.entries()[11].is_call);
    EXPECT_EQ(run.log.entry_of(run.log.entries()[5].enter)->call.outcome, "= 5");
    EXPECT_EQ(run.log.entry_of(run.last()), nullptr);
}

TEST(Canonical, EndsThatAreNoReturns) {
    Script run({"parent", "child", "other"});
    const Actor parent = run.launch();
    run.pipe(parent, 3, 4);
    const Actor child = run.fork(parent, 3);
    const Actor other = run.fork(parent, 4);
    const std::size_t first = run.lines().size();
    run.write_begin(child, 4, "hello").abandon();
    run.ended(child, killed(SIGPIPE));
    run.write_begin(other, 4, "hello").fail(EPIPE);
    run.enter(other, CallId::pause).abandon();
    run.enter(other, CallId::execve, {1, 1, 1}, {bytes(0, "/bin/ls"), bytes(1, std::string_view("ls\0/etc\0", 8))});
    run.image(other, "/bin/ls");
    run.enter(other, CallId::execvp, {1, 1}, {bytes(0, "no"), bytes(1, std::string_view("no\0", 3))}).fail(ENOENT);
    run.enter(other, CallId::wait, {0}).fail(ECHILD);
    run.enter(other, CallId::pause);
    run.ended(other, exited(1));
    EXPECT_EQ(lines_from(run, first), (Lines{
        "child   write(4 pipe#1, \"hello\", 5) dies of SIGPIPE",
        "child   ended: killed by SIGPIPE",
        "other   write(4 pipe#1, \"hello\", 5) = -1 EPIPE (Broken pipe)",
        "other   pause() did not return",
        "other   execve(\"/bin/ls\", [\"ls\", \"/etc\"]) → new program",
        "other   execvp(\"no\", [\"no\"]) = -1 ENOENT (No such file or directory)",
        "other   wait(NULL) = -1 ECHILD (No child processes)",
        "other   pause() did not return",
        "other   ended: exited 1",
    }));
}

TEST(Canonical, FilesFlagsAndConstants) {
    Script run({"prog"});
    const Actor actor = run.launch();
    run.open(actor, "data.txt", O_RDONLY, 3);
    run.open(actor, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 4);
    run.enter(actor, CallId::openat, {AT_FDCWD, 1, O_RDWR | 0x40000000, 0}, {bytes(1, "x")}).exit(5);
    run.enter(actor, CallId::creat, {1, 0600}, {bytes(0, "c")}).exit(6);
    run.enter(actor, CallId::lseek, {3, -5, SEEK_END}).exit(7);
    run.enter(actor, CallId::fcntl, {3, F_GETFL, 1234}).exit(O_RDWR | O_NONBLOCK);
    run.enter(actor, CallId::fcntl, {3, F_SETFL, O_NONBLOCK | O_APPEND}).exit(0);
    run.enter(actor, CallId::fcntl, {3, F_SETFD, FD_CLOEXEC}).exit(0);
    run.enter(actor, CallId::fcntl, {3, F_GETFD, 0}).exit(1);
    run.enter(actor, CallId::fcntl, {3, F_DUPFD, 10}).exit(10);
    run.enter(actor, CallId::dup2, {3, 1}).exit(1);
    run.enter(actor, CallId::mkfifo, {1, 0600}, {bytes(0, "/tmp/f")}).exit(0);
    run.open(actor, "/tmp/f", O_RDWR, 11);
    run.close(actor, 11);
    run.enter(actor, CallId::pread, {3, 1, 4, 100}).exit(2, bytes(1, "\x01\""));
    run.enter(actor, CallId::unlink, {1}, {bytes(0, "a\nb")}).exit(0);
    EXPECT_EQ(run.lines(), (Lines{
        "prog    open(\"data.txt\", O_RDONLY) = 3",
        "prog    open(\"new\", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0644) = 4",
        "prog    openat(AT_FDCWD, \"x\", O_RDWR|0x40000000) = 5",
        "prog    creat(\"c\", 0600) = 6",
        "prog    lseek(3 data.txt, -5, SEEK_END) = 7",
        "prog    fcntl(3 data.txt, F_GETFL) = 2050 (O_RDWR|O_NONBLOCK)",
        "prog    fcntl(3 data.txt, F_SETFL, O_RDONLY|O_APPEND|O_NONBLOCK) = 0",
        "prog    fcntl(3 data.txt, F_SETFD, FD_CLOEXEC) = 0",
        "prog    fcntl(3 data.txt, F_GETFD) = 1 (FD_CLOEXEC)",
        "prog    fcntl(3 data.txt, F_DUPFD, 10) = 10",
        "prog    dup2(3 data.txt, 1) = 1",
        "prog    mkfifo(\"/tmp/f\", 0600) = 0",
        "prog    open(\"/tmp/f\", O_RDWR) = 11",
        "prog    close(11 fifo /tmp/f) = 0",
        "prog    pread(3 data.txt, \"\\x01\\\"\", 4, 100) = 2",
        "prog    unlink(\"a\\nb\") = 0",
    }));
}

TEST(Canonical, SignalsPollsAndTimes) {
    Script run({"prog"});
    const Actor actor = run.launch();
    run.pipe(actor, 3, 4);
    const std::size_t first = run.lines().size();
    run.enter(actor, CallId::signal, {SIGPIPE, 1}).exit(0);
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART | 0x04000000;
    struct sigaction before {};
    run.enter(actor, CallId::sigaction, {SIGINT, 1, 1}, {bytes(1, raw(action))}).exit(0, bytes(2, raw(before)));
    run.enter(actor, CallId::kill, {3, SIGRTMIN + 1}).exit(0);
    const pollfd asked{3, POLLIN, 0}, told{3, POLLIN, POLLIN | POLLHUP};
    auto poll = run.enter(actor, CallId::poll, {1, 1, -1}, {bytes(0, raw(asked))});
    poll.asleep();
    EXPECT_EQ(run.thread_of(actor).waits_for, run.object(actor, 3).id);
    EXPECT_EQ(run.lines().back(), "prog    poll([{3 pipe#1, POLLIN}], 1, -1) asleep");
    poll.exit(1, bytes(0, raw(told)));
    run.enter(actor, CallId::nanosleep, {1, 1}, {bytes(0, raw(timespec{1, 500}))}).fail(EINTR);
    run.enter(actor, CallId::sleep, {3}).exit(0);
    run.enter(actor, CallId::posix_spawn, {1, 1, 0, 0, 1, 1}, {bytes(1, "/bin/ls"), bytes(4, std::string_view("ls\0", 3))})
        .exit(0, bytes(0, raw(5)));
    run.enter(actor, CallId::posix_spawn, {1, 1, 0, 0, 1, 1}, {bytes(1, "/no"), bytes(4, std::string_view("no\0", 3))}).exit(2);
    run.enter(actor, CallId::close, {4}, {}, Flag::Injected).exit(0);
    run.hold(actor, CallId::read, {3, 1, 9}).grant(Verdict::Fail, EINTR).fail(EINTR);
    EXPECT_EQ(lines_from(run, first), (Lines{
        "prog    signal(SIGPIPE, SIG_IGN) = SIG_DFL",
        "prog    sigaction(SIGINT, {handler 0x…, SA_RESTART}, {SIG_DFL}) = 0",
        "prog    kill(3, SIGRTMIN+1) = 0",
        "prog    poll([{3 pipe#1, POLLIN} → POLLIN|POLLHUP], 1, -1) = 1",
        "prog    nanosleep({tv_sec=1, tv_nsec=500}, …) = -1 EINTR (Interrupted system call)",
        "prog    sleep(3) = 0",
        "prog    posix_spawn(pid: 5, \"/bin/ls\", NULL, NULL, [\"ls\"]) = 0",
        "prog    posix_spawn(…, \"/no\", NULL, NULL, [\"no\"]) = 2 ENOENT (No such file or directory)",
        "prog    close(4 pipe#1) = 0 (injected)",
        "prog    read(3 pipe#1, …, 9) = -1 EINTR (Interrupted system call) (injected)",
    }));
}

TEST(Canonical, BytesNeverComeOutRaw) {
    EXPECT_EQ(text_of_bytes("hello", 5), "\"hello\"");
    EXPECT_EQ(text_of_bytes("hello", 6), "\"hello\"…");
    EXPECT_EQ(text_of_bytes("0123456789012345678901234567890123456789", 40), "\"01234567890123456789012345678901\"…");
    EXPECT_EQ(text_of_bytes(std::string_view("\0a\0", 3), 3), "\"\\0a\\0\"");
    EXPECT_EQ(text_of_bytes(std::string_view("\0" "1", 2), 2), "\"\\x001\"");
    EXPECT_EQ(text_of_bytes("\x1b]0;x\x07\xc2\x9b\t\r\\", 10), "\"\\x1b]0;x\\x07\\xc2\\x9b\\t\\r\\\\\"");
    EXPECT_EQ(text_of_bytes("Käse", 5), "\"Käse\"");
}

TEST(Canonical, EveryByteStringIsPrintable) {
    for (int high = 0; high < 256; ++high)
        for (int low = 0; low < 256; ++low) {
            const std::string two{static_cast<char>(high), static_cast<char>(low)};
            for (const char c : text_of_bytes(two, 2)) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        }
}

TEST(Canonical, Values) {
    EXPECT_EQ(text_of_signal(SIGPIPE), "SIGPIPE");
    EXPECT_EQ(text_of_signal(0), "0");
    EXPECT_EQ(text_of_signal(999), "999");
    EXPECT_EQ(text_of_errno(EAGAIN), "EAGAIN");
    EXPECT_EQ(text_of_errno(9999), "error 9999");
    EXPECT_EQ(text_of_wait_status(exited(3)), "exited 3");
    EXPECT_EQ(text_of_wait_status(SIGSEGV | 0x80), "killed by SIGSEGV, core dumped");
    EXPECT_EQ(text_of_wait_status(0x137f), "stopped by SIGSTOP");
    EXPECT_EQ(text_of_wait_status(0xffff), "continued");
    EXPECT_EQ(text_of_flags(Role::OpenFlags, O_RDONLY), "O_RDONLY");
    EXPECT_EQ(text_of_flags(Role::OpenFlags, O_RDWR | O_SYNC), "O_RDWR|O_SYNC");
    EXPECT_EQ(text_of_flags(Role::OpenFlags, O_RDWR | O_TMPFILE), "O_RDWR|O_TMPFILE");
    EXPECT_EQ(text_of_flags(Role::WaitFlags, 0), "0");
    EXPECT_EQ(text_of_flags(Role::Mode, 04755), "04755");
    EXPECT_EQ(text_of_flags(Role::Mode, 0), "000");
    EXPECT_EQ(text_of_flags(Role::Whence, 77), "77");
}

TEST(Canonical, LossesAndNotesHaveLines) {
    Script run({"prog"});
    const Actor actor = run.launch();
    run.unseen(actor, 1, 2);
    EXPECT_EQ(run.lines().back(), "prog    not seen: 1 read (10 bytes), 2 writes (20 bytes)");
}

}  // namespace
}  // namespace ipcscope
