// Who is handed a packet: the host that has its destination on the sender's own subnet, else the router there is on it, whose kernel
// forwards it (RFC 1812 section 5.2). Where no router is, a wire joins all hosts directly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ipcscope {

struct HostAddress {
    std::string bytes;    // 4 or 16
    int prefix = 0;       // bits of the subnet
};

class HostMap {
 public:
    void add(std::vector<HostAddress> addresses) { hosts_.push_back(std::move(addresses)); }
    void clear() { hosts_.clear(); }
    // Hosts count from 1; 0: nobody has that address.
    std::uint32_t next(std::uint32_t from, std::string_view destination) const;
    // It has addresses in several subnets of one family.
    static bool is_router(const std::vector<HostAddress>& addresses);

 private:
    bool shares_subnet(std::uint32_t host, std::string_view address) const;
    bool are_neighbours(std::uint32_t one, std::uint32_t other, std::size_t length) const;

    std::vector<std::vector<HostAddress>> hosts_;
};

}  // namespace ipcscope
