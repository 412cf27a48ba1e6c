// Hosts, and packets on the wire.
#include <arpa/inet.h>

#include <algorithm>

#include "core/model/fold.h"

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

}  // namespace

const HostState* NetworkState::host_with(const SocketAddress& address) const {
    const auto has_it = [&](const HostState& host) {
        return std::ranges::any_of(host.addresses, [&](const SocketAddress& own) { return own.family == address.family && own.host == address.host; });
    };
    const auto found = std::ranges::find_if(hosts, has_it);
    return found == hosts.end() ? nullptr : &*found;
}

const HostState* NetworkState::host_named(std::string_view name) const {
    const auto found = std::ranges::find(hosts, name, &HostState::name);
    return found == hosts.end() ? nullptr : &*found;
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
    network.last_packet = index;
    network.on_wire.push_back({number, static_cast<std::uint32_t>(event.value[1]), static_cast<std::uint32_t>(event.value[2]), event.value[3] == 1, index});
}

void Fold::carried() {
    NetworkState& network = model.network_;
    const auto packet = std::ranges::find(network.on_wire, static_cast<std::uint64_t>(event.value[0]), &PacketOnWire::number);
    if (packet == network.on_wire.end()) return surprise();
    network.last_packet = index;
    const auto fate = static_cast<PacketFate>(event.value[1]);
    network.has_losses |= fate == PacketFate::Dropped || fate == PacketFate::Corrupted || fate == PacketFate::Unroutable;
    if (fate != PacketFate::Duplicated) network.on_wire.erase(packet);
}

}  // namespace ipcscope
