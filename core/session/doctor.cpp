#include "core/session/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/kcmp.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "core/session/area.h"
#include "core/session/paths.h"
#include "core/session/pidfd.h"
#include "core/session/proc.h"

namespace ipcscope {
namespace {

std::string why(int error) { return strerror(error); }

Checkup part(const char* what, const std::string& path, const std::string& missing) {
    const bool is_fine = !path.empty();
    return {what, is_fine, is_fine ? path : missing, is_fine ? "" : "nothing can be run: install ipcscope again, or build it", true};
}

// Tried in a child, which ends at once: what is asked for here cannot be given back. (The child of a fork calls nothing but
// system calls, so this process may have threads.)
int refusal_of_namespaces(int flags) {
    const pid_t child = fork();
    if (child == 0) _exit(unshare(flags) == 0 ? 0 : errno);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

Checkup namespaces() {
    constexpr int wanted = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS;
    int refused = refusal_of_namespaces(wanted);
    if (refused != 0) refused = refusal_of_namespaces(wanted | CLONE_NEWUSER);
    if (refused == 0) return {"user and PID namespaces", true, "allowed", "", false};
    return {"user and PID namespaces", false, "refused: " + why(refused),
            "pids are those of this machine and differ from run to run. To allow them: sysctl kernel.unprivileged_userns_clone=1 (Debian), "
            "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); in a container: --security-opt seccomp=unconfined",
            false};
}

Checkup ptrace_of_children() {
    const std::string scope = read_text("/proc/sys/kernel/yama/ptrace_scope");
    const int level = scope.empty() ? 0 : atoi(scope.c_str());
    const bool is_fine = level < 2 || geteuid() == 0;
    return {"ptrace of our own programs", is_fine, scope.empty() ? "not restricted" : "yama's ptrace_scope is " + std::to_string(level),
            is_fine ? "" : "no what-ifs that act inside a process, and fewer facts from the kernel. To allow them: sysctl kernel.yama.ptrace_scope=1", false};
}

// A child that holds one descriptor, to try on what is done with observed processes.
template <class Try>
bool try_on_child(Try&& attempt) {
    int hold[2];
    if (pipe(hold) != 0) return false;
    const pid_t child = fork();
    if (child == 0) {
        close(hold[1]);
        char byte;
        (void)!read(hold[0], &byte, 1);
        _exit(0);
    }
    const bool is_fine = child > 0 && attempt(child, hold[0]);
    close(hold[0]);
    close(hold[1]);
    if (child > 0) waitpid(child, nullptr, 0);
    return is_fine;
}

Checkup descriptors_of_others() {
    const bool is_fine = try_on_child([](pid_t child, int number) {
        const UniqueFd pidfd = open_pidfd(child);
        return pidfd && borrow_descriptor(pidfd.get(), number);
    });
    return {"pidfd_getfd(2)", is_fine, is_fine ? "allowed" : "refused: " + why(errno),
            is_fine ? "" : "what lies in a pipe cannot be read from the kernel, nor can a pipe be filled. It needs Linux 5.6", false};
}

Checkup comparison_of_open_files() {
    const bool is_fine = try_on_child(
        [](pid_t child, int number) { return syscall(SYS_kcmp, getpid(), child, KCMP_FILE, number, number) == 0; });
    return {"kcmp(2)", is_fine, is_fine ? "allowed" : "refused", is_fine ? "" : "whether two descriptors share one open file is known from calls only", false};
}

Checkup compiler() {
    const char* const path = getenv("PATH");
    std::string_view folders = path ? path : "/bin:/usr/bin";
    while (!folders.empty()) {
        const std::size_t end = std::min(folders.find(':'), folders.size());
        const std::string candidate = std::string(folders.substr(0, end)) + "/cc";
        if (access(candidate.c_str(), X_OK) == 0) return {"C compiler", true, candidate, "", false};
        folders.remove_prefix(std::min(end + 1, folders.size()));
    }
    return {"C compiler", false, "no cc in PATH", "changed and new lessons cannot be compiled; those that came with ipcscope run. Install gcc or clang", false};
}

Checkup display() {
    const char* const wayland = getenv("WAYLAND_DISPLAY");
    const char* const x11 = getenv("DISPLAY");
    const char* const found = wayland && *wayland ? wayland : x11 && *x11 ? x11 : nullptr;
    return {"display", found != nullptr, found ? found : "neither DISPLAY nor WAYLAND_DISPLAY is set", found ? "" : "no window; the command line works: ipcscope run, check, trace", false};
}

Checkup clock() {
    const bool is_tsc = best_clock() == Clock::Tsc;
    return {"clock", is_tsc, is_tsc ? "the processor's (TSC)" : "the kernel's (CLOCK_MONOTONIC)", is_tsc ? "" : "each observed call costs about 40 ns more", false};
}

// A device of a network of the child's own, gone with it.
int refusal_of_tun() {
    const pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) _exit(errno);
        const int device = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
        ifreq request{};
        request.ifr_flags = IFF_TUN | IFF_NO_PI;
        _exit(device >= 0 && ioctl(device, TUNSETIFF, &request) == 0 ? 0 : errno);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

Checkup tun() {
    const int refused = refusal_of_tun();
    return {"/dev/net/tun", refused == 0, refused == 0 ? "there" : why(refused),
            refused == 0 ? "" : "hosts are on one loopback, without the wire; lessons that hold packets cannot be played. To allow it: modprobe tun, chmod 666 /dev/net/tun; in a container: --device /dev/net/tun", false};
}

Checkup ipv6() {
    const UniqueFd socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const bool is_fine = static_cast<bool>(socket);
    return {"IPv6", is_fine, is_fine ? "there" : why(errno), is_fine ? "" : "hosts have IPv4 addresses only; lessons on IPv6 cannot be played. It is off by the kernel's ipv6.disable=1", false};
}

}  // namespace

std::vector<Checkup> examine_machine() {
    const Result<Paths> paths = find_paths();
    const std::string missing = paths ? "" : paths.sentence();
    return {part("probe", paths ? paths->probe : "", missing),
            part("keeper", paths ? paths->keeper : "", missing),
            namespaces(),
            ptrace_of_children(),
            descriptors_of_others(),
            comparison_of_open_files(),
            clock(),
            compiler(),
            display(),
            tun(),
            ipv6()};
}

}  // namespace ipcscope
