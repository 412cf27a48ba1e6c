// A host's end of the wire: a TUN device (Linux: Documentation/networking/tuntap) in its network namespace.
#pragma once

namespace ipcscope {

// The keeper's word about its host: "NAME MTU ADDRESS/PREFIX …", "web 1500 192.0.2.2/24 2001:db8::2/64".
struct HostOrders {
    static constexpr int most_addresses = 8;
    char name[64];
    int mtu;
    int address_count;
    struct Address {
        char text[64];
        int prefix;
    } addresses[most_addresses];
};
// False: these are no such words.
bool read_host_orders(const char* words, HostOrders& orders);

// Names this (already entered) host, makes its device with its addresses, and sends everything that is not its own that way.
// Returns the device's descriptor: an IP packet a read, an IP packet a write. -1 with errno: the machine refused. A machine without
// IPv6 is no obstacle to a host whose first address is an IPv4 one: `v6_refused` is why it has no other (errno), or 0.
int make_wire_end(const HostOrders& orders, int& v6_refused);

}  // namespace ipcscope
