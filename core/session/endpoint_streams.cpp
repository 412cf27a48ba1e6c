// Endpoints of connections: TCP and UNIX streams.
#include <errno.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "core/session/endpoint_impl.h"

namespace ipcscope {
namespace {

constexpr std::size_t most_waiting = std::size_t{256} << 20;    // nobody reads: no more orders to send are taken
constexpr std::size_t enough_to_echo = 1u << 20;                // no more is read until some of it is sent
constexpr std::chrono::milliseconds before_next_accept{200};

using What = EndpointOrder::What;
using Kind = EndpointEventKind;

struct Connection {
    Connection(asio::io_context& io, UniqueFd taken) : socket(io, taken.release()), pause(io) {}

    EndpointPeer about;
    asio::posix::stream_descriptor socket;
    asio::steady_timer pause;                         // between two portions
    std::string waiting;                              // to be sent …
    std::size_t sent = 0;                             // … of which so much has been
    enum class After { Nothing, HalfClose, Close } after = After::Nothing;    // all is sent
    bool is_connecting = false, is_reading = false, is_pausing = false, is_writing = false;
    bool has_finished = false, peer_has_finished = false;

    std::size_t left() const { return waiting.size() - sent; }
};
using Peer = std::shared_ptr<Connection>;

class StreamEndpoint final : public Endpoint::Impl {
 public:
    using Impl::Impl;

    Result<void> open() override { return plan.listens ? open_listener() : call(); }

    void stop() override {
        is_stopped = true;
        if (listener_) listener_->close();
        pause_.cancel();
        for (const auto& [number, peer] : peers_) destroy(*peer);
        peers_.clear();
    }

    void end_all() override {
        if (listener_) listener_->close();
        for (const Peer& peer : all()) finish(peer, Connection::After::HalfClose);
    }

    std::vector<EndpointPeer> peers() const override {
        std::vector<EndpointPeer> there;
        for (const auto& [number, peer] : peers_) there.push_back(peer->about);
        return there;
    }

    bool is_sending() const override {
        return std::ranges::any_of(peers_, [](const auto& row) { return row.second->left() > 0; });
    }

    Result<void> carry_out(const EndpointOrder& order) override {
        if (order.what == What::Echo || order.what == What::Slow) return change_pace(order), Result<void>();
        const auto found = order.peer == 0 ? (peers_.empty() ? peers_.end() : std::prev(peers_.end())) : peers_.find(order.peer);
        if (found == peers_.end()) return Failure{order.peer == 0 ? "nobody is connected" : "peer " + std::to_string(order.peer) + " is not connected"};
        const Peer peer = found->second;
        switch (order.what) {
            case What::Send: return send_to(peer, order.bytes);
            case What::HalfClose: return half_close(peer);
            case What::Close: return finish(peer, Connection::After::Close), Result<void>();
            default: return reset(peer), Result<void>();
        }
    }

 private:
    Result<void> open_listener() {
        auto made = make_bound_socket(SOCK_STREAM);
        if (!made) return made.failure();
        listener_.emplace(io, made->release());
        say_later({.kind = Kind::Listening, .local = local});
        accept_next();
        return {};
    }

    Result<void> call() {
        bool is_connecting = false;
        auto made = make_calling_socket(SOCK_STREAM, is_connecting);
        if (!made) return made.failure();
        const Peer peer = add(*std::move(made));
        peer->is_connecting = true;
        peer->socket.async_wait(asio::posix::stream_descriptor::wait_write, when_ready([this, peer] { connected(peer); }));
        return {};
    }

    void connected(const Peer& peer) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(peer->socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0) return lose(peer, {.kind = Kind::Failed, .error = error, .sentence = sentence_of_connect_error(plan.kind, plan.address, error)});
        peer->is_connecting = false;
        welcome(peer);
        write_on(peer);
        read_on(peer);
    }

    void accept_next() {
        listener_->async_wait(asio::posix::stream_descriptor::wait_read, when_ready([this] { accept_all(); }));
    }

    void accept_all() {
        for (;;) {
            UniqueFd taken(accept4(listener_->native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (!taken && (errno == EMFILE || errno == ENFILE)) return wait_for_descriptors();
            if (!taken && errno == ECONNABORTED) continue;
            if (!taken) break;
            const Peer peer = add(std::move(taken));
            welcome(peer);
            if (is_stopped || !listener_->is_open()) return;
            read_on(peer);
        }
        accept_next();
    }

    void wait_for_descriptors() {
        EndpointEvent event;
        event.error = EMFILE;
        event.sentence = "no descriptor is left: who comes now waits in the queue until somebody goes";
        say(std::move(event));
        pause_.expires_after(before_next_accept);
        pause_.async_wait(when_ready([this] { accept_all(); }));
    }

    Peer add(UniqueFd socket) {
        const Peer peer = std::make_shared<Connection>(io, std::move(socket));
        peer->about.number = ++peers_seen;
        return peers_[peer->about.number] = peer;
    }

    void welcome(const Peer& peer) {
        peer->about.local = own_address_of(peer->socket.native_handle());
        peer->about.remote = peer_address_of(peer->socket.native_handle());
        find_process(peer->about, peer->socket.native_handle());
        say_of(peer, {.kind = Kind::Connected});
    }

    void say_of(const Peer& peer, EndpointEvent event) {
        event.peer = peer->about.number;
        event.local = peer->about.local;
        event.remote = peer->about.remote;
        event.process = peer->about.process;
        say(std::move(event));
    }

    bool is_there(const Peer& peer) const { return !is_stopped && peers_.contains(peer->about.number); }
    std::vector<Peer> all() const {
        std::vector<Peer> there;
        for (const auto& [number, peer] : peers_) there.push_back(peer);
        return there;
    }

    // --- What arrives ---

    void read_on(const Peer& peer) {
        if (!is_there(peer) || peer->is_connecting || peer->is_reading || peer->is_pausing || peer->peer_has_finished) return;
        if (portion_of(plan.pace).bytes == 0 || (plan.pace.echoes && peer->left() > enough_to_echo)) return;
        peer->is_reading = true;
        peer->socket.async_wait(asio::posix::stream_descriptor::wait_read, when_ready([this, peer] {
            peer->is_reading = false;
            read_portion(peer);
        }));
    }

    void read_portion(const Peer& peer) {
        static char bytes[most_read];
        const Portion portion = portion_of(plan.pace);
        if (!is_there(peer) || portion.bytes == 0) return;
        const ssize_t length = recv(peer->socket.native_handle(), bytes, portion.bytes, MSG_DONTWAIT);
        if (length < 0 && errno != EAGAIN) return lose(peer, errno);
        if (length == 0) return hear_end(peer);
        if (length > 0) pause_for(peer, portion.pause);
        if (length > 0) take(peer, {bytes, static_cast<std::size_t>(length)});
        read_on(peer);
    }

    void pause_for(const Peer& peer, std::chrono::milliseconds pause) {
        if (pause.count() == 0) return;
        peer->is_pausing = true;
        peer->pause.expires_after(pause);
        peer->pause.async_wait(when_ready([this, peer] {
            peer->is_pausing = false;
            read_on(peer);
        }));
    }

    void take(const Peer& peer, std::string_view bytes) {
        find_process(peer->about, peer->socket.native_handle());    // it was perhaps not accepted yet when we came
        if (plan.pace.echoes && !peer->has_finished) peer->waiting += bytes;
        say_of(peer, {.kind = Kind::Received, .bytes = bytes});
        write_on(peer);
    }

    void hear_end(const Peer& peer) {
        peer->peer_has_finished = true;
        say_of(peer, {.kind = Kind::PeerFinished});
        if (!is_there(peer)) return;
        if (peer->has_finished) return close(peer);
        if (plan.pace.echoes) finish(peer, Connection::After::Close);
    }

    // --- What is sent ---

    Result<void> send_to(const Peer& peer, const std::string& bytes) {
        if (peer->has_finished || peer->after != Connection::After::Nothing) return Failure{"you have said that you send no more (half-close): nothing can follow"};
        if (peer->left() + bytes.size() > most_waiting) return Failure{"256 MiB wait already: the other end does not read"};
        peer->waiting += bytes;
        write_on(peer);
        return {};
    }

    void write_on(const Peer& peer) {
        if (!is_there(peer) || peer->is_connecting || peer->is_writing) return;
        peer->is_writing = true;                      // an order from inside `tell` only adds to what waits
        while (peer->left() > 0) {
            const ssize_t length = send(peer->socket.native_handle(), peer->waiting.data() + peer->sent, peer->left(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (length < 0 && errno == EAGAIN) return write_when_there_is_room(peer);
            if (length < 0) return lose(peer, errno);
            const std::string bytes = peer->waiting.substr(peer->sent, static_cast<std::size_t>(length));
            peer->sent += bytes.size();
            say_of(peer, {.kind = Kind::Sent, .bytes = bytes, .waiting = peer->left()});
            if (!is_there(peer)) return;
        }
        peer->is_writing = false;
        peer->waiting.clear();
        peer->sent = 0;
        read_on(peer);
        do_what_comes_after(peer);
    }

    void write_when_there_is_room(const Peer& peer) {
        peer->socket.async_wait(asio::posix::stream_descriptor::wait_write, when_ready([this, peer] {
            peer->is_writing = false;
            write_on(peer);
        }));
    }

    void do_what_comes_after(const Peer& peer) {
        const auto after = std::exchange(peer->after, Connection::After::Nothing);
        if (after == Connection::After::Close) return close(peer);
        if (after != Connection::After::HalfClose || peer->has_finished) return;
        peer->has_finished = true;
        shutdown(peer->socket.native_handle(), SHUT_WR);
        say_of(peer, {.kind = Kind::HalfClosed});
        if (is_there(peer) && peer->peer_has_finished) close(peer);
    }

    // --- How it ends ---

    Result<void> half_close(const Peer& peer) {
        if (peer->has_finished || peer->after != Connection::After::Nothing) return Failure{"you have said already that you send no more"};
        finish(peer, Connection::After::HalfClose);
        return {};
    }

    void finish(const Peer& peer, Connection::After after) {
        peer->after = std::max(peer->after, after);
        write_on(peer);
    }

    // What has arrived and was never read makes the kernel destroy the connection (RFC 9293, 3.6.1; unix(7)).
    void close(const Peer& peer) {
        int unread = 0;
        ioctl(peer->socket.native_handle(), FIONREAD, &unread);
        const std::string sentence = unread == 0 ? "" : std::to_string(unread) + " bytes that had arrived were not read: the other end sees a reset";
        lose(peer, {.kind = Kind::Closed, .sentence = sentence});
    }

    void reset(const Peer& peer) {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        setsockopt(peer->socket.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        int unread = 0;
        ioctl(peer->socket.native_handle(), FIONREAD, &unread);
        const bool is_mere_end = is_unix(plan.kind) && unread == 0;
        lose(peer, {.kind = Kind::Reset, .sentence = is_mere_end ? "UNIX sockets have no reset of their own: the other end sees end of file" : ""});
    }

    void lose(const Peer& peer, int error) {
        const bool is_reset = error == ECONNRESET || error == EPIPE;
        lose(peer, {.kind = is_reset ? Kind::WasReset : Kind::Failed, .error = error, .sentence = is_reset ? "" : std::strerror(error)});
    }

    void lose(const Peer& peer, EndpointEvent event) {
        event.waiting = peer->left();
        destroy(*peer);
        peers_.erase(peer->about.number);
        is_over = !plan.listens;
        say_of(peer, std::move(event));
    }

    void destroy(Connection& connection) {
        asio::error_code ignored;
        connection.pause.cancel();
        connection.socket.close(ignored);
    }

    void change_pace(const EndpointOrder& order) {
        if (order.what == What::Echo) plan.pace.echoes = order.is_on;
        if (order.what == What::Slow) plan.pace.bytes_a_second = order.bytes_a_second;
        for (const Peer& peer : all()) {
            make_receive_buffer_small(peer->socket.native_handle());
            peer->pause.cancel();
            peer->is_pausing = false;
            read_on(peer);
        }
    }

    std::optional<asio::posix::stream_descriptor> listener_;
    asio::steady_timer pause_{io};
    std::map<unsigned, Peer> peers_;
};

}  // namespace

std::shared_ptr<Endpoint::Impl> make_stream_endpoint(asio::io_context& io, EndpointPlan plan, Endpoint::Tell tell, Endpoint::MakeSocket sockets) {
    return std::make_shared<StreamEndpoint>(io, std::move(plan), std::move(tell), std::move(sockets));
}

}  // namespace ipcscope
