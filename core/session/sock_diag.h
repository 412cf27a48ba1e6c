// What the kernel lists of the sockets in this process's own network namespace (sock_diag(7): NETLINK_SOCK_DIAG). It answers
// without a descriptor of the socket, and so speaks of other processes' sockets too. No privilege is needed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/model/socket.h"
#include "core/session/unique_fd.h"

namespace ipcscope {

struct DiagSocket {
    int family = 0, protocol = 0;            // AF_INET, AF_INET6, AF_UNIX; IPPROTO_TCP, IPPROTO_UDP, 0
    int state = 0;                           // as tcp(7) counts them: TCP_ESTABLISHED, TCP_LISTEN, …
    SocketAddress local, remote;
    std::uint64_t inode = 0;                 // 0: no process has it open (in an accept queue, in TIME_WAIT)
    std::uint32_t uid = 0;
    std::uint32_t received = 0, unsent = 0;  // idiag_rqueue, idiag_wqueue; of a TCP listener: waiting for accept, backlog
    int timer = 0;                           // TCP: 0 none, 1 retransmission, 2 keepalive, 3 TIME_WAIT, 4 zero window probe …
    std::uint32_t timer_ms = 0;              // … which goes off in so long
    std::uint64_t peer_inode = 0;            // AF_UNIX
};

// One netlink socket for many questions. Not to be shared between threads.
class SockDiag {
 public:
    SockDiag();
    // All sockets of this family and protocol (AF_UNIX: 0); none if the kernel does not answer.
    std::vector<DiagSocket> list(int family, int protocol);
    // The connected one with these addresses, seen from its own side.
    std::optional<DiagSocket> find(int protocol, const SocketAddress& local, const SocketAddress& remote);
    // The UNIX socket with this inode.
    std::optional<DiagSocket> find_unix(std::uint64_t inode);

 private:
    template <class Request>
    std::vector<DiagSocket> ask(const Request& request, bool is_list);
    UniqueFd netlink_;
};

}  // namespace ipcscope
