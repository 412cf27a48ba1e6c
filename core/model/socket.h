// What a socket is besides the bytes that lie in it (Object::lying) and who has it open: its names, its state, its other end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/event.h"

namespace ipcscope {

// 127.0.0.1:5000, [::1]:5000, a path, an abstract name, or no name (AF_UNIX). Family AF_UNSPEC: not known.
struct SocketAddress {
    int family = 0;
    std::uint16_t port = 0;
    std::string host;                        // 4 or 16 bytes; AF_UNIX: the path, or '\0' and the abstract name; other families: all bytes

    bool is_known() const { return family != 0; }
    bool is_unnamed() const;                 // AF_UNIX without a name
    bool is_any_host() const;                // 0.0.0.0, ::
    bool operator==(const SocketAddress&) const = default;
};

// From the bytes of a struct sockaddr.
SocketAddress address_from(std::string_view bytes);
// The first of several, each behind a 32-bit length (0: none), as facts have them; takes it off.
SocketAddress take_address(std::string_view& text);
std::string text_of_address(const SocketAddress& address);   // "127.0.0.1:5000", "[::1]:5000", "\"door\"", "@\"name\"", "unnamed"
// Whether who says `wanted` means the socket that has bound `bound`.
bool is_meant(const SocketAddress& wanted, const SocketAddress& bound);

// Who has the other end, if it is nobody of this run: the kernel's word.
struct PeerProcess {
    std::int64_t pid = -1;                   // on this machine; 0: it may not be known, -1: nobody was told of
    std::int64_t uid = -1;
    std::string name;

    bool is_known() const { return pid >= 0; }
    bool operator==(const PeerProcess&) const = default;
};
std::string text_of_peer_process(const PeerProcess& peer);   // "curl, pid 4242", "another user's process (uid 33)"

// What a TCP keeps count of (TCP_INFO, tcp(7)).
struct TcpNumbers {
    std::uint32_t congestion_window = 0;     // segments …
    std::uint32_t segment = 0;               // … of so many bytes; 0: not asked
    std::uint32_t round_trip_us = 0, timeout_us = 0;
    std::uint32_t sent_again = 0, on_their_way = 0;   // segments

    bool operator==(const TcpNumbers&) const = default;
};
std::string text_of_tcp_numbers(const TcpNumbers& numbers);  // "cwnd 10 × 1448 B, RTT 0.06 ms, 1 sent again"

enum class SocketStage : std::uint8_t { Made, Listening, Connecting, Connected };

struct SocketState {
    int family = 0, type = 0, protocol = 0;  // type without its flags
    SocketAddress local, peer;
    SocketStage stage = SocketStage::Made;
    std::uint32_t host = 0;                  // where it is; 0: this machine
    std::uint32_t other = no_id;             // the object at the other end, if it is in the run
    std::uint32_t listener = no_id;          // in whose queue it waits: nobody has accepted it yet
    int backlog = 0;                         // of a listener; at most backlog + 1 wait in its queue …
    std::vector<std::uint32_t> queue;        // … oldest first; those behind are not connected yet
    bool has_shut_reading = false, has_shut_writing = false;
    bool is_reset = false;                   // the other end was closed in a way that destroys the connection
    bool resets_at_close = false;            // SO_LINGER with a time of 0
    EventIndex said_end = no_id;             // when it said that it sends no more (FIN)
    std::uint16_t files_coming = 0;          // descriptors on their way to it (SCM_RIGHTS)
    PeerProcess peer_process;
    // The kernel's word at the last quiescence; -1: not asked
    int told_state = -1;                     // of TCP, as tcp(7) counts them
    std::int64_t told_inside = -1, told_unsent = -1;
    EventIndex told_at = no_id;
    TcpNumbers numbers;

    bool is_stream() const;
    bool is_ip() const;
    bool operator==(const SocketState&) const = default;
};

struct Watched {
    int descriptor = -1;
    std::uint32_t events = 0;

    bool operator==(const Watched&) const = default;
};

// An epoll instance.
struct EventPollState {
    std::vector<Watched> watched;

    bool operator==(const EventPollState&) const = default;
};

// The parts of a struct msghdr as message_header.h has it.
struct MessageParts {
    std::string_view address, control, data;
    std::uint64_t data_length = 0;           // true length
    int flags = 0;
};
std::optional<MessageParts> message_parts(const std::optional<Chunk>& chunk);
// Of several: as many as were captured.
std::vector<MessageParts> parts_of_several(const std::optional<Chunk>& chunk);
struct ControlMessage {
    int level, type;
    std::string_view data;
};
// Takes the first one off.
std::optional<ControlMessage> take_control(std::string_view& control);
// The descriptors in SCM_RIGHTS.
std::vector<int> descriptors_in(std::string_view control);

}  // namespace ipcscope
