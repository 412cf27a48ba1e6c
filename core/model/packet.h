// An IP packet, read from its bytes: IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792), ICMPv6
// (RFC 4443). Any bytes may come: every length is checked, and what is wrong is said in `damage`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/socket.h"
#include "core/trace/trace.h"

namespace ipcscope {

struct TcpFlag {
    static constexpr std::uint8_t Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32, Ece = 64, Cwr = 128;
};

struct SackBlock {
    std::uint32_t left = 0, right = 0;       // the byte after the last one
    bool operator==(const SackBlock&) const = default;
};

struct TcpHeader {
    std::uint32_t sequence = 0, acknowledged = 0;
    std::uint8_t flags = 0;
    std::uint16_t window = 0;                // as it stands there, not scaled
    std::uint16_t urgent = 0;
    bool is_whole = false;                   // false: the packet was cut behind the sequence number
    // Options
    std::optional<std::uint16_t> largest_segment;
    std::optional<std::uint8_t> window_scale;                // RFC 7323
    bool allows_sack = false;                                // RFC 2018
    std::vector<SackBlock> sack;
    std::optional<std::uint32_t> time_value, time_echo;      // RFC 7323

    bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

struct IcmpHeader {
    std::uint8_t type = 0, code = 0;
    std::uint32_t rest = 0;                  // identifier << 16 | sequence number of an echo, MTU, pointer …
    std::span<const std::byte> quoted;       // of an error: the packet that it is about, or its first bytes
};

enum class IpProtocol : std::uint8_t { Icmp = 1, Tcp = 6, Udp = 17, Icmpv6 = 58 };

struct Packet {
    int version = 0;                         // 4, 6; 0: neither
    SocketAddress source, target;            // with ports, where there are some
    std::uint8_t protocol = 0;               // after IPv6's extension headers
    std::uint8_t hops_left = 0;              // TTL, hop limit
    std::uint8_t traffic_class = 0;          // TOS
    std::uint32_t identification = 0;        // of the fragments of one packet
    std::uint32_t fragment_offset = 0;       // bytes
    bool may_not_fragment = false, has_more_fragments = false;
    bool is_fragment = false;
    std::size_t length = 0;                  // of all of it, as the header says
    std::size_t ip_header = 0, transport_header = 0;         // their lengths
    std::optional<TcpHeader> tcp;
    bool is_udp = false;
    std::optional<IcmpHeader> icmp;
    std::span<const std::byte> payload;      // what is behind the last header that is known
    std::size_t payload_length = 0;          // bytes it really has
    bool is_cut = false;                     // not all of its bytes are here, and that is no fault of its own
    bool has_wrong_header_checksum = false;  // IPv4
    bool has_wrong_checksum = false;         // TCP, UDP, ICMP
    std::string damage;                      // what is wrong with it; "" = nothing

    bool is(IpProtocol what) const { return protocol == static_cast<std::uint8_t>(what); }
};

// The bytes begin with the IP header and stay with the caller: the packet points into them. `is_cut`: there were more, as in an
// ICMP message's quotation; then what is missing is no damage, and no checksum can be verified.
Packet packet_from(std::span<const std::byte> bytes, bool is_cut = false);
// Of a Packet event, or of a Carried one, if the packet changed on its way.
Packet packet_of(const Trace& trace, const Event& event);

// The Internet checksum (RFC 1071) of these bytes, after `sum`: 0 if they carry their own checksum and it is right.
std::uint16_t internet_checksum(std::span<const std::byte> bytes, std::uint32_t sum = 0);

}  // namespace ipcscope
