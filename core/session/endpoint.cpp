#include "core/session/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/keeper/inet_diag.h"
#include "core/model/canonical.h"
#include "core/session/endpoint_impl.h"

namespace ipcscope {
namespace {

constexpr int small_buffer = 4096;                    // the kernel doubles it, for its own bookkeeping (socket(7))

constexpr std::array endpoint_event_names = {
    "listening", "connected", "received", "sent", "peer finished", "half-closed", "closed", "was reset", "reset", "failed", "noted",
};
static_assert(endpoint_event_names.size() == static_cast<std::size_t>(EndpointEventKind::Noted) + 1);

bool is_path(const SocketAddress& address) { return address.family == AF_UNIX && !address.host.empty() && address.host.front() != '\0'; }

// The inode of a UDP socket that is not connected, or of the listener in whose queue a connection lies; 0: there is none.
std::uint64_t inode_of_whom_it_goes_to(const SocketAddress& address, bool is_tcp) {
    std::vector<InetSocket> all;
    if (list_inet_sockets(all) != 0) return 0;
    const auto found = std::ranges::find_if(all, [&](const InetSocket& socket) {
        const bool is_meant = is_tcp ? socket.protocol == IPPROTO_TCP && socket.state == TCP_LISTEN : socket.protocol == IPPROTO_UDP;
        return is_meant && socket.local_port == address.port && socket.family == address.family;
    });
    return found == all.end() ? 0 : found->inode;
}

}  // namespace

const char* name_of(EndpointEventKind kind) { return endpoint_event_names[static_cast<std::size_t>(kind)]; }

std::string text_of_endpoint_event(const EndpointEvent& event, std::size_t bytes) {
    std::string text = event.peer == 0 ? "" : std::to_string(event.peer) + " ";
    if (event.kind != EndpointEventKind::Noted) text += name_of(event.kind);
    const std::string process = !event.process ? "" : ", " + text_of_peer_process({event.process->pid, 0, event.process->name});
    if (event.kind == EndpointEventKind::Listening) text += " at " + text_of_address(event.local);
    if (event.kind == EndpointEventKind::Connected) text += ": " + text_of_address(event.local) + " and " + text_of_address(event.remote) + process;
    if (event.kind == EndpointEventKind::Received || event.kind == EndpointEventKind::Sent)
        text += " " + std::to_string(event.bytes.size()) + (event.bytes.size() == 1 ? " byte: " : " bytes: ") + text_of_bytes(event.bytes, event.bytes.size(), bytes);
    if (event.kind == EndpointEventKind::Sent && event.waiting > 0) text += ", " + std::to_string(event.waiting) + " more wait";
    if (event.error != 0 && event.kind != EndpointEventKind::Noted) text += " (" + text_of_errno(event.error) + ")";
    const bool is_lost = event.kind != EndpointEventKind::Sent && event.waiting > 0;
    if (is_lost) text += ", " + std::to_string(event.waiting) + " not sent";
    if (!event.sentence.empty()) text += (event.kind == EndpointEventKind::Noted ? "" : ": ") + event.sentence;
    return text;
}

Portion portion_of(const EndpointPace& pace) {
    using std::chrono::milliseconds;
    if (!pace.bytes_a_second) return {most_read, milliseconds(0)};
    const std::uint64_t rate = *pace.bytes_a_second;
    if (rate >= 10) return {std::min<std::size_t>(rate / 10, most_read), milliseconds(100)};
    return {rate == 0 ? 0u : 1u, milliseconds(rate == 0 ? 0 : 1000 / rate)};
}

// --- What streams and datagrams have in common -------------------------------------------------------

Endpoint::Impl::Impl(asio::io_context& loop, EndpointPlan wanted, Tell told, MakeSocket sockets)
    : io(loop), plan(std::move(wanted)), tell(std::move(told)), make_socket(std::move(sockets)) {
    if (!make_socket) make_socket = [](int family, int type) { return UniqueFd(socket(family, type | SOCK_CLOEXEC, 0)); };
}

Endpoint::Impl::~Impl() {
    if (!path_.empty()) unlink(path_.c_str());
}

void Endpoint::Impl::make_receive_buffer_small(int socket) const {
    if (plan.pace.bytes_a_second) setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &small_buffer, sizeof small_buffer);
}

// A socket's path stays when its program was killed. Then nobody is there: the kernel refuses a connection.
bool Endpoint::Impl::is_left_over(int type) const {
    struct stat about;
    if (stat(plan.address.host.c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) return false;
    const UniqueFd visitor(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const KernelAddress address = kernel_address_from(plan.address);
    return visitor && connect(visitor.get(), address.get(), address.length) != 0 && errno == ECONNREFUSED;
}

Result<void> Endpoint::Impl::bind_to(int socket, int type) {
    const KernelAddress address = kernel_address_from(plan.address);
    int failed = bind(socket, address.get(), address.length);
    if (failed != 0 && errno == EADDRINUSE && is_path(plan.address) && is_left_over(type)) {
        say_later({.kind = EndpointEventKind::Noted, .sentence = text_of_address(plan.address) + " was left by a program that is gone: it is removed, and made anew"});
        unlink(plan.address.host.c_str());
        failed = bind(socket, address.get(), address.length);
    }
    if (failed != 0) return Failure{sentence_of_bind_error(plan.kind, plan.address, errno)};
    if (is_path(plan.address)) path_ = plan.address.host;
    return {};
}

Result<UniqueFd> Endpoint::Impl::make_bound_socket(int type) {
    UniqueFd made = make_socket(plan.address.family, type);
    if (!made) return Failure{sentence_of_bind_error(plan.kind, plan.address, errno)};
    fcntl(made.get(), F_SETFL, fcntl(made.get(), F_GETFL) | O_NONBLOCK);
    make_receive_buffer_small(made.get());
    const int yes = 1;
    // What is left of old connections (TIME-WAIT) is no hindrance; another listener is.
    if (plan.kind == EndpointKind::Tcp) setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (const auto bound = bind_to(made.get(), type); !bound) return bound.failure();
    if (type == SOCK_STREAM && listen(made.get(), SOMAXCONN) != 0) return Failure{sentence_of_bind_error(plan.kind, plan.address, errno)};
    local = own_address_of(made.get());
    return made;
}

Result<UniqueFd> Endpoint::Impl::make_calling_socket(int type, bool& is_connecting) {
    UniqueFd made = make_socket(plan.address.family, type);
    if (!made) return Failure{sentence_of_connect_error(plan.kind, plan.address, errno)};
    fcntl(made.get(), F_SETFL, fcntl(made.get(), F_GETFL) | O_NONBLOCK);
    make_receive_buffer_small(made.get());
    // Whoever gets a datagram can answer only one that has a name: the kernel chooses it (unix(7), autobind).
    const sockaddr_un no_name{.sun_family = AF_UNIX, .sun_path = {}};
    if (plan.kind == EndpointKind::UnixDatagrams) (void)bind(made.get(), reinterpret_cast<const sockaddr*>(&no_name), sizeof no_name.sun_family);
    const KernelAddress address = kernel_address_from(plan.address);
    is_connecting = connect(made.get(), address.get(), address.length) != 0;
    if (is_connecting && errno != EINPROGRESS) return Failure{sentence_of_connect_error(plan.kind, plan.address, errno)};
    local = own_address_of(made.get());
    return made;
}

void Endpoint::Impl::say(EndpointEvent event) {
    event.at = std::chrono::system_clock::now();
    if (!is_stopped) tell(event);
}

void Endpoint::Impl::say_later(EndpointEvent event) {
    asio::post(io, [weak = weak_from_this(), event = std::move(event)] {
        if (const auto self = weak.lock()) self->say(event);
    });
}

void Endpoint::Impl::find_process(EndpointPeer& peer, int socket) {
    if (!plan.names_processes || peer.process) return;
    if (is_unix(plan.kind)) {
        ucred who{};
        socklen_t length = sizeof who;
        if (is_stream(plan.kind) && getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0 && who.pid > 0)
            peer.process = SocketOwner{who.pid, -1, name_of_socket_owner(who.pid)};
        return;
    }
    const auto told = diag_.find(plan.kind == EndpointKind::Tcp ? IPPROTO_TCP : IPPROTO_UDP, peer.remote, peer.local);
    const bool has_owner = told && told->inode != 0;
    const std::uint64_t inode = has_owner ? told->inode : inode_of_whom_it_goes_to(peer.remote, plan.kind == EndpointKind::Tcp);
    if (inode != 0) peer.process = owners_.find(inode);
}

// --- The endpoint ------------------------------------------------------------------------------------

Endpoint::Endpoint(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Endpoint::~Endpoint() { impl_->stop(); }

Result<std::unique_ptr<Endpoint>> Endpoint::open(asio::io_context& io, EndpointPlan plan, Tell tell, MakeSocket sockets) {
    const auto make = is_stream(plan.kind) ? make_stream_endpoint : make_datagram_endpoint;
    std::unique_ptr<Endpoint> endpoint(new Endpoint(make(io, std::move(plan), std::move(tell), std::move(sockets))));
    if (const auto opened = endpoint->impl_->open(); !opened) return opened.failure();
    return endpoint;
}

Result<void> Endpoint::carry_out(const EndpointOrder& order) { return impl_->carry_out(order); }
const EndpointPlan& Endpoint::plan() const { return impl_->plan; }
SocketAddress Endpoint::local() const { return impl_->local; }
std::vector<EndpointPeer> Endpoint::peers() const { return impl_->peers(); }
bool Endpoint::is_sending() const { return impl_->is_sending(); }
bool Endpoint::is_over() const { return impl_->is_over; }
void Endpoint::end_all() { impl_->end_all(); }

}  // namespace ipcscope
