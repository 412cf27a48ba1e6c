// What joins the hosts: each has a TUN device whose other end is here. An IP packet that a host's kernel sends is read here, becomes a
// Packet event, and is held, or carried to the host that has its destination's address: written to that one's device, where the kernel takes it as
// arrived. Nothing is answered here and nothing made up: what is lost is lost in silence, as on a cable.
//
// Packets to multicast addresses are the kernels' housekeeping (IGMP, MLD, neighbour discovery); on this wire nobody listens to them, and they
// are passed over.
#pragma once

#include <asio.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "core/session/host_map.h"
#include "core/session/outbox.h"
#include "core/session/session.h"
#include "core/session/unique_fd.h"

namespace ipcscope {

class Wire {
 public:
    Wire(asio::io_context& io, Outbox& out) : io_(io), out_(out), alarm_(io) {}

    // The next host, its end of the wire, and what it is called by.
    void join(UniqueFd device, std::vector<HostAddress> addresses);
    void close();
    bool is_there() const { return !ends_.empty(); }

    // Takes what the hosts have sent since, and carries what is to be carried now.
    void carry();
    // A host has sent something that was not taken yet.
    bool has_news() const;

    void hold(bool is_held);
    void let_acknowledgments(bool let, bool also_handshakes) { lets_acknowledgments_ = let, lets_handshakes_ = also_handshakes; }
    void set(const SetWire& rules);
    // False: no such packet waits here.
    bool carry_held(std::uint64_t number, PacketFate fate, std::chrono::microseconds delay);
    // A packet is on its way that will arrive by itself.
    bool is_carrying() const { return !flying_.empty(); }

    // What a host sends from now on was caused by this call.
    void remember_cause(std::uint32_t host, ProcessId process, ThreadId thread) { cause_ = {host, process, thread}; }
    void forget_cause() { cause_ = {}; }

 private:
    using Clock = std::chrono::steady_clock;
    struct End {
        End(asio::io_context& io, UniqueFd device) : device(io, device.release()) {}
        asio::posix::stream_descriptor device;
        bool is_listening = false;
        Clock::time_point free_at{};    // when the last byte sent so far has left (SetWire::bytes_a_second)
    };
    struct Packet {
        std::uint64_t number;
        std::uint32_t from, to;         // hosts, from 1; to 0: nobody
        std::string bytes;
        Clock::time_point due{};
    };
    using Beginner = std::tuple<std::uint32_t, std::uint16_t, std::uint16_t>;    // host, port, peer's port
    struct Cause {
        std::uint32_t host = 0;
        ProcessId process = no_id;
        ThreadId thread = no_id;
    };

    void listen(End& end);
    void take_from(std::uint32_t host);
    bool is_waiting(const Packet& packet) const;
    bool passes_by_itself(const Packet& packet);
    bool is_severed(const Packet& packet) const;
    void send_off(Packet packet, std::chrono::microseconds delay = {});
    void deliver(const Packet& packet, PacketFate fate);
    void tell(const Packet& packet, PacketFate fate, std::uint32_t to, std::string_view altered = {});
    void deliver_those_due();

    asio::io_context& io_;
    Outbox& out_;
    asio::steady_timer alarm_;          // for the next one that is due
    std::vector<std::unique_ptr<End>> ends_;
    HostMap map_;
    std::deque<Packet> held_, flying_;  // flying: by due time
    std::vector<char> buffer_;
    SetWire rules_;
    bool is_held_ = false, lets_acknowledgments_ = false, lets_handshakes_ = false;
    std::set<Beginner> beginners_;      // who has sent a SYN and no ACK yet
    std::uint64_t packets_ = 0, carried_ = 0;
    Cause cause_;
};

}  // namespace ipcscope
