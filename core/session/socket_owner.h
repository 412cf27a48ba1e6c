// Which process of this machine has a socket open: /proc/PID/fd, of the processes that this user may look into.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ipcscope {

struct SocketOwner {
    pid_t pid = 0;
    int descriptor = -1;
    std::string name;
};

// /proc/PID/comm; of an ipcscope, whose only sockets to the outside are those, "ipcscope endpoint". "" if the process is gone.
std::string name_of_socket_owner(pid_t pid);

// Who has the socket with this inode open; of several the one with the lowest pid. Reads all of /proc.
std::optional<SocketOwner> find_socket_owner(std::uint64_t inode);

// The same, asked again and again: an answer is kept as long as the process still has the socket open; that nobody seems to have it,
// for a second (it may be on its way to its owner, or belong to another user).
class SocketOwners {
 public:
    std::optional<SocketOwner> find(std::uint64_t inode);

 private:
    struct Answer {
        std::optional<SocketOwner> owner;
        std::chrono::steady_clock::time_point at;
    };
    std::map<std::uint64_t, Answer> known_;    // by inode
};

}  // namespace ipcscope
