// Hosts, and the packets on the wire between them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/event.h"
#include "core/model/socket.h"

namespace ipcscope {

struct HostState {
    std::uint32_t number = 0;                // 1, 2, …
    std::string name;
    std::vector<SocketAddress> addresses;    // without ports
    int mtu = 0;                             // 0: no wire goes to it

    bool operator==(const HostState&) const = default;
};

// A packet that has left a host and has not arrived, nor got lost.
struct PacketOnWire {
    std::uint64_t number = 0;                // 1, 2, … in the order of leaving
    std::uint32_t from = 0, to = 0;          // hosts; to 0: nobody has that address
    bool is_held = false;                    // until the learner decides
    EventIndex left = no_id;                 // its Packet event: the bytes are there

    bool operator==(const PacketOnWire&) const = default;
};

// A packet that never arrived as it was.
struct LostPacket {
    std::uint32_t from = 0;
    std::uint16_t port = 0, peer_port = 0;   // of TCP; else 0
    std::uint32_t begins = 0, ends = 0;      // sequence numbers, SYN and FIN counted
    std::uint32_t acknowledged = 0;
    bool is_tcp = false, only_acknowledges = false;

    bool operator==(const LostPacket&) const = default;
};

// A TCP socket that no process has open, and that the kernel has still, or already: in TIME-WAIT, on its way out, or waiting for accept.
struct KernelSocket {
    std::uint32_t host = 0;                  // where it is; 0: in the run's own network
    SocketAddress local, peer;
    int state = 0;                           // as tcp(7) counts them
    std::uint32_t received = 0, unsent = 0;  // Recv-Q, Send-Q
    int timer = 0;                           // TimerWord …
    std::uint32_t timer_ms = 0;              // … which goes off in so long
    std::uint32_t retransmits = 0;

    bool operator==(const KernelSocket&) const = default;
};
std::string text_of_kernel_socket(const KernelSocket& socket);   // "TIME-WAIT, 58 s left"

// What a wire does to all packets. (What it does to one is PacketFate.)
enum class WireRule { Latency, Rate, Loss, Cable };
struct WireRules {
    std::int64_t latency_us = 0;             // one way
    std::int64_t bytes_a_second = 0;         // each way; 0: as fast as it goes
    std::int64_t loses_one_in = 0;           // every Nth packet; 0: none
    std::uint32_t cut_host = 0;              // whose cable is pulled; 0: nobody's, every_host

    void set(WireRule rule, std::int64_t value);
    bool is_cut(std::uint32_t host) const { return cut_host != 0 && (cut_host == every_host || cut_host == host); }
    bool operator==(const WireRules&) const = default;
};

struct NetworkState {
    std::vector<HostState> hosts;
    std::deque<PacketOnWire> on_wire;        // oldest first
    std::uint64_t packets = 0;               // that ever left a host
    WireRules rules;
    std::vector<LostPacket> lost;            // and not made up for: what the kernels do about it, they do in their own time
    bool is_listed = false;                  // the kernel has told of its sockets, at the last quiescence …
    std::vector<KernelSocket> in_kernel;     // … of these

    const HostState* host(std::uint32_t number) const { return number > 0 && number <= hosts.size() ? &hosts[number - 1] : nullptr; }
    // Something of what was sent has not arrived, or never will.
    bool is_unsettled() const { return !lost.empty() || !on_wire.empty(); }
    // The host with this address (its port does not matter); null: nobody has it.
    const HostState* host_with(const SocketAddress& address) const;
    bool operator==(const NetworkState&) const = default;
};

}  // namespace ipcscope
