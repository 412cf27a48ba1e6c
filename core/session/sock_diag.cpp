#include "core/session/sock_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/keeper/inet_diag.h"

namespace ipcscope {
namespace {

constexpr std::uint32_t all_states = 0xffffffff;
constexpr std::size_t v6_length = 16;

// Asks for one socket, and lets `take` have the answer (nlmsghdr and what follows it), if it is one.
template <class Request, class Take>
void ask(int netlink, const Request& request, Take&& take) {
    struct {
        nlmsghdr header;
        Request request;
    } question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST;
    question.request = request;
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (sendto(netlink, &question, sizeof question, 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0) return;
    alignas(nlmsghdr) char answer[4096];
    const ssize_t length = recv(netlink, answer, sizeof answer, 0);
    const auto* const header = reinterpret_cast<const nlmsghdr*>(answer);
    if (length > 0 && NLMSG_OK(header, static_cast<unsigned>(length)) && header->nlmsg_type == SOCK_DIAG_BY_FAMILY) take(*header);
}

template <class Value>
void copy(const rtattr& attribute, Value& value) {
    if (RTA_PAYLOAD(&attribute) >= sizeof value) std::memcpy(&value, RTA_DATA(&attribute), sizeof value);
}

void put(__be32* place, const SocketAddress& address) { std::memcpy(place, address.host.data(), std::min(address.host.size(), v6_length)); }

bool is(const __be32* place, const SocketAddress& address) { return std::memcmp(place, address.host.data(), std::min(address.host.size(), v6_length)) == 0; }

// An IPv4 address that an IPv6 socket speaks of is IPv4 to whoever is at the other end.
SocketAddress plain(const SocketAddress& address) {
    constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    if (address.family != AF_INET6 || !address.host.starts_with(mapped)) return address;
    return {.family = AF_INET, .port = address.port, .host = address.host.substr(mapped.size())};
}

bool is_at(const std::uint8_t* host, std::uint16_t port, const SocketAddress& address) {
    return port == address.port && std::memcmp(host, address.host.data(), std::min(address.host.size(), v6_length)) == 0;
}

// (The kernel's exact question for UDP prefers a socket without a connection to none; so they are listed.)
std::optional<DiagSocket> find_udp(const SocketAddress& local, const SocketAddress& remote) {
    std::vector<InetSocket> all;
    if (list_inet_sockets(all) != 0) return std::nullopt;
    const auto found = std::ranges::find_if(all, [&](const InetSocket& socket) {
        return socket.protocol == IPPROTO_UDP && socket.family == local.family && is_at(socket.local, socket.local_port, local) &&
               is_at(socket.peer, socket.peer_port, remote);
    });
    if (found == all.end()) return std::nullopt;
    return DiagSocket{.inode = found->inode, .uid = found->uid};
}

}  // namespace

SockDiag::SockDiag() : netlink_(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
    // The kernel answers inside the question; should it not, nobody waits for ever.
    const timeval patience{.tv_sec = 1, .tv_usec = 0};
    if (netlink_) setsockopt(netlink_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

std::optional<DiagSocket> SockDiag::find(int protocol, const SocketAddress& its_local, const SocketAddress& its_remote) {
    const SocketAddress local = plain(its_local), remote = plain(its_remote);
    if (protocol == IPPROTO_UDP) return find_udp(local, remote);
    inet_diag_req_v2 request{};
    request.sdiag_family = static_cast<__u8>(local.family);
    request.sdiag_protocol = static_cast<__u8>(protocol);
    request.idiag_states = all_states;
    request.id.idiag_sport = htons(local.port);
    request.id.idiag_dport = htons(remote.port);
    put(request.id.idiag_src, local);
    put(request.id.idiag_dst, remote);
    request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    std::optional<DiagSocket> found;
    ask(netlink_.get(), request, [&](const nlmsghdr& header) {
        const auto& told = *static_cast<const inet_diag_msg*>(NLMSG_DATA(&header));
        // Without a connection between the two, the kernel names the listener.
        if (told.id.idiag_dport == htons(remote.port) && is(told.id.idiag_dst, remote)) found = DiagSocket{.inode = told.idiag_inode, .uid = told.idiag_uid};
    });
    return found;
}

std::optional<DiagSocket> SockDiag::find_unix(std::uint64_t inode) {
    unix_diag_req request{};
    request.sdiag_family = AF_UNIX;
    request.udiag_states = all_states;
    request.udiag_ino = static_cast<__u32>(inode);
    request.udiag_show = UDIAG_SHOW_PEER | UDIAG_SHOW_UID;
    request.udiag_cookie[0] = request.udiag_cookie[1] = INET_DIAG_NOCOOKIE;
    std::optional<DiagSocket> found;
    ask(netlink_.get(), request, [&](const nlmsghdr& header) {
        const auto& told = *static_cast<const unix_diag_msg*>(NLMSG_DATA(&header));
        found = DiagSocket{.inode = told.udiag_ino};
        const auto* attribute = reinterpret_cast<const rtattr*>(&told + 1);
        for (int left = static_cast<int>(NLMSG_PAYLOAD(&header, sizeof told)); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
            std::uint32_t peer = 0;
            if (attribute->rta_type == UNIX_DIAG_PEER) copy(*attribute, peer), found->peer_inode = peer;
            if (attribute->rta_type == UNIX_DIAG_UID) copy(*attribute, found->uid);
        }
    });
    return found;
}

}  // namespace ipcscope
