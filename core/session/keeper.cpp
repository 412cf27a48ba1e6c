#include "core/session/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/session/pidfd.h"

namespace ipcscope {
namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

// posix_spawn, never fork: the process that holds the session may have any number of threads.
int spawn(const std::vector<std::string>& argv, const std::vector<std::string>& environment, int control, int questions, int terminal,
          pid_t& pid) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (terminal >= 0)
        for (int number = 0; number <= 2; ++number) posix_spawn_file_actions_adddup2(&actions, terminal, number);
    posix_spawn_file_actions_adddup2(&actions, control, keeper_control);
    posix_spawn_file_actions_adddup2(&actions, questions, keeper_questions);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int error = posix_spawn(&pid, argv[0].c_str(), &actions, &attributes, pointers_to(argv).data(), pointers_to(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// The keeper's end lies out of the way of 0-4, which the file actions fill.
bool make_pair(UniqueFd& ours, UniqueFd& theirs) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return false;
    ours = UniqueFd(pair[0]);
    theirs = UniqueFd(pair[1]);
    if (theirs.get() <= keeper_questions) theirs = UniqueFd(fcntl(theirs.get(), F_DUPFD_CLOEXEC, keeper_questions + 1));
    return static_cast<bool>(theirs);
}

}  // namespace

Result<Keeper::Started> Keeper::start(const Orders& orders) {
    Result<Started> started = prepare(orders);
    if (!started) return started;
    if (const Result<void> gone = go(orders); !gone) return gone.failure();
    return started;
}

Result<Keeper::Started> Keeper::prepare(const Orders& orders) {
    UniqueFd their_control, their_questions;
    is_gone_ = false;
    if (!make_pair(control_, their_control) || !make_pair(questions_, their_questions))
        return Failure{std::string("no socket pair for the keeper: ") + strerror(errno)};
    const int on = 1;
    setsockopt(control_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    fcntl(control_.get(), F_SETFL, O_NONBLOCK);

    std::string flags = orders.terminal >= 0 && orders.leads_terminal ? "t" : "-";
    if (orders.keeps_directory) flags += 'k';
    if (orders.is_private) flags += 'p';
    if (orders.is_private && orders.has_own_network) flags += 'n';
    std::vector<std::string> argv{orders.keeper, orders.run_directory, std::to_string(getpid()), flags, std::to_string(orders.network_of), orders.host, orders.directory, orders.program};
    argv.insert(argv.end(), orders.argv.begin(), orders.argv.end());
    if (const int error = spawn(argv, orders.environment, their_control.get(), their_questions.get(), orders.terminal, pid_); error != 0) {
        pid_ = 0;
        return Failure{"ipcscope's keeper (" + orders.keeper + ") cannot be started: " + strerror(error)};
    }
    their_control.reset();
    their_questions.reset();
    pidfd_ = open_pidfd(pid_);

    Started started;
    for (;;) {
        std::optional<HeardReport> heard = hear_within(std::chrono::seconds(10));
        if (!heard) return Failure{"ipcscope's keeper (" + orders.keeper + ") ended before the program was started"};
        switch (heard->report.what) {
            case KeeperSays::Wire:
                started.wire = std::move(heard->attached);
                started.wire_refused = heard->report.status;
                started.v6_refused = heard->report.at;
                break;
            case KeeperSays::Ready:
                reaper_ = heard->sender;
                started.refused = heard->report.status;
                has_own_network_ = started.refused == 0 && orders.has_own_network;
                break;
            case KeeperSays::Starting: {
                started.pid = heard->report.pid;
                started.pid_here = heard->sender;
                started.pidfd = open_pidfd(heard->sender);
                return started;
            }
            case KeeperSays::Failed: return failure_from(heard->report, orders);
            case KeeperSays::Started:
            case KeeperSays::Reaped:
            case KeeperSays::AllGone: break;
        }
    }
}

Result<void> Keeper::go(const Orders& orders) {
    const SessionSays go = SessionSays::Go;
    (void)send(control_.get(), &go, sizeof go, MSG_NOSIGNAL);
    while (const std::optional<HeardReport> heard = hear_within(std::chrono::seconds(10))) {
        if (heard->report.what == KeeperSays::Started) return {};
        if (heard->report.what == KeeperSays::Failed) return failure_from(heard->report, orders);
    }
    return Failure{"ipcscope's keeper (" + orders.keeper + ") ended before the program was started"};
}

Failure Keeper::failure_from(const KeeperReport& report, const Orders& orders) const {
    const std::string why = strerror(report.status);
    if (static_cast<FailedAt>(report.at) == FailedAt::Directory) return Failure{"cannot run in the directory " + orders.directory + ": " + why};
    return Failure{orders.program + " cannot be started: " + why};
}

std::optional<HeardReport> Keeper::hear() {
    if (is_gone_ || !control_) return std::nullopt;
    KeeperReport report;
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int))];
    iovec piece{&report, sizeof report};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = sizeof space;
    const ssize_t length = recvmsg(control_.get(), &message, MSG_CMSG_CLOEXEC);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (length != sizeof report) {
        is_gone_ = true;
        return std::nullopt;
    }
    HeardReport heard{report, 0, {}};
    for (cmsghdr* attached = CMSG_FIRSTHDR(&message); attached; attached = CMSG_NXTHDR(&message, attached)) {
        if (attached->cmsg_level != SOL_SOCKET) continue;
        if (ucred sender; attached->cmsg_type == SCM_CREDENTIALS && attached->cmsg_len == CMSG_LEN(sizeof sender)) {
            memcpy(&sender, CMSG_DATA(attached), sizeof sender);
            heard.sender = sender.pid;
        }
        if (int descriptor; attached->cmsg_type == SCM_RIGHTS && attached->cmsg_len == CMSG_LEN(sizeof descriptor)) {
            memcpy(&descriptor, CMSG_DATA(attached), sizeof descriptor);
            heard.attached = UniqueFd(descriptor);
        }
    }
    return heard;
}

std::optional<HeardReport> Keeper::hear_within(std::chrono::milliseconds deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    for (;;) {
        if (std::optional<HeardReport> heard = hear()) return heard;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (is_gone_ || left.count() <= 0) return std::nullopt;
        pollfd source{control_.get(), POLLIN, 0};
        poll(&source, 1, static_cast<int>(left.count()));
    }
}

std::optional<KeeperAnswer> Keeper::ask(Question question) {
    question.number = ++asked_;
    if (!questions_ || send(questions_.get(), &question, sizeof question, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof question) return std::nullopt;
    constexpr int patience_ms = 200;
    pollfd source{questions_.get(), POLLIN, 0};
    while (poll(&source, 1, patience_ms) > 0) {
        KeeperAnswer answer;
        const ssize_t length = recv(questions_.get(), &answer, sizeof answer, MSG_DONTWAIT);
        if (length == 0) break;
        if (length == sizeof answer && answer.number == question.number) return answer;
    }
    return std::nullopt;
}

void Keeper::stop() {
    const SessionSays stop = SessionSays::Stop;
    if (control_) (void)send(control_.get(), &stop, sizeof stop, MSG_NOSIGNAL);
}

void Keeper::end() {
    if (pid_ == 0) return;
    control_.reset();    // end of file: it ends everything, and then itself
    questions_.reset();
    is_gone_ = true;
    pollfd end{pidfd_.get(), POLLIN, 0};
    constexpr int patience_ms = 500;
    if (pidfd_ && poll(&end, 1, patience_ms) == 0) send_signal(pidfd_.get(), SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
}

}  // namespace ipcscope
