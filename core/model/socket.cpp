#include "core/model/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "core/events/message_header.h"
#include "core/model/canonical.h"

namespace ipcscope {
namespace {

template <class T>
std::optional<T> struct_at(std::string_view bytes) {
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::string_view ipv4_part(const SocketAddress& address) {
    constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    const std::string_view host = address.host;
    if (address.family == AF_INET) return host;
    return address.family == AF_INET6 && host.starts_with(mapped) ? host.substr(12) : std::string_view{};
}

}  // namespace

bool SocketAddress::is_unnamed() const { return family == AF_UNIX && host.empty(); }
bool SocketAddress::is_any_host() const {
    return (family == AF_INET || family == AF_INET6) && std::ranges::all_of(host, [](char c) { return c == 0; });
}

std::string text_of_peer_process(const PeerProcess& peer) {
    if (!peer.is_known()) return "";
    if (peer.pid == 0) return "another user’s process (uid " + std::to_string(peer.uid) + ")";
    return peer.name + ", pid " + std::to_string(peer.pid);
}

std::string text_of_tcp_numbers(const TcpNumbers& numbers) {
    if (numbers.segment == 0) return "";
    char text[96];
    std::snprintf(text, sizeof text, "cwnd %u × %u B, RTT %.2f ms", numbers.congestion_window, numbers.segment, numbers.round_trip_us / 1000.0);
    std::string said = text;
    if (numbers.on_their_way > 0) said += ", " + std::to_string(numbers.on_their_way) + " on the way";
    if (numbers.sent_again > 0) said += ", " + std::to_string(numbers.sent_again) + " sent again";
    return said;
}

bool SocketState::is_stream() const { return type == SOCK_STREAM; }
bool SocketState::is_ip() const { return family == AF_INET || family == AF_INET6; }

SocketAddress address_from(std::string_view bytes) {
    const auto family = struct_at<sa_family_t>(bytes);
    if (!family) return {};
    SocketAddress address{.family = *family, .port = 0, .host = {}};
    if (const auto ip = struct_at<sockaddr_in>(bytes); *family == AF_INET && ip) {
        address.port = ntohs(ip->sin_port);
        address.host.assign(reinterpret_cast<const char*>(&ip->sin_addr), sizeof ip->sin_addr);
    } else if (const auto ip6 = struct_at<sockaddr_in6>(bytes); *family == AF_INET6 && ip6) {
        address.port = ntohs(ip6->sin6_port);
        address.host.assign(reinterpret_cast<const char*>(&ip6->sin6_addr), sizeof ip6->sin6_addr);
    } else if (*family == AF_UNIX) {
        const std::string_view name = bytes.substr(offsetof(sockaddr_un, sun_path));
        address.host = name.starts_with('\0') ? name : name.substr(0, name.find('\0'));
    } else {
        address.host = bytes.substr(sizeof *family);
    }
    return address;
}

SocketAddress take_address(std::string_view& text) {
    const auto length = struct_at<std::uint32_t>(text);
    if (!length) return {};
    text.remove_prefix(sizeof *length);
    const std::string_view bytes = text.substr(0, *length);
    text.remove_prefix(bytes.size());
    return address_from(bytes);
}

std::string text_of_address(const SocketAddress& address) {
    char text[INET6_ADDRSTRLEN] = "";
    const std::string& host = address.host;
    if (address.family == AF_INET && host.size() == 4) {
        inet_ntop(AF_INET, host.data(), text, sizeof text);
        return text + (":" + std::to_string(address.port));
    }
    if (address.family == AF_INET6 && host.size() == 16) {
        inet_ntop(AF_INET6, host.data(), text, sizeof text);
        return "[" + std::string(text) + "]:" + std::to_string(address.port);
    }
    if (address.family == AF_UNIX) {
        if (host.empty()) return "unnamed";
        const std::string_view name = std::string_view(host).substr(host.starts_with('\0'));
        return (host.starts_with('\0') ? "@" : "") + text_of_bytes(name, name.size(), 108);
    }
    if (!address.is_known()) return "AF_UNSPEC";
    return "{family " + std::to_string(address.family) + ", " + text_of_bytes(host, host.size()) + "}";
}

bool is_meant(const SocketAddress& wanted, const SocketAddress& bound) {
    if (wanted.family == AF_UNIX || bound.family == AF_UNIX) return wanted == bound && !wanted.is_unnamed();
    if (!wanted.is_known() || !bound.is_known() || wanted.port != bound.port || wanted.port == 0) return false;
    if (wanted.host == bound.host) return true;
    if (bound.is_any_host()) return bound.family == wanted.family || bound.family == AF_INET6;
    if (wanted.is_any_host()) {    // "this host": the kernel takes the loopback address
        const auto loopback = bound.family == AF_INET ? std::string("\x7f\0\0\1", 4) : std::string(15, '\0') + '\1';
        return bound.family == wanted.family && bound.host == loopback;
    }
    const std::string_view one = ipv4_part(wanted), other = ipv4_part(bound);
    return !one.empty() && one == other;
}

std::optional<MessageParts> message_parts(const std::optional<Chunk>& chunk) {
    if (!chunk) return std::nullopt;
    const std::string_view bytes(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
    const auto header = struct_at<MessageHeader>(bytes);
    if (!header) return std::nullopt;
    const std::size_t fixed = sizeof *header + std::uint64_t{header->address_length} + header->control_length;
    if (fixed > bytes.size()) return std::nullopt;
    MessageParts parts;
    parts.address = bytes.substr(sizeof *header, header->address_length);
    parts.control = bytes.substr(sizeof *header + header->address_length, header->control_length);
    parts.data = bytes.substr(fixed);
    parts.data_length = chunk->true_length - fixed;
    parts.flags = header->flags;
    return parts;
}

std::vector<MessageParts> parts_of_several(const std::optional<Chunk>& chunk) {
    std::vector<MessageParts> several;
    if (!chunk) return several;
    std::string_view bytes(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
    while (const auto header = struct_at<MessageHeader>(bytes)) {
        const std::size_t fixed = sizeof *header + std::size_t{header->address_length} + header->control_length;
        if (fixed + header->data_captured > bytes.size()) break;
        MessageParts& parts = several.emplace_back();
        parts.address = bytes.substr(sizeof *header, header->address_length);
        parts.control = bytes.substr(sizeof *header + header->address_length, header->control_length);
        parts.data = bytes.substr(fixed, header->data_captured);
        parts.data_length = header->data_length;
        parts.flags = header->flags;
        bytes.remove_prefix(fixed + header->data_captured);
    }
    return several;
}

std::optional<ControlMessage> take_control(std::string_view& control) {
    struct Header {    // cmsghdr(3), whose last member is an array without a length
        std::size_t length;
        int level, type;
    };
    const auto header = struct_at<Header>(control);
    if (!header || header->length < sizeof *header || header->length > control.size()) return std::nullopt;
    const ControlMessage taken{header->level, header->type, control.substr(sizeof *header, header->length - sizeof *header)};
    control.remove_prefix(std::min<std::size_t>(control.size(), CMSG_ALIGN(header->length)));
    return taken;
}

std::vector<int> descriptors_in(std::string_view control) {
    std::vector<int> descriptors;
    while (const auto message = take_control(control))
        if (message->level == SOL_SOCKET && message->type == SCM_RIGHTS)
            for (std::size_t at = 0; at + sizeof(int) <= message->data.size(); at += sizeof(int)) descriptors.push_back(*struct_at<int>(message->data.substr(at)));
    return descriptors;
}

}  // namespace ipcscope
