// What endpoints of streams and of datagrams have in common: the plan, who is told, who is who, and the path to be removed.
#pragma once

#include <asio.hpp>
#include <string>

#include "core/session/endpoint.h"
#include "core/session/sock_diag.h"

namespace ipcscope {

struct Endpoint::Impl : std::enable_shared_from_this<Endpoint::Impl> {
    Impl(asio::io_context& io, EndpointPlan plan, Tell tell, MakeSocket sockets);
    Impl(const Impl&) = delete;
    virtual ~Impl();

    virtual Result<void> open() = 0;
    virtual Result<void> carry_out(const EndpointOrder& order) = 0;
    virtual void stop() = 0;                          // closes everything; nothing is told any more
    virtual void end_all() = 0;
    virtual std::vector<EndpointPeer> peers() const = 0;
    virtual bool is_sending() const = 0;

    // A socket that is bound if it listens, with a path that somebody left removed first; and if it calls connected, or about to be.
    Result<UniqueFd> make_bound_socket(int type);
    Result<UniqueFd> make_calling_socket(int type, bool& is_connecting);
    void make_receive_buffer_small(int socket) const;

    void say(EndpointEvent event);                    // the time is added
    void say_later(EndpointEvent event);              // from the loop, as `tell` is never called from inside open()
    void find_process(EndpointPeer& peer, int socket);

    // What a wait ends in, unless it was cancelled or the endpoint is no more.
    template <class Work>
    auto when_ready(Work work) {
        return [weak = weak_from_this(), work = std::move(work)](const asio::error_code& error) {
            if (const auto self = weak.lock(); self && !error && !self->is_stopped) work();
        };
    }

    asio::io_context& io;
    EndpointPlan plan;
    Tell tell;
    MakeSocket make_socket;
    SocketAddress local;
    bool is_stopped = false, is_over = false;
    unsigned peers_seen = 0;

 private:
    Result<void> bind_to(int socket, int type);
    bool is_left_over(int type) const;

    SockDiag diag_;
    SocketOwners owners_;
    std::string path_;                                // that it has made
};

std::shared_ptr<Endpoint::Impl> make_stream_endpoint(asio::io_context& io, EndpointPlan plan, Endpoint::Tell tell, Endpoint::MakeSocket sockets);
std::shared_ptr<Endpoint::Impl> make_datagram_endpoint(asio::io_context& io, EndpointPlan plan, Endpoint::Tell tell, Endpoint::MakeSocket sockets);

// How much is read at once: with a pace, at most ten times a second, or one byte as often as it takes.
struct Portion {
    std::size_t bytes;
    std::chrono::milliseconds pause;                  // before the next
};
Portion portion_of(const EndpointPace& pace);
inline constexpr std::size_t most_read = 65536;

}  // namespace ipcscope
