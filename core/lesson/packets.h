// Packets as a lesson speaks of them: `wire  client SYN arrives`. Which packet that is, and what has become of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/matching.h"
#include "core/model/packet.h"

namespace ipcscope {

inline constexpr std::string_view wire_name = "wire";    // who speaks in such a goal

// What a packet is called: its TCP flags, else UDP or ICMP; and how many bytes of data it has.
struct PacketName {
    std::vector<std::string> words;    // {"SYN", "ACK"}
    std::int64_t data = 0;
    std::int64_t window = -1;          // of TCP
};
PacketName name_of_packet(const Packet& packet);

// `client SYN ACK`, `client PSH ACK 5` -> host, words, bytes of data and `win 0`, -1 if they do not matter. The failure's sentence is without a place.
Result<void> parse_packet(std::string_view& rest, const std::vector<std::string>& hosts, const std::vector<std::string>& verbs, PacketPattern& pattern);

bool is_meant(const Past& past, const PacketPattern& pattern, EventIndex left);
// The oldest on the wire that is meant and held, or the `nth` after it; 0: there is none.
std::uint64_t held_packet(const Past& past, const PacketPattern& pattern, std::size_t nth = 0);
// The event that meets this goal of the wire, from `since` on; no_id.
EventIndex find_packet(const Past& past, const Goal& goal, EventIndex since, const UsedEvents& used);
// "there are on the wire: SYN of client", "there is nothing on the wire"
std::string what_is_on_wire(const Past& past);
// "The wire hands web the SYN of client."
std::string sentence_for_packet(const Past& past, std::uint64_t number);

}  // namespace ipcscope
