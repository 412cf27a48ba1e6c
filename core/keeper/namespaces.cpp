#include "core/keeper/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ipcscope {
namespace {

constexpr int always = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS;

bool write_file(const char* path, const char* text) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t length = static_cast<ssize_t>(strlen(text));
    const bool is_written = write(file, text, static_cast<size_t>(length)) == length;
    close(file);
    return is_written;
}

// Everybody stays who they are: one line, this user and this group.
bool map_identity(uid_t user, gid_t group) {
    char line[64];
    snprintf(line, sizeof line, "%u %u 1", user, user);
    if (!write_file("/proc/self/uid_map", line)) return false;
    if (!write_file("/proc/self/setgroups", "deny")) return false;    // the kernel's price for a group map without privilege
    snprintf(line, sizeof line, "%u %u 1", group, group);
    return write_file("/proc/self/gid_map", line);
}

int unshare_with_user(int wanted) {
    const uid_t user = geteuid();
    const gid_t group = getegid();
    if (unshare(CLONE_NEWUSER) != 0) return errno;
    return map_identity(user, group) && unshare(wanted) == 0 ? 0 : errno;
}

// A user namespace cannot be left again, and some machines allow one but nothing inside it: so a child tries first.
int rehearse(int wanted) {
    const pid_t child = fork();
    if (child == 0) _exit(unshare_with_user(wanted));
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

int enter(int wanted) {
    if (unshare(wanted) != 0) {
        if (const int refused = rehearse(wanted)) return refused;
        if (const int refused = unshare_with_user(wanted)) return refused;
    }
    return 0;
}

// "/proc/7/ns/net"
int open_namespace(pid_t process, const char* kind) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", process, kind);
    return open(path, O_RDONLY | O_CLOEXEC);
}

bool is_own(int space, const char* path) {
    struct stat theirs{}, ours{};
    return fstat(space, &theirs) == 0 && stat(path, &ours) == 0 && theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

// A network belongs to a user namespace, and only in there is one allowed into it.
int join_network(pid_t process) {
    const int user = open_namespace(process, "user"), network = open_namespace(process, "net");
    const auto enter_space = [](int space, const char* own, int kind) { return is_own(space, own) || setns(space, kind) == 0; };
    int refused = 0;
    if (user < 0 || network < 0) refused = errno;
    else if (!is_own(network, "/proc/self/ns/net") &&
             (!enter_space(user, "/proc/self/ns/user", CLONE_NEWUSER) || !enter_space(network, "/proc/self/ns/net", CLONE_NEWNET)))
        refused = errno;
    if (user >= 0) close(user);
    if (network >= 0) close(network);
    return refused;
}

// A new network has a loopback interface that is down.
void raise_loopback() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    strcpy(request.ifr_name, "lo");
    if (socket >= 0 && ioctl(socket, SIOCGIFFLAGS, &request) == 0) {
        request.ifr_flags |= IFF_UP;
        (void)ioctl(socket, SIOCSIFFLAGS, &request);
    }
    if (socket >= 0) close(socket);
}

}  // namespace

int enter_namespaces(bool has_own_network, bool is_host, pid_t network_of) {
    if (network_of != 0)
        if (const int refused = join_network(network_of)) return refused;
    if (has_own_network && enter(always | CLONE_NEWNET | (is_host ? CLONE_NEWUTS : 0)) == 0) {
        raise_loopback();
        return 0;
    }
    return enter(always);
}

// What is mounted in here must stay in here. In a chroot "/" is no mount point and cannot be made private; then each place is.
void mount_own_views() {
    const bool is_all_private = mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    const auto cover = [&](const char* kind, const char* place, const char* options = nullptr) {
        if (is_all_private || mount(nullptr, place, nullptr, MS_PRIVATE, nullptr) == 0)
            (void)mount(kind, place, kind, MS_NOSUID | MS_NODEV | MS_NOEXEC, options);
    };
    cover("proc", "/proc");
    cover("mqueue", "/dev/mqueue");
    cover("tmpfs", "/dev/shm", "mode=1777");
}

}  // namespace ipcscope
