// The keeper: a small program between the session and the programs of one run. It makes their namespaces, starts the
// first of them, reaps what nobody else reaps, and sees to it that nothing is left over, however the session ends.
//
//   private run:    session ── keeper (guard) ── keeper (PID 1 of the namespace) ── program (pid 2) ── …
//   otherwise:      session ── keeper (subreaper) ── program ── …
//
// Who dies of what:
//   the session ends, in any way   its end of the control socket closes: the reaper kills everything and ends
//   … and the guard hears of it    by PR_SET_PDEATHSIG (SIGTERM, which it turns into a kill of PID 1)
//   the guard is killed            PID 1 has PR_SET_PDEATHSIG too; when PID 1 ends, the kernel kills its namespace
//   PID 1 is killed                the same
// Who adopts orphans also answers the session's questions (question.h), and removes what the programs made outside of their
// namespaces. The guard, or the subreaper, removes the run directory last.
//
// Linked statically, so that the probe (LD_PRELOAD stands in the environment that is handed on) does not start in here,
// and because it is ready in a millisecond.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/keeper/answers.h"
#include "core/keeper/kill_all.h"
#include "core/keeper/namespaces.h"
#include "core/keeper/report.h"
#include "core/keeper/run_files.h"
#include "core/keeper/thing.h"
#include "core/keeper/wire_end.h"

namespace ipcscope {
namespace {

struct Orders {
    const char* run_directory;
    pid_t session;
    bool is_private;
    bool has_own_network;
    bool has_terminal;
    bool keeps_directory;
    pid_t network_of;
    const char* host;
    const char* directory;
    const char* program;
    char** argv;
};

void report(KeeperSays what, pid_t pid = 0, int status = 0, FailedAt at = FailedAt::Program) {
    const KeeperReport said{what, pid, status, static_cast<std::int32_t>(at)};
    // If the session is gone, the next thing that happens is end of file; nobody misses the report.
    (void)send(keeper_control, &said, sizeof said, MSG_NOSIGNAL);
}

// Makes the host's end of the wire, and hands it to the session; keeps none of it.
void make_wire(const char* host) {
    HostOrders orders;
    int v6_refused = 0;
    const int tun = read_host_orders(host, orders) ? make_wire_end(orders, v6_refused) : (errno = EINVAL, -1);
    KeeperReport said{KeeperSays::Wire, 0, tun < 0 ? errno : 0, v6_refused};
    iovec piece{&said, sizeof said};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof tun)] = {};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (tun >= 0) {
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        cmsghdr* const attached = CMSG_FIRSTHDR(&message);
        attached->cmsg_level = SOL_SOCKET;
        attached->cmsg_type = SCM_RIGHTS;
        attached->cmsg_len = CMSG_LEN(sizeof tun);
        memcpy(CMSG_DATA(attached), &tun, sizeof tun);
    }
    (void)sendmsg(keeper_control, &message, MSG_NOSIGNAL);
    if (tun >= 0) close(tun);
}

// Ends with the parent: `parent` is who it must still be, for it may have gone before the kernel was told.
void end_with_parent(pid_t parent, int signal) {
    prctl(PR_SET_PDEATHSIG, signal);
    if (getppid() != parent) raise(signal);
}

// --- The program's process -------------------------------------------------------------------------

[[noreturn]] void fail(int exec_pipe, FailedAt at) {
    const int failure[2] = {errno, static_cast<int>(at)};
    (void)!write(exec_pipe, failure, sizeof failure);
    _exit(127);
}

[[noreturn]] void become_program(const Orders& orders, int exec_pipe) {
    if (orders.has_terminal) {
        // The foreground group of its terminal, but not the session's leader: when a leader ends, its children get a SIGHUP.
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());    // all signals are blocked here, SIGTTOU among them
    }
    if (*orders.directory && chdir(orders.directory) != 0) fail(exec_pipe, FailedAt::Directory);

    report(KeeperSays::Starting, getpid());
    SessionSays said;
    if (recv(keeper_control, &said, sizeof said, 0) != sizeof said) _exit(127);

    for (int signal = 1; signal < NSIG; ++signal) {
        struct sigaction as_usual {};
        as_usual.sa_handler = SIG_DFL;
        sigaction(signal, &as_usual, nullptr);    // refused for SIGKILL and SIGSTOP, and for libc's own
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execv(orders.program, orders.argv);
    fail(exec_pipe, FailedAt::Program);
}

// Starts it, and waits until its execve has gone well (the pipe closes) or not.
bool start_program(const Orders& orders) {
    int exec_pipe[2];
    if (pipe2(exec_pipe, O_CLOEXEC) != 0) {
        report(KeeperSays::Failed, 0, errno);
        return false;
    }
    const pid_t child = fork();
    if (child == 0) become_program(orders, exec_pipe[1]);
    close(exec_pipe[1]);
    int failure[2] = {errno, static_cast<int>(FailedAt::Program)};
    const bool is_started = child > 0 && read(exec_pipe[0], failure, sizeof failure) == 0;
    close(exec_pipe[0]);
    if (is_started)
        report(KeeperSays::Started, child);
    else
        report(KeeperSays::Failed, child, failure[0], static_cast<FailedAt>(failure[1]));
    return is_started;
}

// --- The reaper ------------------------------------------------------------------------------------

// Reports everybody who has ended. False: no child is left.
bool reap() {
    for (;;) {
        int status;
        const pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid == 0) return true;
        if (pid < 0) return errno != ECHILD;
        report(KeeperSays::Reaped, pid, status);
    }
}

void reap_until_all_are_gone() {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    const int signals = signalfd(-1, &watched, SFD_CLOEXEC);
    pollfd sources[3] = {{keeper_control, POLLIN, 0}, {signals, POLLIN, 0}, {keeper_questions, POLLIN, 0}};
    while (reap()) {
        poll(sources, 3, -1);
        if (sources[2].revents && !answer_question()) sources[2].fd = -1;
        bool must_stop = false;
        if (sources[0].revents) {
            SessionSays said;
            must_stop = recv(keeper_control, &said, sizeof said, 0) != sizeof said || said == SessionSays::Stop;
        }
        if (sources[1].revents) {
            signalfd_siginfo info;
            must_stop |= read(signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGTERM;
        }
        if (must_stop) {
            kill_all_descendants(reap);
            break;
        }
    }
    report(KeeperSays::AllGone);
}

// The programs are gone, what they made is still there: the session may want to know, until it has had enough.
void answer_last_questions() {
    pollfd sources[2] = {{keeper_control, POLLIN, 0}, {keeper_questions, POLLIN, 0}};
    do {
        if (sources[1].revents && !answer_question()) return;
        poll(sources, 2, -1);
        SessionSays said;
        if (sources[0].revents && recv(keeper_control, &said, sizeof said, 0) != sizeof said) return;
    } while (true);
}

// As session leader it has the terminal; the program is only its foreground group.
void take_terminal() {
    setsid();
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

void keep(const Orders& orders, bool is_private) {
    if (orders.has_terminal) take_terminal();
    const std::string list = list_path(orders.run_directory);
    remember_what_was_there(is_private ? nullptr : list.c_str());
    if (start_program(orders)) {
        reap_until_all_are_gone();
        answer_last_questions();
    }
    remove_what_was_made();
}

// --- The guard -------------------------------------------------------------------------------------

volatile pid_t guarded;
void kill_guarded(int) { kill(guarded, SIGKILL); }

void keep_privately(const Orders& orders) {
    sigset_t terminate;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    guarded = fork();
    if (guarded == 0) {
        // (Whether the guard still lives cannot be asked: seen from in here its pid is 0. The control socket tells.)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        mount_own_views();
        report(KeeperSays::Ready, getpid());
        keep(orders, true);
        _exit(0);
    }
    if (guarded < 0) {
        report(KeeperSays::Failed, 0, errno);
        return;
    }
    close(keeper_control);
    close(keeper_questions);
    struct sigaction action {};
    action.sa_handler = kill_guarded;
    sigaction(SIGTERM, &action, nullptr);
    sigprocmask(SIG_UNBLOCK, &terminate, nullptr);
    // When PID 1 is gone, so is everybody in there.
    while (waitpid(guarded, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace
}  // namespace ipcscope

int main(int count, char** words) {
    using namespace ipcscope;
    if (count < 9) {
        fputs("ipcscope-keeper is started by ipcscope, never by hand\n", stderr);
        return 2;
    }
    close_range(keeper_questions + 1, ~0u, 0);
    fcntl(keeper_control, F_SETFD, FD_CLOEXEC);
    fcntl(keeper_questions, F_SETFD, FD_CLOEXEC);
    Orders orders{words[1], static_cast<pid_t>(atoi(words[2])), strchr(words[3], 'p') != nullptr, strchr(words[3], 'n') != nullptr, strchr(words[3], 't') != nullptr,
                  strchr(words[3], 'k') != nullptr, atoi(words[4]), words[5], words[6], words[7], words + 8};

    // Ctrl-C in the user's own terminal is for the program, not for its keeper.
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    end_with_parent(orders.session, SIGTERM);

    const int refused = orders.is_private ? enter_namespaces(orders.has_own_network, *orders.host, orders.network_of) : 0;
    if (*orders.host && refused == 0 && orders.has_own_network) make_wire(orders.host);
    if (orders.is_private && refused == 0) {
        keep_privately(orders);
    } else {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        report(KeeperSays::Ready, getpid(), orders.is_private ? refused : -1);
        keep(orders, false);
    }
    if (!orders.keeps_directory) remove_run_directory(orders.run_directory);
    return 0;
}
