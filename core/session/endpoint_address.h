// Where an endpoint listens, or whom it calls: as the learner writes it, as the kernel has it, and who is there already.
// What is said of ip(7), ipv6(7) and unix(7) addresses comes from these pages.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/socket.h"
#include "core/trace/result.h"

namespace ipcscope {

enum class EndpointKind : std::uint8_t { Tcp, Udp, UnixStream, UnixDatagrams };

constexpr bool is_stream(EndpointKind kind) { return kind == EndpointKind::Tcp || kind == EndpointKind::UnixStream; }
constexpr bool is_unix(EndpointKind kind) { return kind == EndpointKind::UnixStream || kind == EndpointKind::UnixDatagrams; }
constexpr const char* name_of(EndpointKind kind) {
    constexpr const char* names[] = {"TCP", "UDP", "UNIX stream", "UNIX datagrams"};
    return names[static_cast<std::size_t>(kind)];
}

// TCP and UDP: "7000" (of 127.0.0.1), "127.0.0.1:7000", "[::1]:7000", "localhost:7000"; names are not looked up. UNIX: with a '/'
// in it a path; else an abstract name, with or without '@' before it, which nothing is left of when its last descriptor is closed.
Result<SocketAddress> read_endpoint_address(EndpointKind kind, std::string_view text);

// Nobody but this machine can be spoken with there: loopback, UNIX.
bool is_of_this_machine(const SocketAddress& address);

struct KernelAddress {
    sockaddr_storage bytes{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};
KernelAddress kernel_address_from(const SocketAddress& address);
SocketAddress own_address_of(int socket);     // getsockname(2); unknown if it fails
SocketAddress peer_address_of(int socket);    // getpeername(2)

// Why a bind, listen or connect has failed, and what to do: who has the port, who does not listen. `error` is errno.
std::string sentence_of_bind_error(EndpointKind kind, const SocketAddress& address, int error);
std::string sentence_of_connect_error(EndpointKind kind, const SocketAddress& address, int error);

}  // namespace ipcscope
