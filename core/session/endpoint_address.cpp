#include "core/session/endpoint_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>

#include "core/keeper/inet_diag.h"
#include "core/session/socket_owner.h"

namespace ipcscope {
namespace {

constexpr std::string_view v4_loopback("\x7f\0\0\1", 4);
constexpr std::string_view v4_mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

std::optional<std::uint16_t> port_from(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

std::optional<SocketAddress> host_from(const std::string& text) {
    char bytes[16];
    if (text == "localhost") return SocketAddress{.family = AF_INET, .port = 0, .host = std::string(v4_loopback)};
    if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return SocketAddress{.family = AF_INET, .port = 0, .host = {bytes, 4}};
    const bool is_bracketed = text.starts_with('[') && text.ends_with(']');
    if (is_bracketed && inet_pton(AF_INET6, text.substr(1, text.size() - 2).c_str(), bytes) == 1)
        return SocketAddress{.family = AF_INET6, .port = 0, .host = {bytes, 16}};
    return std::nullopt;
}

Result<SocketAddress> read_ip_address(std::string_view text) {
    constexpr const char* forms = "write a port (7000), or an address and a port (127.0.0.1:7000, [::1]:7000)";
    const std::size_t colon = text.rfind(':');
    const auto port = port_from(colon == text.npos ? text : text.substr(colon + 1));
    if (!port) return Failure{"\"" + std::string(text) + "\" has no port from 0 to 65535: " + forms};
    auto address = host_from(colon == text.npos ? "127.0.0.1" : std::string(text.substr(0, colon)));
    if (!address) return Failure{"\"" + std::string(text) + "\" is no address, and names are not looked up: " + forms};
    address->port = *port;
    return *address;
}

Result<SocketAddress> read_unix_address(std::string_view text) {
    const bool is_path = text.find('/') != text.npos;
    if (!is_path && text.starts_with('@')) text.remove_prefix(1);
    constexpr std::size_t most = sizeof(sockaddr_un::sun_path) - 1;
    if (text.empty() || text.size() > most)
        return Failure{"a UNIX socket's name has 1 to " + std::to_string(most) + " bytes, this one has " + std::to_string(text.size()) + ": take another name"};
    return SocketAddress{.family = AF_UNIX, .port = 0, .host = (is_path ? "" : std::string(1, '\0')) + std::string(text)};
}

SocketAddress address_by(int socket, int (*ask)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage address{};
    socklen_t room = sizeof address;
    if (ask(socket, reinterpret_cast<sockaddr*>(&address), &room) != 0) return {};
    return address_from({reinterpret_cast<const char*>(&address), std::min<std::size_t>(room, sizeof address)});
}

// "python3, pid 4711", of who has this port; "" if it is not known.
std::string holder_of(EndpointKind kind, const SocketAddress& address) {
    std::vector<InetSocket> all;
    if (list_inet_sockets(all) != 0) return "";
    const auto found = std::ranges::find_if(all, [&](const InetSocket& socket) {
        const bool is_here = kind == EndpointKind::Tcp ? socket.protocol == IPPROTO_TCP && socket.state == TCP_LISTEN : socket.protocol == IPPROTO_UDP;
        return is_here && socket.local_port == address.port && socket.inode != 0;
    });
    if (found == all.end()) return "";
    const auto owner = find_socket_owner(found->inode);
    return text_of_peer_process(owner ? PeerProcess{owner->pid, found->uid, owner->name} : PeerProcess{0, found->uid, ""});
}

std::string shared_sentence(const SocketAddress& address, int error) {
    const std::string where = text_of_address(address);
    switch (error) {
        case EAFNOSUPPORT: return "this machine has no IPv6, which " + where + " needs: take 127.0.0.1";
        case EADDRNOTAVAIL: return "this machine has no address of " + where + ": `ip address` lists those it has";
        case ENETUNREACH:
        case EHOSTUNREACH: return "no way leads to " + where + ": `ip route` lists the ways there are";
        case EMFILE:
        case ENFILE: return "there is no descriptor left for a socket: close some, or raise `ulimit -n`";
        default: return where + ": " + std::strerror(error);
    }
}

}  // namespace

Result<SocketAddress> read_endpoint_address(EndpointKind kind, std::string_view text) {
    return is_unix(kind) ? read_unix_address(text) : read_ip_address(text);
}

bool is_of_this_machine(const SocketAddress& address) {
    if (address.family == AF_UNIX) return true;
    if (address.family == AF_INET) return address.host.starts_with('\x7f');
    const std::string_view host = address.host;
    return host.starts_with(v4_mapped) ? host.substr(v4_mapped.size()).starts_with('\x7f') : host == std::string(15, '\0') + '\1';
}

KernelAddress kernel_address_from(const SocketAddress& address) {
    KernelAddress made;
    made.bytes.ss_family = static_cast<sa_family_t>(address.family);
    if (address.family == AF_INET) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(made.bytes);
        v4.sin_port = htons(address.port);
        std::memcpy(&v4.sin_addr, address.host.data(), std::min(address.host.size(), sizeof v4.sin_addr));
        made.length = sizeof v4;
    } else if (address.family == AF_INET6) {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(made.bytes);
        v6.sin6_port = htons(address.port);
        std::memcpy(&v6.sin6_addr, address.host.data(), std::min(address.host.size(), sizeof v6.sin6_addr));
        made.length = sizeof v6;
    } else {
        auto& name = reinterpret_cast<sockaddr_un&>(made.bytes);
        const std::size_t length = std::min(address.host.size(), sizeof name.sun_path);
        std::memcpy(name.sun_path, address.host.data(), length);
        const bool is_path = length > 0 && address.host.front() != '\0';
        made.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length + (is_path ? 1 : 0));
    }
    return made;
}

SocketAddress own_address_of(int socket) { return address_by(socket, getsockname); }
SocketAddress peer_address_of(int socket) { return address_by(socket, getpeername); }

std::string sentence_of_bind_error(EndpointKind kind, const SocketAddress& address, int error) {
    const std::string where = text_of_address(address);
    if (error == EACCES && !is_unix(kind)) return "port " + std::to_string(address.port) + " is for root alone (ip_unprivileged_port_start): take one from 1024 on";
    if (error == EACCES || error == ENOENT || error == ENOTDIR) return where + " cannot be made: " + std::strerror(error) + "; take a path in a directory of yours, or a name without '/'";
    if (error != EADDRINUSE) return shared_sentence(address, error);
    if (is_unix(kind)) return where + " is taken: somebody has it open (`ss -xlp` shows who), or a file is there. Take another name";
    const std::string holder = holder_of(kind, address);
    return where + " is taken" + (holder.empty() ? "" : ", by " + holder) + ": end that program, or take another port (0: the kernel chooses one)";
}

std::string sentence_of_connect_error(EndpointKind kind, const SocketAddress& address, int error) {
    const std::string where = text_of_address(address);
    switch (error) {
        case ECONNREFUSED: return "nobody listens at " + where + (is_unix(kind) ? ": whoever made it has gone" : "") + "; start the one that listens first (`ss -tulpn` and `ss -xlp` show who does)";
        case ENOENT: return "there is no socket at " + where + ": start the one that listens first";
        case ENOTSOCK: return where + " is a file, but no socket";
        case EPROTOTYPE: return where + " is a socket of the other kind: streams and datagrams do not meet";
        case EACCES: return "you may not speak with " + where + ": its permissions keep you out";
        case EAGAIN: return "nobody accepts at " + where + ", and its queue is full: try again when somebody does";
        case ETIMEDOUT: return where + " does not answer";
        default: return shared_sentence(address, error);
    }
}

}  // namespace ipcscope
