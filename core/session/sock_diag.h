// Who is at the other end of a socket, by the kernel's word (sock_diag(7): NETLINK_SOCK_DIAG), in this process's own network
// namespace. It answers without a descriptor of the socket, and so speaks of other processes' sockets too. No privilege is needed.
#pragma once

#include <cstdint>
#include <optional>

#include "core/model/socket.h"
#include "core/session/unique_fd.h"

namespace ipcscope {

struct DiagSocket {
    std::uint64_t inode = 0;          // 0: no process has it open (in an accept queue, in TIME-WAIT)
    std::uint64_t peer_inode = 0;     // AF_UNIX; 0: there is none
    std::uint32_t uid = 0;            // of who made it
};

// One netlink socket for many questions. Not to be shared between threads. Nothing: there is no such socket, or the kernel does not answer.
class SockDiag {
 public:
    SockDiag();
    // The connected one with these addresses, seen from its own side. `protocol`: IPPROTO_TCP or IPPROTO_UDP.
    std::optional<DiagSocket> find(int protocol, const SocketAddress& local, const SocketAddress& remote);
    // The UNIX socket with this inode.
    std::optional<DiagSocket> find_unix(std::uint64_t inode);

 private:
    UniqueFd netlink_;
};

}  // namespace ipcscope
