// The start of a run on hosts: a keeper for each, all of them and the wire there before any program runs.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/session/impl.h"

namespace ipcscope {
namespace {

// "192.0.2.2/24"
HostAddress host_address_from(const std::string& address) {
    const std::size_t slash = std::min(address.find('/'), address.size());
    const std::string text = address.substr(0, slash);
    const int prefix = atoi(address.substr(std::min(slash + 1, address.size())).c_str());
    char bytes[16];
    if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return {std::string(bytes, 4), prefix};
    if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) return {std::string(bytes, 16), prefix};
    return {};
}

bool is_v6(const std::string& address) { return address.find(':') != std::string::npos; }

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

// Without a wire each has its place on the loopback, which takes all of 127.0.0.0/8 for its own; of ::1 there is only one.
std::vector<std::string> Session::Impl::addresses_of(const LaunchedHost& host) const {
    if (!has_wire) return {is_v6(host.addresses[0]) ? "::1/128" : "127.0.0." + std::to_string(&host - launch.hosts.data() + 1) + "/8"};
    std::vector<std::string> addresses = host.addresses;
    if (!has_v6) std::erase_if(addresses, is_v6);
    return addresses;
}

// False: such a network is not to be had.
Result<bool> Session::Impl::prepare_hosts(const Keeper::Orders& common, HostNetwork network, std::vector<Keeper::Orders>& orders,
                                          std::vector<Keeper::Started>& started) {
    kept.resize(1);
    while (kept.size() < launch.hosts.size()) kept.push_back(std::make_unique<Kept>());
    orders.assign(launch.hosts.size(), common);
    started.clear();
    started.resize(launch.hosts.size());
    has_wire = network == HostNetwork::Wire;
    pid_t network_of = 0;
    // The first one last: its keeper removes the run directory, and until it is there the others may still be given up.
    for (std::size_t i = launch.hosts.size(); i-- > 0;) {
        const LaunchedHost& host = launch.hosts[i];
        orders[i].has_own_network = network != HostNetwork::MachineLoopback && network_of == 0;
        orders[i].network_of = network_of;
        if (has_wire) orders[i].host = host.name + " " + std::to_string(launch.mtu) + " " + joined(host.addresses);
        orders[i].keeps_directory = orders[i].leads_terminal = false;
        if (i == 0) orders[i].leads_terminal = true;
        else orders[i].keeps_directory = true;
        if (!common.directory.empty() && launch.has_own_directory) {
            orders[i].directory = common.directory + "/" + host.name;
            mkdir(orders[i].directory.c_str(), 0700);
        }
        orders[i].argv.resize(common.argv.size() - launch.hosts[0].argv.size());
        orders[i].argv.insert(orders[i].argv.end(), host.argv.begin(), host.argv.end());
        for (std::string& word : orders[i].argv)
            for (const LaunchedHost& other : launch.hosts)
                if (word == "@" + other.name) word = addresses_of(other)[0].substr(0, addresses_of(other)[0].find('/'));
        if (launch.wrapper.empty()) orders[i].program = host.argv[0];
        Result<Keeper::Started> one = kept[i]->keeper.prepare(orders[i]);
        if (!one) return one.failure();
        started[i] = std::move(*one);
        if (has_wire && !started[i].wire) {
            tell_no_wire(started[i].refused > 0 ? started[i].refused : started[i].wire_refused);
            return false;
        }
        if (has_wire && has_v6 && started[i].v6_refused != 0) tell_no_v6(started[i].v6_refused);
        if (network == HostNetwork::OwnLoopback && started[i].refused != 0) return false;
        if (network == HostNetwork::OwnLoopback) network_of = kept.back()->keeper.pid();
    }
    return true;
}

// `refused`: errno, or 0 if none was asked for.
void Session::Impl::tell_no_wire(int refused) {
    const std::string why = refused == 0 ? "The hosts have no wire, as you asked" : std::string("This machine gives the hosts no wire (") + strerror(refused) + ")";
    out.note(why + ": their programs run on one loopback, each with an address of its own in 127.0.0.0/8, and no packet is seen." +
             (refused == 0 ? "" : " `ipcscope doctor` says what would help."));
}

void Session::Impl::tell_no_v6(int refused) {
    has_v6 = false;
    out.note(std::string("This machine has no IPv6 (") + strerror(refused) + "): the hosts are reached by their IPv4 addresses only.");
}

Result<void> Session::Impl::launch_hosts(const Keeper::Orders& common) {
    std::vector<Keeper::Orders> orders;
    std::vector<Keeper::Started> started;
    Result<bool> is_there = false;
    if (launch.has_wire && launch.is_private) is_there = prepare_hosts(common, HostNetwork::Wire, orders, started);
    else tell_no_wire(0);
    for (const HostNetwork network : {HostNetwork::OwnLoopback, HostNetwork::MachineLoopback}) {
        if (!is_there) return is_there.failure();
        if (*is_there) break;
        if (network == HostNetwork::OwnLoopback && !launch.is_private) continue;
        while (kept.size() > 1) kept.pop_back();
        kept[0]->keeper.end();
        is_there = prepare_hosts(common, network, orders, started);
    }
    if (!is_there) return is_there.failure();
    is_private = started[0].refused == 0;
    if (started[0].refused > 0) tell_refused(started[0].refused);
    tell_hosts();
    wire.hold(launch.is_wire_held);
    wire.let_acknowledgments(launch.lets_acknowledgments, launch.lets_handshakes);
    std::vector<pid_t> reapers;
    for (const auto& one : kept) reapers.push_back(one->keeper.reaper());
    if (is_private) population.set_reapers(std::move(reapers));
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (started[i].wire) {
            std::vector<HostAddress> addresses;
            for (const std::string& address : launch.hosts[i].addresses) addresses.push_back(host_address_from(address));
            wire.join(std::move(started[i].wire), std::move(addresses));
        }
        if (ObservedProcess* const first = launch.wrapper.empty() ? population.adopt(started[i].pid_here, std::move(started[i].pidfd)) : nullptr) {
            first->is_launched = true;
            first->host = static_cast<std::uint32_t>(i) + 1;
        }
    }
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (const Result<void> gone = kept[i]->keeper.go(orders[i]); !gone) return gone;
    return {};
}

void Session::Impl::tell_hosts() {
    for (std::size_t i = 0; i < launch.hosts.size(); ++i) {
        Event event = out.event(EventKind::Host);
        event.value[0] = static_cast<std::int64_t>(i) + 1;
        event.value[1] = has_wire ? launch.mtu : 0;
        const std::string& name = launch.hosts[i].name;
        const std::string addresses = joined(addresses_of(launch.hosts[i]));
        const EventBatch::Piece pieces[] = {{0, std::as_bytes(std::span(name)), name.size()}, {1, std::as_bytes(std::span(addresses)), addresses.size()}};
        out.fresh().add(event, pieces);
    }
}

}  // namespace ipcscope
