// The TCP and UDP sockets of the network namespace that one is in, as the kernel lists them (sock_diag(7)): also those that
// no process has open. No privilege is needed.
#pragma once

#include <cstdint>
#include <vector>

namespace ipcscope {

struct InetSocket {
    std::uint8_t family, protocol;           // AF_INET, AF_INET6; IPPROTO_TCP, IPPROTO_UDP
    std::uint8_t state;                      // as tcp(7) counts them: TCP_ESTABLISHED …
    std::uint8_t timer, retransmits;         // 0 none, 1 retransmission, 2 keepalive, 3 TIME-WAIT, 4 zero window probe …
    std::uint16_t local_port, peer_port;
    std::uint8_t local[16], peer[16];        // of IPv4 the first 4
    std::uint32_t timer_ms;                  // until it goes off
    std::uint32_t received, unsent;          // Recv-Q, Send-Q; of a TCP listener: waiting for accept, backlog
    std::uint32_t inode;                     // 0: no process has it open
    std::uint32_t uid;
};

// Adds them all. 0, or why it cannot be told (errno).
int list_inet_sockets(std::vector<InetSocket>& sockets);

}  // namespace ipcscope
