// Values as text: strace's spelling for flags and constants, C's for bytes.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/model/canonical.h"
#include "core/model/text_pthreads.h"
#include "core/trace/utf8.h"

namespace ipcscope {
namespace {

struct Constant {
    std::int64_t value;
    const char* name;
};

#define NAME(constant) {constant, #constant}
constexpr Constant open_flags[] = {  // those of several bits before their parts
    NAME(O_TMPFILE),  NAME(O_DIRECTORY), NAME(O_SYNC),    NAME(O_DSYNC),    NAME(O_CREAT), NAME(O_EXCL),
    NAME(O_NOCTTY),   NAME(O_TRUNC),     NAME(O_APPEND),  NAME(O_NONBLOCK), NAME(O_ASYNC), NAME(O_DIRECT),
    NAME(O_NOFOLLOW), NAME(O_NOATIME),   NAME(O_CLOEXEC), NAME(O_PATH)};
constexpr Constant wait_flags[] = {NAME(WNOHANG), NAME(WUNTRACED), NAME(WCONTINUED)};
constexpr Constant poll_events[] = {NAME(POLLIN), NAME(POLLPRI), NAME(POLLOUT), NAME(POLLERR), NAME(POLLHUP),
                                    NAME(POLLNVAL), NAME(POLLRDHUP)};
constexpr Constant event_fd_flags[] = {NAME(EFD_SEMAPHORE), NAME(EFD_NONBLOCK), NAME(EFD_CLOEXEC)};
constexpr Constant signal_fd_flags[] = {NAME(SFD_NONBLOCK), NAME(SFD_CLOEXEC)};
constexpr Constant timer_fd_flags[] = {NAME(TFD_NONBLOCK), NAME(TFD_CLOEXEC)};
constexpr Constant set_time_flags[] = {NAME(TFD_TIMER_ABSTIME), NAME(TFD_TIMER_CANCEL_ON_SET)};
constexpr Constant clocks[] = {NAME(CLOCK_REALTIME), NAME(CLOCK_MONOTONIC), NAME(CLOCK_PROCESS_CPUTIME_ID), NAME(CLOCK_THREAD_CPUTIME_ID),
                               NAME(CLOCK_BOOTTIME), NAME(CLOCK_REALTIME_ALARM), NAME(CLOCK_BOOTTIME_ALARM), NAME(CLOCK_TAI)};
constexpr Constant message_flags[] = {NAME(IPC_NOWAIT), {MSG_NOERROR, "MSG_NOERROR"}, {MSG_EXCEPT, "MSG_EXCEPT"}, {MSG_COPY, "MSG_COPY"}};
constexpr Constant queue_commands[] = {NAME(IPC_RMID), NAME(IPC_SET), NAME(IPC_STAT), NAME(IPC_INFO), NAME(MSG_STAT), NAME(MSG_INFO), NAME(MSG_STAT_ANY)};
constexpr Constant operation_flags[] = {NAME(SEM_UNDO), NAME(IPC_NOWAIT)};
constexpr Constant set_commands[] = {NAME(IPC_RMID), NAME(IPC_SET), NAME(IPC_STAT), NAME(IPC_INFO), NAME(GETPID), NAME(GETVAL), NAME(GETALL), NAME(GETNCNT),
                                     NAME(GETZCNT), NAME(SETVAL), NAME(SETALL), NAME(SEM_STAT), NAME(SEM_INFO), NAME(SEM_STAT_ANY)};
constexpr Constant attach_flags[] = {NAME(SHM_RDONLY), NAME(SHM_RND), NAME(SHM_REMAP), NAME(SHM_EXEC)};
constexpr Constant segment_commands[] = {NAME(IPC_RMID), NAME(IPC_SET), NAME(IPC_STAT), NAME(IPC_INFO), NAME(SHM_LOCK), NAME(SHM_UNLOCK), NAME(SHM_STAT),
                                         NAME(SHM_INFO), NAME(SHM_STAT_ANY)};
constexpr Constant ipc_flags[] = {NAME(IPC_CREAT), NAME(IPC_EXCL), {SHM_HUGETLB, "SHM_HUGETLB"}, {SHM_NORESERVE, "SHM_NORESERVE"}};
constexpr Constant whences[] = {NAME(SEEK_SET), NAME(SEEK_CUR), NAME(SEEK_END), NAME(SEEK_DATA), NAME(SEEK_HOLE)};
constexpr Constant fcntl_commands[] = {
    NAME(F_DUPFD), NAME(F_GETFD), NAME(F_SETFD), NAME(F_GETFL), NAME(F_SETFL), NAME(F_GETLK), NAME(F_SETLK), NAME(F_SETLKW),
    NAME(F_SETOWN), NAME(F_GETOWN), NAME(F_SETSIG), NAME(F_GETSIG), NAME(F_OFD_GETLK), NAME(F_OFD_SETLK), NAME(F_OFD_SETLKW),
    NAME(F_SETLEASE), NAME(F_GETLEASE), NAME(F_NOTIFY), NAME(F_SETPIPE_SZ), NAME(F_GETPIPE_SZ), NAME(F_DUPFD_CLOEXEC)};
constexpr Constant lock_operations[] = {NAME(LOCK_SH), NAME(LOCK_EX), NAME(LOCK_UN), NAME(LOCK_NB)};
constexpr Constant lock_commands[] = {NAME(F_ULOCK), NAME(F_LOCK), NAME(F_TLOCK), NAME(F_TEST)};
constexpr Constant lock_types[] = {NAME(F_RDLCK), NAME(F_WRLCK), NAME(F_UNLCK)};
constexpr Constant action_flags[] = {
    {0x04000000, "SA_RESTORER"}, NAME(SA_NOCLDSTOP), NAME(SA_NOCLDWAIT), NAME(SA_SIGINFO), NAME(SA_ONSTACK), NAME(SA_RESTART),
    NAME(SA_NODEFER), {static_cast<std::int64_t>(SA_RESETHAND), "SA_RESETHAND"}};
constexpr Constant protections[] = {NAME(PROT_READ), NAME(PROT_WRITE), NAME(PROT_EXEC)};
constexpr Constant map_flags[] = {
    NAME(MAP_SHARED_VALIDATE), NAME(MAP_SHARED), NAME(MAP_PRIVATE), NAME(MAP_FIXED_NOREPLACE), NAME(MAP_FIXED), NAME(MAP_ANONYMOUS),
    NAME(MAP_GROWSDOWN), NAME(MAP_LOCKED), NAME(MAP_NORESERVE), NAME(MAP_POPULATE), NAME(MAP_NONBLOCK), NAME(MAP_STACK), NAME(MAP_HUGETLB)};
constexpr Constant sync_flags[] = {NAME(MS_ASYNC), NAME(MS_SYNC), NAME(MS_INVALIDATE)};
constexpr Constant memfd_flags[] = {NAME(MFD_CLOEXEC), NAME(MFD_ALLOW_SEALING), NAME(MFD_HUGETLB)};
#undef NAME

std::string hex(std::uint64_t value) {
    char text[20];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

// Appends the known names, then what is left of the bits.
void append_flags(std::string& text, std::uint64_t bits, std::span<const Constant> names) {
    const auto append = [&](const std::string& name) { text += (text.empty() ? "" : "|") + name; };
    for (const Constant& flag : names) {
        const auto mask = static_cast<std::uint64_t>(flag.value);
        if (mask == 0 || (bits & mask) != mask) continue;
        append(flag.name);
        bits &= ~mask;
    }
    if (bits != 0 || text.empty()) append(bits == 0 ? "0" : hex(bits));
}

std::string name_or_number(std::int64_t value, std::span<const Constant> names) {
    const auto found = std::ranges::find(names, value, &Constant::value);
    return found == names.end() ? std::to_string(value) : found->name;
}

std::string text_of_open_flags(std::int64_t value) {
    constexpr const char* access[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
    std::string text = access[value & O_ACCMODE];
    const auto rest = static_cast<std::uint64_t>(value) & 0xffffffffu & ~std::uint64_t{O_ACCMODE};
    if (rest != 0) append_flags(text, rest, open_flags);
    return text;
}

// IPC_CREAT|IPC_EXCL|0600
std::string text_of_ipc_flags(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value) & 0xffffffffu;
    std::string text;
    if ((bits & ~std::uint64_t{0777}) != 0) append_flags(text, bits & ~std::uint64_t{0777}, ipc_flags);
    if ((bits & 0777) == 0) return text.empty() ? "0" : text;
    char mode[8];
    std::snprintf(mode, sizeof mode, "%#03o", static_cast<unsigned>(bits & 0777));
    return text + (text.empty() ? "" : "|") + mode;
}

std::string text_of_bits(std::int64_t value, std::span<const Constant> names) {
    std::string text;
    append_flags(text, static_cast<std::uint64_t>(value) & 0xffffffffu, names);
    return text;
}

}  // namespace

std::string text_of_bytes(std::string_view bytes, std::uint64_t true_length, std::size_t limit) {
    std::string text = "\"";
    std::size_t shown = 0;
    while (shown < std::min(bytes.size(), limit)) {
        const char next = bytes[shown];
        const std::size_t length = printable_utf8_length(bytes.substr(shown));
        const bool digit_follows = shown + 1 < bytes.size() && bytes[shown + 1] >= '0' && bytes[shown + 1] <= '9';
        if (next == '\n') text += "\\n";
        else if (next == '\t') text += "\\t";
        else if (next == '\r') text += "\\r";
        else if (next == '\0' && !digit_follows) text += "\\0";
        else if (next == '"' || next == '\\') text += {'\\', next};
        else if (length == 0) append_hex_escape(text, next);
        else text += bytes.substr(shown, length);
        shown += std::max<std::size_t>(length, 1);
    }
    return text + (shown < true_length ? "\"…" : "\"");
}

std::string text_of_flags(Role role, std::int64_t value) {
    switch (role) {
        case Role::OpenFlags: return text_of_open_flags(value);
        case Role::WaitFlags: return text_of_bits(value, wait_flags);
        case Role::PollFds: return text_of_bits(value & 0xffff, poll_events);
        case Role::Whence: return name_or_number(value, whences);
        case Role::FcntlCommand: return name_or_number(value, fcntl_commands);
        case Role::FcntlValue: return name_or_number(value, lock_types);
        case Role::LockOperation: return text_of_bits(value, lock_operations);
        case Role::LockCommand: return name_or_number(value, lock_commands);
        case Role::ActionIn:
        case Role::ActionOut: return text_of_bits(value, action_flags);
        case Role::MutexType:
        case Role::Sharing:
        case Role::Robustness:
        case Role::Protocol:
        case Role::Preference: return text_of_lock_constant(role, value);
        case Role::Protection: return value == PROT_NONE ? "PROT_NONE" : text_of_bits(value, protections);
        case Role::MapFlags: return text_of_bits(value, map_flags);
        case Role::SyncFlags: return text_of_bits(value, sync_flags);
        case Role::MemfdFlags: return text_of_bits(value, memfd_flags);
        case Role::Signal: return text_of_signal(static_cast<int>(value));
        case Role::DirFd:
        case Role::Fd:
        case Role::NewFd: return value == AT_FDCWD ? "AT_FDCWD" : std::to_string(value);
        case Role::Key: return value == IPC_PRIVATE ? "IPC_PRIVATE" : hex(static_cast<std::uint32_t>(value));
        case Role::IpcFlags: return text_of_ipc_flags(value);
        case Role::MessageFlags: return text_of_bits(value, message_flags);
        case Role::EventFdFlags: return text_of_bits(value, event_fd_flags);
        case Role::SignalFdFlags: return text_of_bits(value, signal_fd_flags);
        case Role::TimerFdFlags: return text_of_bits(value, timer_fd_flags);
        case Role::SetTimeFlags: return text_of_bits(value, set_time_flags);
        case Role::ClockId: return name_or_number(value, clocks);
        case Role::QueueCommand: return name_or_number(value, queue_commands);
        case Role::SetOperations: return text_of_bits(value, operation_flags);
        case Role::SetCommand: return name_or_number(value, set_commands);
        case Role::AttachFlags: return text_of_bits(value, attach_flags);
        case Role::SegmentCommand: return name_or_number(value, segment_commands);
        case Role::Mode: {
            char text[16];
            std::snprintf(text, sizeof text, "%#03o", static_cast<unsigned>(value) & 07777u);
            return text;
        }
        default: return std::to_string(value);
    }
}

std::string text_of_signal(int signal) {
    if (signal == 0) return "0";
    if (signal >= SIGRTMIN && signal <= SIGRTMAX)
        return signal == SIGRTMIN ? "SIGRTMIN" : "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
    const char* const name = sigabbrev_np(signal);
    return name ? std::string("SIG") + name : std::to_string(signal);
}

std::string text_of_errno(int error) {
    const char* const name = strerrorname_np(error);
    return name ? name : "error " + std::to_string(error);
}

std::string text_of_wait_status(int status) {
    if (WIFEXITED(status)) return "exited " + std::to_string(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return "killed by " + text_of_signal(WTERMSIG(status)) + (WCOREDUMP(status) ? ", core dumped" : "");
    if (WIFSTOPPED(status)) return "stopped by " + text_of_signal(WSTOPSIG(status));
    if (WIFCONTINUED(status)) return "continued";
    return hex(static_cast<std::uint32_t>(status));
}

}  // namespace ipcscope
