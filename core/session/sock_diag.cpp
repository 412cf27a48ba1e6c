#include "core/session/sock_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace ipcscope {
namespace {

constexpr std::uint32_t all_states = 0xffffffff;
constexpr int v4_length = 4, v6_length = 16;

SocketAddress address_of(int family, const __be32* host, __be16 port) {
    const std::size_t length = family == AF_INET ? v4_length : v6_length;
    return {.family = family, .port = ntohs(port), .host = std::string(reinterpret_cast<const char*>(host), length)};
}

DiagSocket socket_from(const inet_diag_msg& told, int protocol) {
    DiagSocket socket;
    socket.family = told.idiag_family, socket.protocol = protocol, socket.state = told.idiag_state;
    socket.local = address_of(socket.family, told.id.idiag_src, told.id.idiag_sport);
    socket.remote = address_of(socket.family, told.id.idiag_dst, told.id.idiag_dport);
    socket.inode = told.idiag_inode, socket.uid = told.idiag_uid;
    socket.received = told.idiag_rqueue, socket.unsent = told.idiag_wqueue;
    socket.timer = told.idiag_timer, socket.timer_ms = told.idiag_expires;
    return socket;
}

void add_attribute(DiagSocket& socket, const rtattr& attribute) {
    const auto* const bytes = static_cast<const char*>(RTA_DATA(&attribute));
    const std::size_t length = RTA_PAYLOAD(&attribute);
    const auto copy = [&](auto& value) {
        if (length >= sizeof value) std::memcpy(&value, bytes, sizeof value);
    };
    switch (attribute.rta_type) {
        case UNIX_DIAG_NAME:
            socket.local.host.assign(bytes, bytes[0] == 0 ? length : strnlen(bytes, length));
            return;
        case UNIX_DIAG_PEER: {
            std::uint32_t inode = 0;
            copy(inode);
            socket.peer_inode = inode;
            return;
        }
        case UNIX_DIAG_RQLEN: {
            unix_diag_rqlen lengths{};
            copy(lengths);
            socket.received = lengths.udiag_rqueue, socket.unsent = lengths.udiag_wqueue;
            return;
        }
        case UNIX_DIAG_UID: return copy(socket.uid);
        default: return;
    }
}

DiagSocket socket_from(const unix_diag_msg& told, int length) {
    DiagSocket socket;
    socket.family = AF_UNIX, socket.state = told.udiag_state, socket.inode = told.udiag_ino;
    socket.local.family = socket.remote.family = AF_UNIX;
    const auto* attribute = reinterpret_cast<const rtattr*>(&told + 1);
    for (int left = length - static_cast<int>(sizeof told); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) add_attribute(socket, *attribute);
    return socket;
}

void put(__be32* place, const SocketAddress& address) { std::memcpy(place, address.host.data(), std::min<std::size_t>(address.host.size(), v6_length)); }

// An IPv4 address that an IPv6 socket speaks of is IPv4 to whoever is at the other end.
SocketAddress plain(const SocketAddress& address) {
    constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    if (address.family != AF_INET6 || !address.host.starts_with(mapped)) return address;
    return {.family = AF_INET, .port = address.port, .host = address.host.substr(mapped.size())};
}

}  // namespace

SockDiag::SockDiag() : netlink_(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
    // The kernel answers inside the question; should it not, nobody waits for ever.
    const timeval patience{.tv_sec = 1, .tv_usec = 0};
    if (netlink_) setsockopt(netlink_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

template <class Request>
std::vector<DiagSocket> SockDiag::ask(const Request& request, bool is_list) {
    std::vector<DiagSocket> found;
    if (!netlink_) return found;
    struct {
        nlmsghdr header;
        Request request;
    } question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = static_cast<__u16>(NLM_F_REQUEST | (is_list ? NLM_F_DUMP : 0));
    question.request = request;
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (sendto(netlink_.get(), &question, sizeof question, 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0) return found;
    alignas(nlmsghdr) std::array<char, 32768> answer;
    for (;;) {
        const ssize_t length = recv(netlink_.get(), answer.data(), answer.size(), 0);
        if (length <= 0) return found;
        auto left = static_cast<unsigned>(length);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data()); NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return found;
            if constexpr (std::is_same_v<Request, unix_diag_req>) {
                found.push_back(socket_from(*static_cast<const unix_diag_msg*>(NLMSG_DATA(header)), static_cast<int>(NLMSG_PAYLOAD(header, 0))));
            } else {
                found.push_back(socket_from(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header)), request.sdiag_protocol));
            }
            if (!is_list) return found;
        }
    }
}

std::vector<DiagSocket> SockDiag::list(int family, int protocol) {
    if (family == AF_UNIX) {
        unix_diag_req request{};
        request.sdiag_family = AF_UNIX;
        request.udiag_states = all_states;
        request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN;
        return ask(request, true);
    }
    inet_diag_req_v2 request{};
    request.sdiag_family = static_cast<__u8>(family);
    request.sdiag_protocol = static_cast<__u8>(protocol);
    request.idiag_states = all_states;
    return ask(request, true);
}

std::optional<DiagSocket> SockDiag::find(int protocol, const SocketAddress& its_local, const SocketAddress& its_remote) {
    const SocketAddress local = plain(its_local), remote = plain(its_remote);
    if (protocol == IPPROTO_UDP) {
        const std::vector<DiagSocket> all = list(local.family, protocol);
        const auto found = std::ranges::find_if(all, [&](const DiagSocket& socket) { return socket.local == local && socket.remote == remote; });
        return found == all.end() ? std::nullopt : std::optional(*found);
    }
    inet_diag_req_v2 request{};
    request.sdiag_family = static_cast<__u8>(local.family);
    request.sdiag_protocol = static_cast<__u8>(protocol);
    request.idiag_states = all_states;
    request.id.idiag_sport = htons(local.port);
    request.id.idiag_dport = htons(remote.port);
    put(request.id.idiag_src, local);
    put(request.id.idiag_dst, remote);
    request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    const std::vector<DiagSocket> found = ask(request, false);
    // Without a connection between the two, the kernel names the listener.
    if (found.empty() || found.front().remote != remote) return std::nullopt;
    return found.front();
}

std::optional<DiagSocket> SockDiag::find_unix(std::uint64_t inode) {
    unix_diag_req request{};
    request.sdiag_family = AF_UNIX;
    request.udiag_states = all_states;
    request.udiag_ino = static_cast<__u32>(inode);
    request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN;
    request.udiag_cookie[0] = request.udiag_cookie[1] = INET_DIAG_NOCOOKIE;
    const std::vector<DiagSocket> found = ask(request, false);
    if (found.empty()) return std::nullopt;
    return found.front();
}

}  // namespace ipcscope
