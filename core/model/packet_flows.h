// The packets of a trace: what became of each, and which connection it belongs to, so that its sequence numbers can be told
// from the connection's beginning on (RFC 9293: each end chooses an initial sequence number, and its SYN carries it). Fed
// from the trace as it grows; what is known of one packet takes a few bytes, so that there may be a million.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/model/packet.h"

namespace ipcscope {

// What is taken off a segment's numbers to make them relative, and how its window is scaled.
struct SequenceBase {
    bool is_known = false;
    std::uint32_t own = 0, other = 0;        // initial sequence numbers of the sender and of who it sends to
    std::uint8_t window_scale = 0;           // 0: not scaled, or both ends have not agreed on it

    std::uint32_t sequence(const TcpHeader& tcp) const { return tcp.sequence - own; }
    std::uint32_t acknowledged(const TcpHeader& tcp) const { return tcp.acknowledged - other; }
    std::uint32_t window(const TcpHeader& tcp) const { return std::uint32_t{tcp.window} << (tcp.has(TcpFlag::Syn) ? 0 : window_scale); }
};

struct PacketOnTrace {
    EventIndex left = no_id;                 // its Packet event
    EventIndex copied = no_id;               // the first Carried that handed a copy over and left it on the wire
    EventIndex ended = no_id;                // the Carried after which it was on the wire no more
    std::uint32_t from = 0, to = 0;          // hosts
    std::uint32_t flow = no_id;              // its connection, of TCP
    std::uint32_t repeats = no_id;           // of TCP: the packet that said the same before, with these sequence numbers; its place in packets()
    bool is_first_end = false;               // sent by the end that was seen first
    bool is_held = false;
    bool was_overtaken = false;              // one that left the same host later had arrived before
    PacketFate fate = PacketFate::Delivered; // if it has ended
};

class PacketFlows {
 public:
    // Any event; only packets and what became of them matter.
    void apply(const Trace& trace, EventIndex index);
    // In the order of leaving.
    const std::vector<PacketOnTrace>& packets() const { return packets_; }
    // The packet with this number, or null.
    const PacketOnTrace* packet(std::uint64_t number) const;
    SequenceBase base_of(const PacketOnTrace& packet) const;
    std::size_t before(EventIndex cursor) const;     // packets that left before this event

 private:
    struct End {
        bool is_known = false, is_from_syn = false;
        std::uint32_t initial = 0;
        bool has_scale = false;
        std::uint8_t scale = 0;
    };
    struct Flow {
        End first, second;
    };
    struct Which {
        std::uint32_t flow = no_id;
        bool is_turned = false;              // the name's first address is the flow's second end
    };
    void left(const Trace& trace, EventIndex index);
    void carried(const Trace& trace, EventIndex index);
    void find_flow(const Packet& packet, PacketOnTrace& row);

    std::vector<PacketOnTrace> packets_;
    std::unordered_map<std::uint64_t, std::uint32_t> by_number_;
    std::vector<Flow> flows_;
    std::unordered_map<std::string, Which> flow_by_ends_;
    std::unordered_map<std::uint64_t, std::uint32_t> said_;     // the last packet that said something, by flow, end and sequence number
    std::vector<std::uint32_t> last_arrived_;        // by host it left: the latest packet that has arrived
};

}  // namespace ipcscope
