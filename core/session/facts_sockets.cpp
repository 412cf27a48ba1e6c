// What the kernel says of a socket: asked through a copy of its descriptor, which works whatever network namespace it lives in.
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>
#include <span>
#include <thread>

#include "core/session/facts.h"
#include "core/session/pidfd.h"
#include "core/session/proc.h"

namespace ipcscope {
namespace {

// A struct sockaddr behind its length.
void append_address(std::string& text, int socket, int (*ask)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage address{};
    socklen_t room = sizeof address;
    const bool is_told = ask(socket, reinterpret_cast<sockaddr*>(&address), &room) == 0;
    const std::uint32_t length = is_told ? std::min<std::uint32_t>(room, sizeof address) : 0;
    text.append(reinterpret_cast<const char*>(&length), sizeof length);
    text.append(reinterpret_cast<const char*>(&address), length);
}

void append_address(std::string& text, int family, const unsigned char* host, std::uint16_t port) {
    sockaddr_storage address{};
    std::uint32_t length = sizeof(sockaddr_in);
    if (family == AF_INET) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(address);
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, host, sizeof v4.sin_addr);
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
        v6.sin6_port = htons(port);
        std::memcpy(&v6.sin6_addr, host, sizeof v6.sin6_addr);
        length = sizeof v6;
    }
    address.ss_family = static_cast<sa_family_t>(family);
    text.append(reinterpret_cast<const char*>(&length), sizeof length);
    text.append(reinterpret_cast<const char*>(&address), length);
}

std::int64_t two(std::uint32_t high, std::uint32_t low) { return static_cast<std::int64_t>(std::uint64_t{high} << 32 | low); }

int option_of(int socket, int option) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 ? value : 0;
}

std::int64_t bytes_by(int socket, unsigned long request) {
    int bytes = -1;
    return ioctl(socket, request, &bytes) == 0 ? bytes : -1;
}

struct State {
    std::int64_t state = -1, received = -1, unsent = -1;
    std::optional<tcp_info> about;    // of a TCP that does not listen
};

State state_of(int socket, int family, int type) {
    State told;
    tcp_info about{};
    socklen_t length = sizeof about;
    const bool is_tcp = type == SOCK_STREAM && (family == AF_INET || family == AF_INET6);
    if (is_tcp && getsockopt(socket, IPPROTO_TCP, TCP_INFO, &about, &length) == 0) {
        told.state = about.tcpi_state;
        if (about.tcpi_state == TCP_LISTEN) return {TCP_LISTEN, about.tcpi_unacked, about.tcpi_sacked, std::nullopt};
        told.about = about;
        told.received = bytes_by(socket, SIOCINQ);
        told.unsent = bytes_by(socket, SIOCOUTQNSD);
        return told;
    }
    if (option_of(socket, SO_ACCEPTCONN) != 0) return {TCP_LISTEN, -1, -1, std::nullopt};
    sockaddr_storage peer{};
    length = sizeof peer;
    told.state = getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) == 0 ? TCP_ESTABLISHED : TCP_CLOSE;
    told.received = bytes_by(socket, SIOCINQ);
    told.unsent = 0;
    return told;
}

std::optional<SocketAddress> address_by(int socket, int (*ask)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage address{};
    socklen_t room = sizeof address;
    if (ask(socket, reinterpret_cast<sockaddr*>(&address), &room) != 0) return std::nullopt;
    return address_from({reinterpret_cast<const char*>(&address), std::min<std::size_t>(room, sizeof address)});
}

bool shares_network(pid_t pid) {
    static const std::string here = read_link("/proc/self/ns/net");
    return !here.empty() && read_link(proc_path(pid, "ns/net")) == here;
}

// Its FIN is on its way, or the answer to it, and nothing else keeps it: on a loopback that is over in a moment. (The FIN counts as one byte.)
bool is_about_to_end(const InetSocket& socket) {
    const bool has_said_end = socket.state == TCP_FIN_WAIT1 || socket.state == TCP_CLOSING || socket.state == TCP_LAST_ACK;
    return socket.protocol == IPPROTO_TCP && has_said_end && socket.unsent <= 1;
}

// Of this network, by who is inside it. Nothing: it cannot be told.
std::optional<std::vector<InetSocket>> sockets_by(Keeper& keeper) {
    std::vector<InetSocket> sockets;
    for (std::int64_t index = 0, count = 1; index < count; index += most_sockets) {
        Question question{};
        question.what = Asks::Sockets;
        question.index = static_cast<std::int32_t>(index);
        const std::optional<KeeperAnswer> answer = keeper.ask(question);
        if (!answer || answer->error != 0) return std::nullopt;
        count = answer->state.count;
        const std::span told(answer->sockets, static_cast<std::size_t>(std::clamp<std::int64_t>(count - index, 0, most_sockets)));
        sockets.insert(sockets.end(), told.begin(), told.end());
    }
    return sockets;
}

}  // namespace

// The answer belongs to a moment when nobody moves; only timers run, and on a loopback the last packets, where somebody else has the processor.
void Facts::read_kernel_sockets(Keeper& keeper, std::uint32_t host) {
    if (!has_ip_sockets_ || !keeper.has_own_network()) return;
    std::optional<std::vector<InetSocket>> left = sockets_by(keeper);
    constexpr int most_tries = 30;
    for (int tries = 0; left && !are_apart_ && tries < most_tries && std::ranges::any_of(*left, is_about_to_end); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        left = sockets_by(keeper);
    }
    if (!left) return;
    std::erase_if(*left, [](const InetSocket& socket) { return socket.inode != 0 || socket.protocol != IPPROTO_TCP; });
    add(FactKind::KernelSockets, no_id, {static_cast<std::int64_t>(left->size()), host});
    for (const InetSocket& socket : *left) {
        std::string addresses;
        append_address(addresses, socket.family, socket.local, socket.local_port);
        append_address(addresses, socket.family, socket.peer, socket.peer_port);
        add(FactKind::KernelSocket, no_id,
            {socket.family, socket.state, two(socket.received, socket.unsent), two(socket.timer, socket.timer_ms), two(host, socket.retransmits)}, addresses);
    }
}

void Facts::read_socket(const Descriptor& descriptor) {
    const UniqueFd socket = borrow_descriptor(descriptor.process->pidfd.get(), descriptor.number);
    if (!socket) return;
    const std::int64_t family = option_of(socket.get(), SO_DOMAIN), type = option_of(socket.get(), SO_TYPE), protocol = option_of(socket.get(), SO_PROTOCOL);
    has_ip_sockets_ |= family == AF_INET || family == AF_INET6;
    const State state = state_of(socket.get(), static_cast<int>(family), static_cast<int>(type));
    std::string addresses;
    append_address(addresses, socket.get(), getsockname);
    append_address(addresses, socket.get(), getpeername);
    own_sockets_.insert(static_cast<std::uint64_t>(descriptor.inode));
    remember_connection(descriptor, socket.get(), static_cast<int>(protocol));
    add(FactKind::Socket, descriptor.process->id, {descriptor.number, family << 32 | type << 16 | protocol, state.state, state.received, state.unsent}, addresses);
    if (!state.about || state.state == TCP_CLOSE) return;
    const tcp_info& about = *state.about;
    add(FactKind::TcpNumbers, descriptor.process->id,
        {descriptor.number, two(about.tcpi_snd_cwnd, about.tcpi_snd_mss), two(about.tcpi_rtt, about.tcpi_rto), two(about.tcpi_total_retrans, about.tcpi_unacked)});
}

// Only of processes in the session's own network: there its sock_diag sees the other end, too.
void Facts::remember_connection(const Descriptor& descriptor, int socket, int protocol) {
    const std::optional<SocketAddress> remote = address_by(socket, getpeername), local = address_by(socket, getsockname);
    if (!remote || !local || !shares_network(descriptor.process->pid_here)) return;
    connections_.push_back({descriptor.process->id, descriptor.number, static_cast<std::uint64_t>(descriptor.inode), protocol, *local, *remote});
}

void Facts::read_peers() {
    if (connections_.empty()) return;
    if (!sock_diag_) sock_diag_.emplace();
    for (const Connection& here : connections_) {
        std::optional<DiagSocket> there;
        if (here.local.family == AF_UNIX) {
            const std::optional<DiagSocket> own = sock_diag_->find_unix(here.inode);
            if (own && own->peer_inode != 0) there = sock_diag_->find_unix(own->peer_inode);
        } else {
            there = sock_diag_->find(here.protocol, here.remote, here.local);
        }
        if (!there || there->inode == 0 || own_sockets_.contains(there->inode)) continue;
        const std::optional<SocketOwner> owner = owners_.find(there->inode);
        add(FactKind::Peer, here.process, {here.number, owner ? owner->pid : 0, there->uid}, owner ? owner->name : "");
    }
}

}  // namespace ipcscope
