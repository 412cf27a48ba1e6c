#include "core/session/remote_call.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include <chrono>

#include "core/session/proc.h"

namespace ipcscope {
namespace {

constexpr std::chrono::milliseconds in_call{300};         // longer, and the call is taken to sleep
constexpr std::chrono::milliseconds to_run{10'000};       // on a loaded machine a thread may wait long for a processor before it can stop
constexpr int system_call_stop = SIGTRAP | 0x80;    // PTRACE_O_TRACESYSGOOD

enum class Stop { None, AtRest, SystemCall, Signal, Ended };

// Waits for the next stop. A thread that is traced is waited for like a child, whoever's child it is. A signal that it was
// stopped with is put into `signal`: it is delivered when the thread goes on.
Stop next_stop(pid_t tid, int& signal, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        int status = 0;
        const pid_t answer = waitpid(tid, &status, __WALL | WNOHANG);
        if (answer == tid) {
            if (!WIFSTOPPED(status)) return Stop::Ended;
            if (status >> 16 == PTRACE_EVENT_STOP) return Stop::AtRest;
            if (WSTOPSIG(status) == system_call_stop) return Stop::SystemCall;
            signal = WSTOPSIG(status);
            return Stop::Signal;
        }
        if (answer < 0 && errno != EINTR) return Stop::Ended;
        if (std::chrono::steady_clock::now() >= end) return Stop::None;
        const timespec a_moment{0, 5'000};
        nanosleep(&a_moment, nullptr);
    }
}

bool is_runnable(pid_t tid) {
    const std::optional<ProcStat> stat = read_stat(tid);
    return stat && stat->state == 'R';
}

}  // namespace

struct RemoteThread::Registers {
    user_regs_struct values;
};

RemoteThread::RemoteThread(pid_t tid, std::unique_ptr<Registers> own) : tid_(tid), own_(std::move(own)) {}
RemoteThread::RemoteThread(RemoteThread&& other) noexcept
    : tid_(std::exchange(other.tid_, 0)), signal_(other.signal_), is_stopped_(other.is_stopped_), own_(std::move(other.own_)) {}

Result<RemoteThread> RemoteThread::seize(pid_t tid) {
    if (ptrace(PTRACE_SEIZE, tid, nullptr, PTRACE_O_TRACESYSGOOD) != 0)
        return Failure{std::string("the kernel does not let ipcscope act inside this process (ptrace): ") + strerror(errno)};
    RemoteThread thread(tid, nullptr);
    if (!thread.stop_at_rest()) return Failure{"the process could not be stopped where it stands"};

    auto own = std::make_unique<Registers>();
    unsigned char before[2] = {};
    if (ptrace(PTRACE_GETREGS, tid, nullptr, &own->values) != 0) return Failure{"the process's registers cannot be read"};
    const iovec here{before, sizeof before}, there{reinterpret_cast<void*>(own->values.rip - sizeof before), sizeof before};
    const bool is_in_call = static_cast<std::int64_t>(own->values.orig_rax) >= 0;
    constexpr unsigned char syscall_instruction[2] = {0x0f, 0x05};
    if (!is_in_call || process_vm_readv(tid, &here, 1, &there, 1, 0) != sizeof before || memcmp(before, syscall_instruction, sizeof before) != 0)
        return Failure{"the process is in the middle of its own code: it must wait at the gate, or sleep in a call"};
    thread.own_ = std::move(own);
    return thread;
}

bool RemoteThread::stop_at_rest() {
    if (ptrace(PTRACE_INTERRUPT, tid_, nullptr, nullptr) != 0) return false;
    const Stop reached = next_stop(tid_, signal_, to_run);
    is_stopped_ = reached != Stop::None && reached != Stop::Ended;
    return reached == Stop::AtRest;
}

RemoteThread::~RemoteThread() {
    if (tid_ == 0) return;
    // Only what is stopped can be let go; what is not would stop later, with nobody there to let it go on.
    if (!is_stopped_) stop_at_rest();
    if (own_) ptrace(PTRACE_SETREGS, tid_, nullptr, &own_->values);
    ptrace(PTRACE_DETACH, tid_, nullptr, static_cast<long>(signal_));
}

Result<std::int64_t> RemoteThread::call(long number, std::array<std::uint64_t, 6> arguments) {
    user_regs_struct changed = own_->values;
    changed.rip -= 2;                                  // onto the syscall instruction
    changed.orig_rax = ~0ull;                          // "not in a call": nothing to start again
    changed.rax = static_cast<std::uint64_t>(number);
    changed.rdi = arguments[0], changed.rsi = arguments[1], changed.rdx = arguments[2];
    changed.r10 = arguments[3], changed.r8 = arguments[4], changed.r9 = arguments[5];

    const auto ended = [this] {
        tid_ = 0;
        return Failure{"the process ended meanwhile"};
    };
    if (ptrace(PTRACE_SETREGS, tid_, nullptr, &changed) != 0) return ended();
    // To the call's entry, and to its exit.
    for (int stop = 0; stop < 2; ++stop) {
        if (ptrace(PTRACE_SYSCALL, tid_, nullptr, nullptr) != 0) return ended();
        is_stopped_ = false;
        Stop reached = next_stop(tid_, signal_, stop == 0 ? to_run : in_call);
        while (reached == Stop::None && is_runnable(tid_)) reached = next_stop(tid_, signal_, in_call);
        if (reached == Stop::None) {
            // It sleeps in there. Interrupted, it comes out.
            ptrace(PTRACE_INTERRUPT, tid_, nullptr, nullptr);
            reached = next_stop(tid_, signal_, to_run);
        }
        if (reached == Stop::Ended) return ended();
        is_stopped_ = reached != Stop::None;
        if (reached != Stop::SystemCall) return Failure{"a signal came first: nothing was done"};
    }
    user_regs_struct after;
    if (ptrace(PTRACE_GETREGS, tid_, nullptr, &after) != 0) return ended();
    // Only from the stop that an interrupt makes will the kernel look whether a call is to be started again.
    if (ptrace(PTRACE_INTERRUPT, tid_, nullptr, nullptr) != 0 || ptrace(PTRACE_CONT, tid_, nullptr, nullptr) != 0) return ended();
    is_stopped_ = false;
    const Stop reached = next_stop(tid_, signal_, to_run);
    if (reached == Stop::Ended) return ended();
    is_stopped_ = reached != Stop::None;
    return static_cast<std::int64_t>(after.rax);
}

std::uint64_t RemoteThread::place(std::span<const std::byte> bytes) {
    constexpr std::uint64_t red_zone = 128;
    const std::uint64_t address = (own_->values.rsp - red_zone - bytes.size()) & ~std::uint64_t{63};
    const iovec here{const_cast<std::byte*>(bytes.data()), bytes.size()}, there{reinterpret_cast<void*>(address), bytes.size()};
    return process_vm_writev(tid_, &here, 1, &there, 1, 0) == static_cast<ssize_t>(bytes.size()) ? address : 0;
}

}  // namespace ipcscope
