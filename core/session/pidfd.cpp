#include "core/session/pidfd.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace ipcscope {

UniqueFd open_pidfd(pid_t pid) { return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))); }

bool send_signal(int pidfd, int signal) { return syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0; }

bool has_ended(int pidfd) {
    pollfd end{pidfd, POLLIN, 0};
    if (poll(&end, 1, 0) <= 0) return false;
    // It is readable a moment before the kernel wakes the parent (exit_notify in kernel/exit.c does both under tasklist_lock).
    // A signal 0 to our own group does nothing, but takes that lock: when it returns, the parent is awake.
    kill(0, 0);
    return true;
}

UniqueFd borrow_descriptor(int pidfd, int number) { return UniqueFd(static_cast<int>(syscall(SYS_pidfd_getfd, pidfd, number, 0))); }

std::optional<int> status_after_wait(int pidfd) {
    // struct pidfd_info of <linux/pidfd.h>, younger than the headers of the systems that we build on.
    struct Info {
        std::uint64_t mask;
        std::uint64_t cgroup;
        std::uint32_t numbers[11];
        std::int32_t exit_code;
    };
    constexpr std::uint64_t wants_exit = 1u << 3;
    Info info{};
    info.mask = wants_exit;
    if (ioctl(pidfd, _IOWR(0xFF, 11, Info), &info) != 0 || !(info.mask & wants_exit)) return std::nullopt;
    return info.exit_code;
}

}  // namespace ipcscope
