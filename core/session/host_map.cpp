#include "core/session/host_map.h"

#include <algorithm>

namespace ipcscope {
namespace {

bool has_prefix(const HostAddress& of, std::string_view address) {
    if (of.bytes.size() != address.size()) return false;
    for (std::size_t i = 0; i < address.size(); ++i) {
        const int bits = std::clamp(of.prefix - static_cast<int>(i) * 8, 0, 8);
        const auto mask = static_cast<std::uint8_t>(0xff00 >> bits);
        if ((static_cast<std::uint8_t>(of.bytes[i] ^ address[i]) & mask) != 0) return false;
    }
    return true;
}

}  // namespace

bool HostMap::is_router(const std::vector<HostAddress>& addresses) {
    return std::ranges::any_of(addresses, [&](const HostAddress& one) {
        return std::ranges::any_of(addresses, [&](const HostAddress& other) { return one.bytes.size() == other.bytes.size() && !has_prefix(one, other.bytes); });
    });
}

bool HostMap::shares_subnet(std::uint32_t host, std::string_view address) const {
    return std::ranges::any_of(hosts_[host - 1], [&](const HostAddress& own) { return has_prefix(own, address); });
}

// By addresses of this length.
bool HostMap::are_neighbours(std::uint32_t one, std::uint32_t other, std::size_t length) const {
    return std::ranges::any_of(hosts_[other - 1], [&](const HostAddress& address) { return address.bytes.size() == length && shares_subnet(one, address.bytes); });
}

std::uint32_t HostMap::next(std::uint32_t from, std::string_view destination) const {
    std::uint32_t target = 0;
    for (std::uint32_t host = 1; host <= hosts_.size() && target == 0; ++host)
        if (std::ranges::find(hosts_[host - 1], destination, &HostAddress::bytes) != hosts_[host - 1].end()) target = host;
    if (from == 0 || (target != 0 && shares_subnet(from, destination))) return target;
    for (std::uint32_t host = 1; host <= hosts_.size(); ++host)
        if (host != from && is_router(hosts_[host - 1]) && are_neighbours(from, host, destination.size())) return host;
    return target;
}

}  // namespace ipcscope
