#include "core/keeper/wire_end.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ipcscope {
namespace {

constexpr char device[] = "wire0";

bool is_v6(const HostOrders::Address& address) { return strchr(address.text, ':') != nullptr; }

ifreq request_for_device() {
    ifreq request{};
    strcpy(request.ifr_name, device);
    return request;
}

sockaddr_in ipv4(in_addr address) {
    sockaddr_in full{};
    full.sin_family = AF_INET;
    full.sin_addr = address;
    return full;
}

// Each address but the first has a label of its own: "wire0:1".
bool set(int socket, unsigned long what, in_addr address, int number) {
    ifreq request = request_for_device();
    if (number > 0) snprintf(request.ifr_name, sizeof request.ifr_name, "%s:%u", device, static_cast<unsigned>(number) % 10);
    const sockaddr_in full = ipv4(address);
    memcpy(&request.ifr_addr, &full, sizeof full);
    return ioctl(socket, what, &request) == 0;
}

bool add_ipv4(int socket, const HostOrders::Address& address, int number) {
    in_addr own;
    if (inet_pton(AF_INET, address.text, &own) != 1) return errno = EINVAL, false;
    const in_addr mask{address.prefix == 0 ? 0 : htonl(~0u << (32 - address.prefix))};
    return set(socket, SIOCSIFADDR, own, number) && set(socket, SIOCSIFNETMASK, mask, number);
}

bool add_ipv6(const HostOrders::Address& address) {
    const int socket = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return false;
    in6_ifreq request{};
    request.ifr6_prefixlen = static_cast<unsigned>(address.prefix);
    request.ifr6_ifindex = static_cast<int>(if_nametoindex(device));
    const bool is_added = inet_pton(AF_INET6, address.text, &request.ifr6_addr) == 1 && ioctl(socket, SIOCSIFADDR, &request) == 0;
    const int error = errno;
    close(socket);
    return errno = error, is_added;
}

// What is not on the host itself goes to the wire; who is there is for the session to know.
void add_default_routes(int socket, bool has_v6) {
    rtentry route{};
    const sockaddr_in any = ipv4({});
    memcpy(&route.rt_dst, &any, sizeof any);
    memcpy(&route.rt_genmask, &any, sizeof any);
    route.rt_flags = RTF_UP;
    route.rt_dev = const_cast<char*>(device);
    (void)ioctl(socket, SIOCADDRT, &route);
    const int socket6 = has_v6 ? ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    if (socket6 < 0) return;
    in6_rtmsg route6{};
    route6.rtmsg_flags = RTF_UP;
    route6.rtmsg_metric = 1;
    route6.rtmsg_ifindex = static_cast<int>(if_nametoindex(device));
    (void)ioctl(socket6, SIOCADDRT, &route6);
    close(socket6);
}

void write_setting(const char* name, const char* value) {
    char path[128];
    snprintf(path, sizeof path, "/proc/sys/net/%s", name);
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;    // no IPv6 here, say: then nothing is to be set
    (void)!write(file, value, strlen(value));
    close(file);
}

// The kernel's own IPv6 talk (router solicitations, link-local addresses) is no part of any lesson.
void silence_ipv6(bool has_v6) {
    write_setting("ipv6/conf/wire0/router_solicitations", "0");
    write_setting("ipv6/conf/wire0/addr_gen_mode", "1");    // IN6_ADDR_GEN_MODE_NONE
    write_setting("ipv6/conf/wire0/accept_ra", "0");
    write_setting("ipv6/conf/wire0/accept_dad", "0");
    if (!has_v6) write_setting("ipv6/conf/wire0/disable_ipv6", "1");
}

// A packet may wait on the wire for as long as a class discusses it: no kernel is to give its connection up meanwhile (tcp(7)).
void be_patient() {
    write_setting("ipv4/tcp_syn_retries", "100");
    write_setting("ipv4/tcp_synack_retries", "100");
    write_setting("ipv4/tcp_retries2", "100");
    write_setting("ipv4/tcp_orphan_retries", "100");
}

// Of one family the same subnet, as far as the shorter of both prefixes says.
bool are_of_one_subnet(const HostOrders::Address& one, const HostOrders::Address& other) {
    unsigned char first[16] = {}, second[16] = {};
    const int family = is_v6(one) ? AF_INET6 : AF_INET;
    if (inet_pton(family, one.text, first) != 1 || inet_pton(family, other.text, second) != 1) return true;
    const int bits = one.prefix < other.prefix ? one.prefix : other.prefix;
    for (int bit = 0; bit < bits; ++bit)
        if (((first[bit / 8] ^ second[bit / 8]) & (0x80 >> bit % 8)) != 0) return false;
    return true;
}

// With addresses in several subnets it is a router: its kernel forwards what is not its own (ip(7), ip_forward).
bool is_router(const HostOrders& orders) {
    for (int i = 0; i < orders.address_count; ++i)
        for (int j = 0; j < i; ++j)
            if (is_v6(orders.addresses[i]) == is_v6(orders.addresses[j]) && !are_of_one_subnet(orders.addresses[i], orders.addresses[j])) return true;
    return false;
}

// Both its subnets are behind one device. So a packet leaves where it came in, which is no reason to tell its sender of a shorter way.
void be_router() {
    write_setting("ipv4/conf/all/send_redirects", "0");
    write_setting("ipv4/conf/wire0/send_redirects", "0");
    write_setting("ipv4/ip_forward", "1");
    write_setting("ipv6/conf/all/forwarding", "1");
}

bool raise(int socket, int mtu) {
    ifreq request = request_for_device();
    request.ifr_mtu = mtu;
    if (ioctl(socket, SIOCSIFMTU, &request) != 0) return false;
    request = request_for_device();
    if (ioctl(socket, SIOCGIFFLAGS, &request) != 0) return false;
    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    return ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

bool set_up(int socket, const HostOrders& orders, int& v6_refused) {
    bool has_v6 = false;
    for (int i = 0; i < orders.address_count; ++i) has_v6 |= is_v6(orders.addresses[i]);
    silence_ipv6(has_v6);
    be_patient();
    if (is_router(orders)) be_router();
    for (int i = 0, number = 0; i < orders.address_count; ++i)
        if (!is_v6(orders.addresses[i]) && !add_ipv4(socket, orders.addresses[i], number++)) return false;
    if (!raise(socket, orders.mtu)) return false;
    for (int i = 0; i < orders.address_count; ++i)
        if (is_v6(orders.addresses[i]) && !add_ipv6(orders.addresses[i])) v6_refused = errno;
    if (v6_refused != 0 && is_v6(orders.addresses[0])) return errno = v6_refused, false;
    add_default_routes(socket, has_v6 && v6_refused == 0);
    return true;
}

}  // namespace

bool read_host_orders(const char* words, HostOrders& orders) {
    orders = {};
    int used = 0;
    if (sscanf(words, "%63s %d%n", orders.name, &orders.mtu, &used) != 2) return false;
    for (words += used; *words; words += used) {
        if (orders.address_count == HostOrders::most_addresses) return false;
        HostOrders::Address& address = orders.addresses[orders.address_count++];
        if (sscanf(words, " %63[^/]/%d%n", address.text, &address.prefix, &used) != 2) return false;
        if (address.prefix < 0 || address.prefix > (is_v6(address) ? 128 : 32)) return false;
    }
    return true;
}

int make_wire_end(const HostOrders& orders, int& v6_refused) {
    v6_refused = 0;
    (void)sethostname(orders.name, strlen(orders.name));
    const int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (tun < 0) return -1;
    ifreq request = request_for_device();
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool is_made = socket >= 0 && ioctl(tun, TUNSETIFF, &request) == 0 && set_up(socket, orders, v6_refused);
    const int error = errno;
    if (socket >= 0) close(socket);
    if (is_made) return tun;
    close(tun);
    return errno = error, -1;
}

}  // namespace ipcscope
