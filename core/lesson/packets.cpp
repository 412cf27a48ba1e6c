#include "core/lesson/packets.h"

#include <algorithm>
#include <charconv>

#include "core/lesson/nearest.h"
#include "core/lesson/markdown.h"
#include "core/model/packet_text.h"

namespace ipcscope {
namespace {

std::vector<std::string> packet_words() {
    std::vector<std::string> words = tcp_flag_names(0xff);
    words.insert(words.end(), {"UDP", "ICMP"});
    return words;
}

EventIndex packet_event(const Past& past, std::int64_t number, EventIndex before) {
    for (EventIndex i = before; i-- > 0;)
        if (past.trace[i].kind == EventKind::Packet && past.trace[i].value[0] == number) return i;
    return no_id;
}

std::string host_name(const Past& past, std::int64_t number) {
    const HostState* const host = past.model.network().host(static_cast<std::uint32_t>(number));
    return host ? host->name : "nobody";
}

std::string in_one(const PacketName& name) {
    std::string text;
    for (const std::string& word : name.words) text += (text.empty() ? "" : " ") + word;
    return name.data > 0 ? text + " with " + std::to_string(name.data) + (name.data == 1 ? " byte" : " bytes") : text;
}

std::string described(const Past& past, EventIndex left) {
    return in_one(name_of_packet(packet_of(past.trace, past.trace[left]))) + " of " + host_name(past, past.trace[left].value[1]);
}

bool is_fate(Goal::Outcome outcome, std::int64_t fate) {
    const auto what = static_cast<PacketFate>(fate);
    if (outcome == Goal::Outcome::Arrives) return what == PacketFate::Delivered || what == PacketFate::Duplicated || what == PacketFate::Corrupted;
    return what == PacketFate::Dropped || what == PacketFate::Unroutable || what == PacketFate::Severed;
}

// ", past an older one that still waits", "; a younger one had arrived before it"
std::string in_which_order(const Past& past, EventIndex left, EventIndex arrived) {
    const auto is_of_host = [&](EventIndex other) { return other != no_id && past.trace[other].value[1] == past.trace[left].value[1]; };
    for (const PacketOnWire& other : past.model.network().on_wire)
        if (other.left < left && is_of_host(other.left)) return ", past an older one that is still on the wire";
    for (EventIndex i = left; i < arrived; ++i) {
        const Event& event = past.trace[i];
        const bool has_arrived = event.kind == EventKind::Carried && is_fate(Goal::Outcome::Arrives, event.value[1]);
        if (!has_arrived || event.value[0] <= past.trace[left].value[0]) continue;
        if (is_of_host(packet_event(past, event.value[0], i))) return "; a younger one has arrived before it";
    }
    return {};
}

}  // namespace

PacketName name_of_packet(const Packet& packet) {
    const auto data = static_cast<std::int64_t>(packet.payload_length);
    if (packet.tcp) return {tcp_flag_names(packet.tcp->flags), data, packet.tcp->window};
    if (packet.is_udp) return {{"UDP"}, data, -1};
    if (packet.icmp) return {{"ICMP"}, data, -1};
    return {};
}

Result<void> parse_packet(std::string_view& rest, const std::vector<std::string>& hosts, const std::vector<std::string>& verbs, PacketPattern& pattern) {
    pattern.host = take_word(rest);
    if (std::ranges::find(hosts, pattern.host) == hosts.end())
        return Failure{"no host called \"" + pattern.host + "\"; this lesson has " + in_words(hosts) + did_you_mean(pattern.host, hosts)};
    for (std::string_view after = rest; !after.empty();) {
        const std::string word(take_word(after));
        if (std::ranges::find(verbs, word) != verbs.end()) break;
        rest = after;
        const std::vector<std::string> known = packet_words();
        if (word == "win") {
            const std::string number(take_word(rest));
            if (number != "0") return Failure{"the window of a packet is `win 0`, or does not matter; here stands \"win " + number + "\""};
            pattern.window = 0;
            after = rest;
            continue;
        }
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), pattern.data);
        const bool is_number = error == std::errc{} && end == word.data() + word.size() && pattern.data >= 0;
        if (!is_number && std::ranges::find(known, word) == known.end())
            return Failure{"a packet is called by its TCP flags, `SYN ACK`, or UDP or ICMP, and its bytes of data; \"" + word + "\" is none of these" + did_you_mean(word, known)};
        if (!is_number) pattern.words.push_back(word);
    }
    if (pattern.words.empty()) return Failure{"which packet of " + pattern.host + "? `" + pattern.host + " SYN`"};
    return {};
}

bool is_meant(const Past& past, const PacketPattern& pattern, EventIndex left) {
    const Event& event = past.trace[left];
    if (host_name(past, event.value[1]) != pattern.host) return false;
    const PacketName name = name_of_packet(packet_of(past.trace, past.trace[left]));
    return (pattern.data < 0 || pattern.data == name.data) && (pattern.window < 0 || pattern.window == name.window) && std::ranges::is_permutation(pattern.words, name.words);
}

std::uint64_t held_packet(const Past& past, const PacketPattern& pattern, std::size_t nth) {
    for (const PacketOnWire& packet : past.model.network().on_wire)
        if (packet.is_held && is_meant(past, pattern, packet.left) && nth-- == 0) return packet.number;
    return 0;
}

EventIndex find_packet(const Past& past, const Goal& goal, EventIndex since, const UsedEvents& used) {
    for (EventIndex i = since; i < past.model.applied(); ++i) {
        const Event& event = past.trace[i];
        if (used.has(i, goal)) continue;
        if (goal.outcome == Goal::Outcome::Leaves && event.kind == EventKind::Packet && is_meant(past, goal.packet, i)) return i;
        if (goal.outcome == Goal::Outcome::Leaves || event.kind != EventKind::Carried || !is_fate(goal.outcome, event.value[1])) continue;
        const EventIndex left = packet_event(past, event.value[0], i);
        if (left != no_id && is_meant(past, goal.packet, left)) return i;
    }
    return no_id;
}

std::string what_is_on_wire(const Past& past) {
    std::string text;
    for (const PacketOnWire& packet : past.model.network().on_wire) text += (text.empty() ? "on the wire there is " : ", ") + described(past, packet.left);
    return text.empty() ? "there is nothing on the wire" : text;
}

std::string sentence_for_packet(const Past& past, std::uint64_t number) {
    for (EventIndex i = past.trace.size(); i-- > 0;) {
        const Event& event = past.trace[i];
        if (event.kind != EventKind::Carried || event.value[0] != static_cast<std::int64_t>(number)) continue;
        const EventIndex left = packet_event(past, event.value[0], i);
        if (left == no_id) break;
        const std::string what = described(past, left);
        switch (static_cast<PacketFate>(event.value[1])) {
            case PacketFate::Delivered: return "The wire hands " + host_name(past, event.value[2]) + " the " + what + in_which_order(past, left, i) + ".";
            case PacketFate::Dropped: return "The " + what + " is dropped: nobody is told, and only silence can tell its kernel.";
            case PacketFate::Duplicated: return "A copy of the " + what + " arrives at " + host_name(past, event.value[2]) + "; the packet itself is still on the wire.";
            case PacketFate::Corrupted: return "The " + what + " arrives at " + host_name(past, event.value[2]) + " with one bit changed: its checksum is wrong now.";
            case PacketFate::Repeated: return "The " + what + " was sent again while it waits on the wire.";
            case PacketFate::Unroutable: return "The " + what + " goes nowhere: nobody has that address.";
            case PacketFate::Severed: return "The " + what + " is lost: the cable is pulled. Nobody is told.";
        }
    }
    return {};
}

}  // namespace ipcscope
