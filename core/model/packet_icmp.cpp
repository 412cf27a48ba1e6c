// What ICMP's types and codes are called: RFC 792, RFC 1122, RFC 1812, RFC 4443, RFC 4861.
#include <algorithm>
#include <iterator>

#include "core/model/packet_text.h"

namespace ipcscope {
namespace {

enum class Rest { Nothing, Echo, Mtu, Pointer };   // what the header's last four bytes are

struct Row {
    int version, type, code;   // code -1: any
    const char* name;
    Rest rest = Rest::Nothing;
};

constexpr Row rows[] = {
    {4, 0, -1, "echo reply", Rest::Echo},
    {4, 3, 0, "destination unreachable, network unreachable"},
    {4, 3, 1, "destination unreachable, host unreachable"},
    {4, 3, 2, "destination unreachable, protocol unreachable"},
    {4, 3, 3, "destination unreachable, port unreachable"},
    {4, 3, 4, "destination unreachable, fragmentation needed", Rest::Mtu},
    {4, 3, 5, "destination unreachable, source route failed"},
    {4, 3, 9, "destination unreachable, network prohibited"},
    {4, 3, 10, "destination unreachable, host prohibited"},
    {4, 3, 13, "destination unreachable, communication prohibited"},
    {4, 3, -1, "destination unreachable"},
    {4, 4, -1, "source quench"},
    {4, 5, -1, "redirect"},
    {4, 8, -1, "echo request", Rest::Echo},
    {4, 11, 0, "time exceeded, ttl is 0"},
    {4, 11, 1, "time exceeded, fragments are missing"},
    {4, 12, -1, "parameter problem"},
    {6, 1, 0, "destination unreachable, no route"},
    {6, 1, 1, "destination unreachable, communication prohibited"},
    {6, 1, 3, "destination unreachable, address unreachable"},
    {6, 1, 4, "destination unreachable, port unreachable"},
    {6, 1, -1, "destination unreachable"},
    {6, 2, -1, "packet too big", Rest::Mtu},
    {6, 3, 0, "time exceeded, hop limit is 0"},
    {6, 3, 1, "time exceeded, fragments are missing"},
    {6, 4, -1, "parameter problem", Rest::Pointer},
    {6, 128, -1, "echo request", Rest::Echo},
    {6, 129, -1, "echo reply", Rest::Echo},
    {6, 133, -1, "router solicitation"},
    {6, 134, -1, "router advertisement"},
    {6, 135, -1, "neighbour solicitation"},
    {6, 136, -1, "neighbour advertisement"},
    {6, 143, -1, "multicast listener report"},
};

}  // namespace

std::string text_of_icmp(const Packet& packet) {
    const IcmpHeader& icmp = *packet.icmp;
    const auto row = std::ranges::find_if(rows, [&](const Row& each) {
        return each.version == packet.version && each.type == icmp.type && (each.code == -1 || each.code == icmp.code);
    });
    if (row == std::end(rows)) return "type " + std::to_string(icmp.type) + " code " + std::to_string(icmp.code);
    std::string text = row->name;
    const std::uint32_t mtu = packet.version == 4 ? icmp.rest & 0xffff : icmp.rest;
    switch (row->rest) {
        case Rest::Echo: text += " id " + std::to_string(icmp.rest >> 16) + " seq " + std::to_string(icmp.rest & 0xffff); break;
        case Rest::Mtu: text += ", mtu " + std::to_string(mtu); break;
        case Rest::Pointer: text += " at byte " + std::to_string(icmp.rest); break;
        case Rest::Nothing: break;
    }
    return text;
}

}  // namespace ipcscope
