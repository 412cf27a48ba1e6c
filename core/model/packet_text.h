// A packet as text: `TCP 192.0.2.1:43520 -> 192.0.2.2:80 SYN seq 0 win 64240 mss 1460`. One text for the log, the ladder,
// `ipcscope run`, lesson goals and exports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/model.h"
#include "core/model/packet_flows.h"

namespace ipcscope {

// With `base`, sequence numbers are relative and the window is scaled. `with_hosts`: addresses before the ports.
std::string text_of_packet(const Packet& packet, const SequenceBase& base = {}, bool with_hosts = true);
// What stands on an arrow: without protocol and addresses, "SYN seq 0 win 64240 mss 1460".
std::string text_on_arrow(const Packet& packet, const SequenceBase& base = {});
std::string text_of_tcp_flags(std::uint8_t flags);           // "SYN ACK"
std::vector<std::string> tcp_flag_names(std::uint8_t flags); // {"SYN", "ACK"}
std::string text_of_host_address(const SocketAddress& address);    // without its port
std::string text_of_icmp(const Packet& packet);              // "echo request", "destination unreachable, port unreachable"
std::string text_of_fate(PacketFate fate);                   // "dropped"

// Header by header, each a line: "IPv4  192.0.2.1 -> 192.0.2.2  protocol 6 (TCP)  ttl 64 …"; then what is wrong with it.
std::vector<std::string> packet_fields(const Packet& packet, const SequenceBase& base = {});
// "45 00 00 3c 00 00 40 00  40 06 26 b8 c0 00 02 02  E..<..@.@.&.....": sixteen bytes a line.
inline constexpr std::size_t bytes_a_hex_line = 16;
std::string hex_line(std::span<const std::byte> bytes, std::size_t line);

// What the wire does to all packets: "100 ms each way"; of all rules that say something, "the cable of web is pulled, 100 ms each way".
std::string text_of_rule(const Model& model, WireRule rule);
std::string text_of_rules(const Model& model);
// What a canonical line says of a Host, Packet or Carried event. `flows` has been fed up to it.
std::string text_of_host(const Trace& trace, const Event& event);
std::string text_of_packet_event(const Trace& trace, const Model& model, const PacketFlows& flows, EventIndex index);
std::string text_of_carried(const Model& model, const Event& event);
// "web"; of nobody "nobody".
std::string name_of_host(const Model& model, std::uint32_t host);

}  // namespace ipcscope
