#include "core/model/packet.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace ipcscope {
namespace {

using Bytes = std::span<const std::byte>;

// Whoever asks has looked at the size.
std::uint8_t byte_at(Bytes bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint16_t word_at(Bytes bytes, std::size_t at) { return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1)); }
std::uint32_t long_at(Bytes bytes, std::size_t at) { return std::uint32_t{word_at(bytes, at)} << 16 | word_at(bytes, at + 2); }

SocketAddress address_at(Bytes bytes, std::size_t at, int family) {
    const std::size_t length = family == AF_INET ? 4 : 16;
    return {.family = family, .port = 0, .host = {reinterpret_cast<const char*>(bytes.data()) + at, length}};
}

struct Reader {
    Packet packet;
    Bytes bytes;

    // Says once what is wrong: the first thing found.
    void damaged(std::string what) {
        if (packet.damage.empty()) packet.damage = std::move(what);
    }
    bool has(std::size_t needed, std::size_t there, const char* what) {
        if (there >= needed) return true;
        if (!packet.is_cut) damaged("it ends after " + std::to_string(there) + " of the " + std::to_string(needed) + " bytes of its " + what);
        return false;
    }
    // The bytes behind the headers, as many as the packet says it has.
    void trim() {
        if (packet.length <= bytes.size()) {
            bytes = bytes.first(packet.length);
            packet.is_cut = false;
        } else if (!packet.is_cut) {
            damaged("it says that it has " + std::to_string(packet.length) + " bytes, and has " + std::to_string(bytes.size()));
        }
    }

    void read() {
        if (bytes.empty()) return packet.is_cut ? void() : damaged("it is empty");
        switch (packet.version = byte_at(bytes, 0) >> 4) {
            case 4: return read_ipv4();
            case 6: return read_ipv6();
            default:
                damaged("it says that it is of IP version " + std::to_string(std::exchange(packet.version, 0)));
                packet.payload = bytes;
                packet.payload_length = bytes.size();
        }
    }

    void read_ipv4() {
        constexpr std::size_t least = 20;
        if (!has(least, bytes.size(), "IPv4 header")) return;
        packet.ip_header = std::size_t{byte_at(bytes, 0)} % 16 * 4;
        packet.traffic_class = byte_at(bytes, 1);
        packet.length = word_at(bytes, 2);
        packet.identification = word_at(bytes, 4);
        const std::uint16_t fragment = word_at(bytes, 6);
        packet.may_not_fragment = fragment & 0x4000;
        packet.has_more_fragments = fragment & 0x2000;
        packet.fragment_offset = (fragment & 0x1fffu) * 8;
        packet.is_fragment = packet.has_more_fragments || packet.fragment_offset > 0;
        packet.hops_left = byte_at(bytes, 8);
        packet.protocol = byte_at(bytes, 9);
        packet.source = address_at(bytes, 12, AF_INET);
        packet.target = address_at(bytes, 16, AF_INET);
        if (packet.ip_header < least) return damaged("its IPv4 header says that it has " + std::to_string(packet.ip_header) + " bytes; the least is 20");
        if (!has(packet.ip_header, bytes.size(), "IPv4 header")) return;
        if (packet.length < packet.ip_header)
            return damaged("it says that it has " + std::to_string(packet.length) + " bytes, fewer than its header");
        packet.has_wrong_header_checksum = internet_checksum(bytes.first(packet.ip_header)) != 0;
        trim();
        read_transport();
    }

    void read_ipv6() {
        constexpr std::size_t header = 40;
        if (!has(header, bytes.size(), "IPv6 header")) return;
        packet.traffic_class = static_cast<std::uint8_t>(word_at(bytes, 0) >> 4);
        packet.length = header + word_at(bytes, 4);
        packet.protocol = byte_at(bytes, 6);
        packet.hops_left = byte_at(bytes, 7);
        packet.source = address_at(bytes, 8, AF_INET6);
        packet.target = address_at(bytes, 24, AF_INET6);
        packet.ip_header = header;
        packet.may_not_fragment = true;
        trim();
        if (skip_extensions()) read_transport();
    }

    // Hop-by-hop options, routing, destination options; the fragment header tells what IPv4's own header tells.
    bool skip_extensions() {
        constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment = 44, destination = 60;
        for (;;) {
            const bool is_fragment = packet.protocol == fragment;
            if (!is_fragment && packet.protocol != hop_by_hop && packet.protocol != routing && packet.protocol != destination) return true;
            if (packet.is_fragment && packet.fragment_offset > 0) return true;   // what follows is somewhere within the packet
            const Bytes rest = bytes.subspan(packet.ip_header);
            if (!has(8, rest.size(), "IPv6 extension header")) return false;
            const std::size_t length = is_fragment ? 8 : 8 + std::size_t{byte_at(rest, 1)} * 8;
            if (!has(length, rest.size(), "IPv6 extension header")) return false;
            if (is_fragment) {
                packet.fragment_offset = word_at(rest, 2) & 0xfff8u;
                packet.has_more_fragments = word_at(rest, 2) & 1;
                packet.identification = long_at(rest, 4);
                packet.is_fragment = true;
                packet.may_not_fragment = false;
            }
            packet.protocol = byte_at(rest, 0);
            packet.ip_header += length;
        }
    }

    void read_transport() {
        const Bytes segment = bytes.subspan(packet.ip_header);
        packet.payload = segment;
        packet.payload_length = packet.length - packet.ip_header;
        if (packet.fragment_offset > 0) return;   // its header is in another one
        if (packet.is(IpProtocol::Tcp)) read_tcp(segment);
        else if (packet.is(IpProtocol::Udp)) read_udp(segment);
        else if (packet.is(packet.version == 4 ? IpProtocol::Icmp : IpProtocol::Icmpv6)) read_icmp(segment);
    }

    void read_ports(Bytes segment) {
        packet.source.port = word_at(segment, 0);
        packet.target.port = word_at(segment, 2);
    }
    void take_header(Bytes segment, std::size_t length) {
        packet.transport_header = length;
        packet.payload = segment.subspan(length);
        packet.payload_length = std::max(packet.payload_length, length) - length;
    }
    void verify(Bytes segment, bool has_pseudo_header = true) {
        if (packet.is_cut || packet.is_fragment || !packet.damage.empty()) return;
        std::uint32_t sum = 0;
        if (has_pseudo_header) {
            for (const SocketAddress* address : {&packet.source, &packet.target})
                for (std::size_t i = 0; i < address->host.size(); ++i)
                    sum += std::uint32_t{static_cast<std::uint8_t>(address->host[i])} << (i % 2 == 0 ? 8 : 0);
            sum += packet.protocol + static_cast<std::uint32_t>(segment.size());
        }
        packet.has_wrong_checksum = internet_checksum(segment, sum) != 0;
    }

    void read_tcp(Bytes segment) {
        constexpr std::size_t least = 20, quoted = 8;   // an ICMP message quotes eight bytes of it at least
        if (packet.is_cut && segment.size() >= quoted) {
            packet.tcp.emplace().sequence = long_at(segment, 4);
            read_ports(segment);
        }
        if (!has(least, segment.size(), "TCP header")) return;
        read_ports(segment);
        TcpHeader& tcp = packet.tcp.emplace();
        tcp.sequence = long_at(segment, 4);
        tcp.acknowledged = long_at(segment, 8);
        tcp.flags = byte_at(segment, 13);
        tcp.window = word_at(segment, 14);
        tcp.urgent = word_at(segment, 18);
        tcp.is_whole = true;
        const std::size_t header = std::size_t{byte_at(segment, 12)} / 16 * 4;
        if (header < least) return damaged("its TCP header says that it has " + std::to_string(header) + " bytes; the least is 20");
        if (!has(header, segment.size(), "TCP header")) return;
        read_options(tcp, segment.subspan(least, header - least));
        take_header(segment, header);
        verify(segment);
    }

    void read_options(TcpHeader& tcp, Bytes options) {
        enum : std::uint8_t { End = 0, Nothing = 1, LargestSegment = 2, WindowScale = 3, AllowsSack = 4, Sack = 5, Times = 8 };
        while (!options.empty()) {
            const std::uint8_t kind = byte_at(options, 0);
            if (kind == End) return;
            if (kind == Nothing) {
                options = options.subspan(1);
                continue;
            }
            const std::size_t length = options.size() < 2 ? 0 : byte_at(options, 1);
            if (length < 2 || length > options.size())
                return damaged("its TCP option " + std::to_string(kind) + " does not fit into the header");
            if (kind == LargestSegment && length == 4) tcp.largest_segment = word_at(options, 2);
            else if (kind == WindowScale && length == 3) tcp.window_scale = std::min<std::uint8_t>(byte_at(options, 2), 14);
            else if (kind == AllowsSack && length == 2) tcp.allows_sack = true;
            else if (kind == Times && length == 10) tcp.time_value = long_at(options, 2), tcp.time_echo = long_at(options, 6);
            else if (kind == Sack && length % 8 == 2)
                for (std::size_t at = 2; at < length; at += 8) tcp.sack.push_back({long_at(options, at), long_at(options, at + 4)});
            else if (kind <= Sack || kind == Times)
                damaged("its TCP option " + std::to_string(kind) + " has a length that it cannot have, " + std::to_string(length));
            options = options.subspan(length);
        }
    }

    void read_udp(Bytes segment) {
        constexpr std::size_t header = 8;
        if (!has(header, segment.size(), "UDP header")) return;
        packet.is_udp = true;
        read_ports(segment);
        const std::size_t length = word_at(segment, 4);
        const bool has_checksum = packet.version == 6 || word_at(segment, 6) != 0;   // 0: the sender made none
        if (length < header || (!packet.is_fragment && length > packet.payload_length))
            damaged("its UDP header says that it has " + std::to_string(length) + " bytes");
        take_header(segment, header);
        if (has_checksum) verify(segment);
    }

    void read_icmp(Bytes segment) {
        constexpr std::size_t header = 8;
        if (!has(header, segment.size(), packet.version == 4 ? "ICMP header" : "ICMPv6 header")) return;
        IcmpHeader& icmp = packet.icmp.emplace();
        icmp.type = byte_at(segment, 0);
        icmp.code = byte_at(segment, 1);
        icmp.rest = long_at(segment, 4);
        take_header(segment, header);
        const bool is_error = packet.version == 4 ? icmp.type == 3 || icmp.type == 4 || icmp.type == 5 || icmp.type == 11 || icmp.type == 12
                                                  : icmp.type < 128;
        if (is_error) icmp.quoted = packet.payload;
        verify(segment, packet.version == 6);
    }
};

}  // namespace

std::uint16_t internet_checksum(std::span<const std::byte> bytes, std::uint32_t sum) {
    for (std::size_t i = 0; i < bytes.size(); ++i) sum += std::uint32_t{byte_at(bytes, i)} << (i % 2 == 0 ? 8 : 0);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

Packet packet_from(std::span<const std::byte> bytes, bool is_cut) {
    Reader reader{{}, bytes};
    reader.packet.is_cut = is_cut;
    reader.read();
    return std::move(reader.packet);
}

Packet packet_of(const Trace& trace, const Event& event) {
    const auto chunk = trace.chunk(event, 0);
    return chunk ? packet_from(chunk->bytes, chunk->bytes.size() < chunk->true_length) : packet_from({});
}

}  // namespace ipcscope
