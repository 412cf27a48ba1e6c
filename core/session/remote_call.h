// A system call made by another process, because the learner asked what if it did (ptrace(2)).
//
// The thread must be inside a system call: asleep in it, or waiting at the gate. It is interrupted there, which makes
// the kernel leave that call with one of its private "start it again" answers; the call that we want is made in its place,
// with the registers changed; then it is interrupted once more, and given back its own registers, private answer included:
// so that on its way back to the program the kernel finds the interrupted call as it left it, and starts it again.
// The program cannot tell. (But see signal(7), "Interruption of system calls … by stop signals": epoll_wait and a few
// others return EINTR then; and a write that has given a part of its bytes returns short.)
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/trace/result.h"

namespace ipcscope {

class RemoteThread {
 public:
    // Stops the thread inside its system call. All functions: on the same thread of ours, which must not wait for other
    // children meanwhile; each takes a fraction of a second at most, as long as the thread gets a processor.
    static Result<RemoteThread> seize(pid_t tid_here);
    RemoteThread(RemoteThread&& other) noexcept;
    RemoteThread& operator=(RemoteThread&&) = delete;
    ~RemoteThread();    // gives back the registers, lets it go on

    // The result as the kernel gives it: an answer, or -errno.
    Result<std::int64_t> call(long number, std::array<std::uint64_t, 6> arguments);
    // Puts bytes on its stack, below what the program may use there; gone with the next place(). 0: there is no room.
    std::uint64_t place(std::span<const std::byte> bytes);

 private:
    struct Registers;
    RemoteThread(pid_t tid, std::unique_ptr<Registers> own);
    bool stop_at_rest();

    pid_t tid_ = 0;
    int signal_ = 0;    // it was stopped by this one, which is still to be delivered
    bool is_stopped_ = false;
    std::unique_ptr<Registers> own_;
};

}  // namespace ipcscope
