// An endpoint: a socket that ipcscope itself holds, for the learner to talk with by hand. It listens, or calls; sends what it is
// told; says what arrives, and when; can echo, half-close, close, reset, and read slowly, so that flow control shows.
//
// Thread: none of its own. Whoever runs the io_context runs the endpoint; every function here is called on that thread, and so is
// `tell`, never from inside open(). Ownership: it owns its descriptors; a path that it made is removed with it.
// Times are of the moment when ipcscope read or wrote, not of the wire. Errors are events, or a sentence as a Result.
// Sources: tcp(7), udp(7), unix(7), socket(7) for SO_LINGER, shutdown(2); who is at the other end: sock_diag(7) and /proc,
// or SO_PEERCRED.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/session/endpoint_address.h"
#include "core/session/endpoint_order.h"
#include "core/session/socket_owner.h"
#include "core/session/unique_fd.h"
#include "core/trace/result.h"

namespace asio {
class io_context;
}

namespace ipcscope {

struct EndpointPlan {
    EndpointKind kind = EndpointKind::Tcp;
    bool listens = true;                              // else it calls
    SocketAddress address;                            // where it listens; whom it calls
    EndpointPace pace;                                // with `bytes_a_second` it also has a small receive buffer, which soon is full
    bool names_processes = true;                      // asks the kernel who is at the other end. Of use in this process's own network only
};

// A row each in `endpoint_event_names`. A peer is somebody at the other end: of a connection, or whoever sent datagrams from one address.
enum class EndpointEventKind : std::uint8_t {
    Listening,     // the endpoint has its address
    Connected,     // a peer is there
    Received,      // bytes, as one recv returned them; a datagram
    Sent,          // bytes, as the kernel has taken them; `waiting` more are not taken yet
    PeerFinished,  // end of file: the peer sends no more
    HalfClosed,    // we send no more
    Closed,        // by us
    WasReset,      // by the peer
    Reset,         // by us
    Failed,        // `sentence` says what, and why. The peer, if any, is gone; but not one that datagrams go to
    Noted,         // `sentence`
};
const char* name_of(EndpointEventKind kind);

struct EndpointEvent {
    EndpointEventKind kind = EndpointEventKind::Noted;
    std::chrono::system_clock::time_point at = {};
    unsigned peer = 0;                                // from 1, in the order of their coming, never used again; 0: the endpoint itself
    SocketAddress local = {}, remote = {};            // with the protocol, what names them on this machine
    std::optional<SocketOwner> process = {};          // who has the other end
    std::string_view bytes = {};                      // valid during the call
    std::size_t waiting = 0;
    int error = 0;                                    // Failed, WasReset: errno
    std::string sentence = {};
};
// "received 5 bytes: "hello""; without the time, and who it was is said by its number and when it comes. `bytes`: at most so many are shown.
std::string text_of_endpoint_event(const EndpointEvent& event, std::size_t bytes = 64);

struct EndpointPeer {
    unsigned number = 0;
    SocketAddress local, remote;
    std::optional<SocketOwner> process;
};

class Endpoint {
 public:
    using Tell = std::function<void(const EndpointEvent&)>;
    // `sockets`: where its socket comes from, for a network that is not this process's own; else socket(2).
    using MakeSocket = std::function<UniqueFd(int family, int type)>;
    static Result<std::unique_ptr<Endpoint>> open(asio::io_context& io, EndpointPlan plan, Tell tell, MakeSocket sockets = {});
    ~Endpoint();                                      // closes everything; what was not sent yet is lost

    // To the peer that the order names, or to the newest there is. A sentence if it cannot be done.
    Result<void> carry_out(const EndpointOrder& order);
    const EndpointPlan& plan() const;
    SocketAddress local() const;                      // of the socket that it has opened itself
    std::vector<EndpointPeer> peers() const;          // those that are there
    bool is_sending() const;                          // something waits to be sent
    bool is_over() const;                             // it called, and that connection is no more: nothing can happen any more
    void end_all();                                   // half-closes each connection when all is sent, and goes on reading

    struct Impl;

 private:
    explicit Endpoint(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace ipcscope
