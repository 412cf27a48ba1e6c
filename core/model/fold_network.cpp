// Hosts, and packets on the wire.
#include <arpa/inet.h>
#include <netinet/tcp.h>

#include <algorithm>

#include "core/events/fact.h"
#include "core/model/fold.h"
#include "core/model/packet.h"
#include "core/model/socket_text.h"

namespace ipcscope {
namespace {

// "192.0.2.1/24 2001:db8::1/64"
std::vector<SocketAddress> addresses_in(std::string_view list) {
    std::vector<SocketAddress> addresses;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(' '), list.size());
        const std::string word(list.substr(0, std::min(list.find('/'), end)));
        SocketAddress address;
        char bytes[16];
        address.family = word.find(':') == std::string::npos ? AF_INET : AF_INET6;
        if (inet_pton(address.family, word.c_str(), bytes) == 1) {
            address.host.assign(bytes, address.family == AF_INET ? 4 : 16);
            addresses.push_back(std::move(address));
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return addresses;
}

LostPacket span_of(const Packet& packet, std::uint32_t from) {
    LostPacket span{.from = from};
    if (!packet.tcp || !packet.tcp->is_whole) return span;
    const TcpHeader& tcp = *packet.tcp;
    span.is_tcp = true;
    span.port = packet.source.port, span.peer_port = packet.target.port;
    span.begins = tcp.sequence;
    span.ends = tcp.sequence + static_cast<std::uint32_t>(packet.payload_length) + tcp.has(TcpFlag::Syn) + tcp.has(TcpFlag::Fin);
    span.only_acknowledges = span.begins == span.ends && !tcp.has(TcpFlag::Rst);
    span.acknowledged = tcp.acknowledged;
    return span;
}

// Sequence numbers go in a circle (RFC 9293 section 3.4).
bool is_at_or_after(std::uint32_t number, std::uint32_t other) { return static_cast<std::int32_t>(number - other) >= 0; }

// What TCP lost it sends again, in the same pieces or in others.
bool makes_up_for(const LostPacket& arrived, const LostPacket& lost) {
    if (!lost.is_tcp || !arrived.is_tcp || arrived.from != lost.from || arrived.port != lost.port || arrived.peer_port != lost.peer_port) return false;
    if (lost.only_acknowledges) return is_at_or_after(arrived.acknowledged, lost.acknowledged);
    return !arrived.only_acknowledges && is_at_or_after(lost.begins, arrived.begins) && is_at_or_after(arrived.ends, lost.ends);
}

}  // namespace

std::string text_of_kernel_socket(const KernelSocket& socket) {
    std::string text = text_of_tcp_state(socket.state);
    if (socket.timer == TimerWord::TimeWait) text += ", " + std::to_string((socket.timer_ms + 999) / 1000) + " s left";
    if (socket.unsent != 0 && socket.state != TCP_LISTEN) text += ", " + std::to_string(socket.unsent) + " to send";
    if (socket.retransmits != 0) text += ", sent again " + std::to_string(socket.retransmits) + " times";
    return text;
}

const HostState* NetworkState::host_with(const SocketAddress& address) const {
    const auto has_it = [&](const HostState& host) {
        return std::ranges::any_of(host.addresses, [&](const SocketAddress& own) { return own.family == address.family && own.host == address.host; });
    };
    const auto found = std::ranges::find_if(hosts, has_it);
    return found == hosts.end() ? nullptr : &*found;
}

// What this host, or the run's network, had listed before is not so any more.
void Fold::kernel_sockets_fact() {
    model.network_.is_listed = true;
    std::erase_if(model.network_.in_kernel, [&](const KernelSocket& socket) { return socket.host == static_cast<std::uint32_t>(event.value[2]); });
}

void Fold::kernel_socket_fact() {
    const std::optional<Chunk> addresses = trace.chunk(event, 0);
    std::string_view text = addresses ? bytes_of(*addresses) : std::string_view{};
    KernelSocket told;
    told.local = take_address(text), told.peer = take_address(text), told.state = static_cast<int>(event.value[2]);
    told.received = static_cast<std::uint32_t>(event.value[3] >> 32), told.unsent = static_cast<std::uint32_t>(event.value[3]);
    told.timer = static_cast<int>(event.value[4] >> 32), told.timer_ms = static_cast<std::uint32_t>(event.value[4]);
    told.host = static_cast<std::uint32_t>(event.value[5] >> 32), told.retransmits = static_cast<std::uint32_t>(event.value[5]);
    model.network_.in_kernel.push_back(std::move(told));
}

void Fold::host() {
    NetworkState& network = model.network_;
    if (event.value[0] != static_cast<std::int64_t>(network.hosts.size()) + 1) return surprise();
    network.hosts.push_back({static_cast<std::uint32_t>(event.value[0]), std::string(trace.text(event, 0)), addresses_in(trace.text(event, 1)),
                             static_cast<int>(event.value[1])});
}

void Fold::packet() {
    NetworkState& network = model.network_;
    const auto number = static_cast<std::uint64_t>(event.value[0]);
    if (number <= network.packets) return surprise();
    network.packets = number;
    network.on_wire.push_back({number, static_cast<std::uint32_t>(event.value[1]), static_cast<std::uint32_t>(event.value[2]), event.value[3] == 1, index});
}

void WireRules::set(WireRule rule, std::int64_t value) {
    switch (rule) {
        case WireRule::Latency: latency_us = value; return;
        case WireRule::Rate: bytes_a_second = value; return;
        case WireRule::Loss: loses_one_in = value; return;
        case WireRule::Cable: cut_host = static_cast<std::uint32_t>(value); return;
    }
}

void Fold::wire_set() {
    model.network_.rules = {event.value[0], event.value[1], event.value[2], static_cast<std::uint32_t>(event.value[3])};
}

void Fold::carried() {
    NetworkState& network = model.network_;
    const auto packet = std::ranges::find(network.on_wire, static_cast<std::uint64_t>(event.value[0]), &PacketOnWire::number);
    if (packet == network.on_wire.end()) return surprise();
    const auto fate = static_cast<PacketFate>(event.value[1]);
    const bool is_lost = fate == PacketFate::Dropped || fate == PacketFate::Corrupted || fate == PacketFate::Unroutable || fate == PacketFate::Severed;
    if (is_lost || (!network.lost.empty() && fate != PacketFate::Repeated)) {
        const LostPacket span = span_of(packet_of(trace, trace[packet->left]), packet->from);
        if (is_lost) network.lost.push_back(span);
        else std::erase_if(network.lost, [&](const LostPacket& lost) { return makes_up_for(span, lost); });
    }
    if (fate != PacketFate::Duplicated) network.on_wire.erase(packet);
}

}  // namespace ipcscope
