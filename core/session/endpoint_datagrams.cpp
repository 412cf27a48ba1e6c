// Endpoints of datagrams: UDP and UNIX. Who has sent something is a peer; there is no connection that could end.
#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>

#include "core/session/endpoint_impl.h"

namespace ipcscope {
namespace {

constexpr std::size_t most_waiting = 1000;                      // datagrams
constexpr std::size_t most_peers = 1000;                        // the one that came first is forgotten
constexpr std::size_t longest_datagram = 1u << 18;              // UDP: 65,507 bytes; UNIX: what the sender's buffer holds
constexpr std::chrono::milliseconds before_next_try{20};        // the receiver's queue is full; poll(2) would not say when it is not

using What = EndpointOrder::What;
using Kind = EndpointEventKind;

class DatagramEndpoint final : public Endpoint::Impl {
 public:
    using Impl::Impl;

    Result<void> open() override {
        bool is_connecting = false;
        auto made = plan.listens ? make_bound_socket(SOCK_DGRAM) : make_calling_socket(SOCK_DGRAM, is_connecting);
        if (!made) return made.failure();
        const int yes = 1;
        if (is_unix(plan.kind)) setsockopt(made->get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);    // each says who has sent it
        socket_.emplace(io, made->release());
        if (plan.listens) {
            say_later({.kind = Kind::Listening, .local = local});
        } else {
            EndpointPeer& peer = add(plan.address);
            find_process(peer, socket_->native_handle());
            say_later({.kind = Kind::Connected, .peer = peer.number, .local = peer.local, .remote = peer.remote, .process = peer.process});
        }
        read_on();
        return {};
    }

    void stop() override {
        is_stopped = true;
        asio::error_code ignored;
        pause_.cancel();
        retry_.cancel();
        if (socket_) socket_->close(ignored);
    }

    void end_all() override {}

    std::vector<EndpointPeer> peers() const override {
        std::vector<EndpointPeer> there;
        for (const auto& [number, peer] : peers_) there.push_back(peer);
        return there;
    }

    bool is_sending() const override { return !waiting_.empty(); }

    Result<void> carry_out(const EndpointOrder& order) override {
        switch (order.what) {
            case What::Send: return send_to(order);
            case What::Close: return close();
            case What::Echo: plan.pace.echoes = order.is_on; return {};
            case What::Slow: return slow(order.bytes_a_second);
            default: return Failure{"datagrams have no connection, so there is no end of it, and nothing to reset"};
        }
    }

 private:
    EndpointPeer& add(const SocketAddress& remote) {
        if (peers_.size() >= most_peers) peers_.erase(peers_.begin());
        const unsigned number = ++peers_seen;
        return peers_[number] = {.number = number, .local = local, .remote = remote, .process = {}};
    }

    void say_of(const EndpointPeer& peer, EndpointEvent event) {
        event.peer = peer.number;
        event.local = peer.local;
        event.remote = peer.remote;
        event.process = peer.process;
        say(std::move(event));
    }

    void read_on() {
        if (is_stopped || is_reading_ || is_pausing_ || portion_of(plan.pace).bytes == 0) return;
        is_reading_ = true;
        socket_->async_wait(asio::posix::stream_descriptor::wait_read, when_ready([this] {
            is_reading_ = false;
            read_one();
        }));
    }

    void read_one() {
        static char bytes[longest_datagram];
        sockaddr_storage from{};
        iovec piece{bytes, sizeof bytes};
        alignas(cmsghdr) char space[CMSG_SPACE(sizeof(ucred))] = {};
        msghdr message{};
        message.msg_name = &from;
        message.msg_namelen = sizeof from;
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        if (portion_of(plan.pace).bytes == 0) return;
        const ssize_t length = recvmsg(socket_->native_handle(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (length < 0 && errno != EAGAIN) fail(peers_.empty() ? EndpointPeer{} : peers_.rbegin()->second, errno);
        if (length < 0) return read_on();
        hear({bytes, static_cast<std::size_t>(length)}, address_from({reinterpret_cast<const char*>(&from), message.msg_namelen}), message);
        if (is_stopped) return;
        pause_after(static_cast<std::size_t>(length));
    }

    void hear(std::string_view bytes, SocketAddress remote, msghdr& message) {
        if (!remote.is_known() && is_unix(plan.kind)) remote.family = AF_UNIX;
        const auto known = std::ranges::find_if(peers_, [&](const auto& row) { return row.second.remote == remote; });
        EndpointPeer& peer = known == peers_.end() ? add(remote) : known->second;
        if (is_unix(plan.kind) && plan.names_processes) name_sender(peer, message);
        find_process(peer, socket_->native_handle());
        const EndpointPeer there = peer;
        if (known == peers_.end()) say_of(there, {.kind = Kind::Connected});
        if (!is_stopped) say_of(there, {.kind = Kind::Received, .bytes = bytes});
        if (is_stopped || !plan.pace.echoes || there.remote.is_unnamed()) return;
        if (waiting_.size() < most_waiting) waiting_.push_back({there.number, std::string(bytes)});
        write_on();
    }

    static void name_sender(EndpointPeer& peer, msghdr& message) {
        for (cmsghdr* one = CMSG_FIRSTHDR(&message); one; one = CMSG_NXTHDR(&message, one)) {
            if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_CREDENTIALS) continue;
            ucred who;
            memcpy(&who, CMSG_DATA(one), sizeof who);
            if (who.pid <= 0 || (peer.process && peer.process->pid == who.pid)) continue;
            const std::string name = name_of_socket_owner(who.pid);
            if (!name.empty()) peer.process = SocketOwner{who.pid, -1, name};
        }
    }

    // So many bytes have been taken at once: a long pause for a long datagram, which cannot be read in parts.
    void pause_after(std::size_t bytes) {
        if (!plan.pace.bytes_a_second) return read_on();
        is_pausing_ = true;
        pause_.expires_after(std::chrono::milliseconds(1000 * std::max<std::size_t>(bytes, 1) / std::max<std::uint64_t>(*plan.pace.bytes_a_second, 1)));
        pause_.async_wait(when_ready([this] {
            is_pausing_ = false;
            read_on();
        }));
    }

    Result<void> send_to(const EndpointOrder& order) {
        if (peers_.empty()) return Failure{"nobody has sent anything yet, so there is nobody to answer"};
        const auto found = order.peer == 0 ? std::prev(peers_.end()) : peers_.find(order.peer);
        if (found == peers_.end()) return Failure{"there is no peer " + std::to_string(order.peer)};
        if (found->second.remote.is_unnamed()) return Failure{"the sender's socket has no name (it was never bound), so nothing can be sent to it"};
        if (waiting_.size() >= most_waiting) return Failure{"1,000 datagrams wait already: the other end does not read"};
        waiting_.push_back({found->first, order.bytes});
        write_on();
        return {};
    }

    void write_on() {
        while (!is_stopped && !is_retrying_ && !waiting_.empty()) {
            const auto found = peers_.find(waiting_.front().peer);
            if (found == peers_.end()) {
                waiting_.pop_front();
                continue;
            }
            const EndpointPeer peer = found->second;
            const std::string bytes = waiting_.front().bytes;
            const KernelAddress to = kernel_address_from(peer.remote);
            const ssize_t length = plan.listens ? sendto(socket_->native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to.get(), to.length)
                                                : send(socket_->native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (length < 0 && errno == EAGAIN) return try_again_soon();
            const int error = length < 0 ? errno : 0;
            waiting_.pop_front();
            if (error != 0) fail(peer, error);
            else say_of(peer, {.kind = Kind::Sent, .bytes = bytes, .waiting = waiting_.size()});
        }
    }

    void try_again_soon() {
        is_retrying_ = true;
        retry_.expires_after(before_next_try);
        retry_.async_wait(when_ready([this] {
            is_retrying_ = false;
            write_on();
        }));
    }

    void fail(const EndpointPeer& peer, int error) {
        const bool is_too_long = error == EMSGSIZE;
        say_of(peer, {.kind = Kind::Failed, .error = error,
                      .sentence = is_too_long ? std::string("it is too long for one datagram (UDP over IPv4: at most 65,507 bytes)")
                                              : sentence_of_connect_error(plan.kind, peer.remote, error)});
    }

    Result<void> close() {
        if (plan.listens) return Failure{"datagrams have no connection, so there is none to close"};
        const EndpointPeer peer = peers_.begin()->second;
        asio::error_code ignored;
        socket_->close(ignored);
        is_over = true;
        say_of(peer, {.kind = Kind::Closed, .waiting = waiting_.size()});
        stop();
        return {};
    }

    Result<void> slow(std::optional<std::uint64_t> bytes_a_second) {
        plan.pace.bytes_a_second = bytes_a_second;
        make_receive_buffer_small(socket_->native_handle());
        pause_.cancel();
        is_pausing_ = false;
        read_on();
        return {};
    }

    struct Waiting {
        unsigned peer;
        std::string bytes;
    };

    std::optional<asio::posix::stream_descriptor> socket_;
    asio::steady_timer pause_{io}, retry_{io};
    std::map<unsigned, EndpointPeer> peers_;
    std::deque<Waiting> waiting_;
    bool is_reading_ = false, is_pausing_ = false, is_retrying_ = false;
};

}  // namespace

std::shared_ptr<Endpoint::Impl> make_datagram_endpoint(asio::io_context& io, EndpointPlan plan, Endpoint::Tell tell, Endpoint::MakeSocket sockets) {
    return std::make_shared<DatagramEndpoint>(io, std::move(plan), std::move(tell), std::move(sockets));
}

}  // namespace ipcscope
