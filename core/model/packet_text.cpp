#include "core/model/packet_text.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstdio>

#include "core/model/canonical.h"

namespace ipcscope {
namespace {

std::string_view view_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string protocol_text(const Packet& packet) {
    switch (static_cast<IpProtocol>(packet.protocol)) {
        case IpProtocol::Tcp: return "TCP";
        case IpProtocol::Udp: return "UDP";
        case IpProtocol::Icmp: return "ICMP";
        case IpProtocol::Icmpv6: return "ICMPv6";
    }
    return "IP protocol " + std::to_string(packet.protocol);
}

bool has_ports(const Packet& packet) { return packet.tcp || packet.is_udp; }

std::string ends_text(const Packet& packet, bool with_hosts) {
    const auto end = [&](const SocketAddress& address) {
        if (!has_ports(packet)) return text_of_host_address(address);
        return with_hosts ? text_of_address(address) : std::to_string(address.port);
    };
    return has_ports(packet) || with_hosts ? " " + end(packet.source) + " -> " + end(packet.target) : "";
}

void add_number(std::string& text, const char* name, std::uint64_t number) { (text += name) += std::to_string(number); }

std::string options_text(const TcpHeader& tcp, const SequenceBase& base) {
    std::string text;
    if (tcp.largest_segment) add_number(text, " mss ", *tcp.largest_segment);
    for (std::size_t i = 0; i < tcp.sack.size(); ++i) {
        add_number(text, i == 0 ? " sack " : ", ", tcp.sack[i].left - base.other);
        add_number(text, "-", tcp.sack[i].right - base.other);
    }
    return text;
}

std::string tcp_text(const TcpHeader& tcp, const SequenceBase& base) {
    std::string text = tcp.is_whole ? text_of_tcp_flags(tcp.flags) : "";
    add_number(text, text.empty() ? "seq " : " seq ", base.sequence(tcp));
    if (!tcp.is_whole) return text;
    if (tcp.has(TcpFlag::Ack)) add_number(text, " ack ", base.acknowledged(tcp));
    add_number(text, " win ", base.window(tcp));
    return text + options_text(tcp, base);
}

std::string fragment_text(const Packet& packet) {
    if (!packet.is_fragment) return "";
    return "fragment at " + std::to_string(packet.fragment_offset) + (packet.has_more_fragments ? ", more follow" : ", the last");
}

std::string payload_text(const Packet& packet) {
    if (packet.payload_length == 0 || (packet.icmp && !packet.icmp->quoted.empty())) return "";
    std::string text = "len " + std::to_string(packet.payload_length);
    if (!packet.payload.empty()) text += " " + text_of_bytes(view_of(packet.payload), packet.payload_length);
    return text;
}

std::string faults_text(const Packet& packet) {
    std::string text;
    if (packet.has_wrong_header_checksum) text += " (header checksum wrong)";
    if (packet.has_wrong_checksum) text += " (checksum wrong)";
    if (!packet.damage.empty()) text += " (damaged: " + packet.damage + ")";
    return text;
}

void append(std::string& text, const std::string& more, const char* between = " ") {
    if (more.empty()) return;
    if (!text.empty()) text += between;
    text += more;
}

std::string hexadecimal(std::uint64_t value, int digits) {
    char text[20];
    std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
    return text;
}

}  // namespace

std::string text_of_host_address(const SocketAddress& address) {
    char text[INET6_ADDRSTRLEN] = "?";
    if (address.is_known()) inet_ntop(address.family, address.host.data(), text, sizeof text);
    return text;
}

std::vector<std::string> tcp_flag_names(std::uint8_t flags) {
    struct Row {
        std::uint8_t flag;
        const char* name;
    };
    std::vector<std::string> names;
    for (const Row row : {Row{TcpFlag::Syn, "SYN"}, Row{TcpFlag::Fin, "FIN"}, Row{TcpFlag::Rst, "RST"}, Row{TcpFlag::Psh, "PSH"}, Row{TcpFlag::Ack, "ACK"},
                          Row{TcpFlag::Urg, "URG"}, Row{TcpFlag::Ece, "ECE"}, Row{TcpFlag::Cwr, "CWR"}})
        if (flags & row.flag) names.emplace_back(row.name);
    return names;
}

std::string text_of_tcp_flags(std::uint8_t flags) {
    std::string text;
    for (const std::string& name : tcp_flag_names(flags)) append(text, name);
    return text.empty() ? "no flags" : text;
}

std::string text_of_fate(PacketFate fate) {
    switch (fate) {
        case PacketFate::Delivered: return "delivered";
        case PacketFate::Dropped: return "dropped";
        case PacketFate::Duplicated: return "duplicated";
        case PacketFate::Corrupted: return "corrupted";
        case PacketFate::Unroutable: return "unroutable";
        case PacketFate::Repeated: return "sent again while it waits";
        case PacketFate::Severed: return "lost: the cable is pulled";
    }
    return "lost";
}

std::string text_on_arrow(const Packet& packet, const SequenceBase& base) {
    std::string text;
    if (packet.tcp) text = tcp_text(*packet.tcp, base);
    if (packet.icmp) text = text_of_icmp(packet);
    append(text, fragment_text(packet));
    append(text, payload_text(packet));
    if (packet.icmp && !packet.icmp->quoted.empty()) append(text, "about " + text_of_packet(packet_from(packet.icmp->quoted, true)), ": ");
    if (text.empty()) text = packet.version == 0 ? "no IP packet" : packet.is_udp ? "len 0" : "nothing in it";
    return text + faults_text(packet);
}

std::string text_of_packet(const Packet& packet, const SequenceBase& base, bool with_hosts) {
    if (packet.version == 0 && packet.damage.empty()) return "…";
    if (packet.version == 0 || !packet.source.is_known()) return "no whole IP packet" + faults_text(packet);
    return protocol_text(packet) + ends_text(packet, with_hosts) + " " + text_on_arrow(packet, base);
}

std::vector<std::string> packet_fields(const Packet& packet, const SequenceBase& base) {
    std::vector<std::string> lines;
    if (packet.source.is_known()) {
        std::string ip = (packet.version == 4 ? "IPv4  " : "IPv6  ") + text_of_host_address(packet.source) + " -> " + text_of_host_address(packet.target);
        append(ip, "protocol " + std::to_string(packet.protocol), "  ");
        append(ip, (packet.version == 4 ? "ttl " : "hop limit ") + std::to_string(packet.hops_left), "  ");
        append(ip, "length " + std::to_string(packet.length), "  ");
        if (packet.version == 4 || packet.is_fragment) append(ip, "id " + hexadecimal(packet.identification, 4), "  ");
        if (packet.version == 4 && packet.may_not_fragment) append(ip, "DF", "  ");
        append(ip, fragment_text(packet), "  ");
        lines.push_back(ip);
    }
    if (const auto& tcp = packet.tcp) {
        lines.push_back("TCP  " + std::to_string(packet.source.port) + " -> " + std::to_string(packet.target.port) + "  " + tcp_text(*tcp, base));
        std::string numbers;
        if (base.is_known) {
            numbers = "seq " + std::to_string(tcp->sequence);
            if (tcp->has(TcpFlag::Ack)) add_number(numbers, ", ack ", tcp->acknowledged);
            if (base.window(*tcp) != tcp->window) add_number(numbers, ", win ", tcp->window);
            lines.push_back("     as they stand in it: " + numbers);
        }
        std::string options;
        if (tcp->allows_sack) append(options, "SACK permitted");
        if (tcp->window_scale) append(options, "window scale " + std::to_string(*tcp->window_scale), ", ");
        if (tcp->time_value) append(options, "timestamps " + std::to_string(*tcp->time_value) + " echo " + std::to_string(*tcp->time_echo), ", ");
        if (!options.empty()) lines.push_back("     options: " + options);
    }
    if (packet.is_udp) lines.push_back("UDP  " + std::to_string(packet.source.port) + " -> " + std::to_string(packet.target.port));
    if (packet.icmp)
        lines.push_back((packet.version == 4 ? "ICMP  " : "ICMPv6  ") + text_of_icmp(packet) + "  (type " + std::to_string(packet.icmp->type) + ", code " +
                        std::to_string(packet.icmp->code) + ")");
    if (packet.icmp && !packet.icmp->quoted.empty()) lines.push_back("     about " + text_of_packet(packet_from(packet.icmp->quoted, true)));
    else if (packet.payload_length > 0) lines.push_back("data  " + payload_text(packet));
    if (packet.has_wrong_header_checksum) lines.push_back("checksum of the IPv4 header: wrong");
    if (packet.has_wrong_checksum) lines.push_back("checksum: wrong");
    if (!packet.damage.empty()) lines.push_back("damaged: " + packet.damage);
    return lines;
}

std::string hex_line(std::span<const std::byte> bytes, std::size_t line) {
    constexpr std::size_t across = bytes_a_hex_line;
    std::string hex, letters;
    for (std::size_t i = line * across; i < (line + 1) * across; ++i) {
        if (i % across > 0) hex += i % 8 == 0 ? "  " : " ";
        if (i >= bytes.size()) {
            hex += "  ";
            continue;
        }
        const auto byte = static_cast<unsigned char>(bytes[i]);
        hex += hexadecimal(byte, 2);
        letters += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
    }
    return hex + "  " + letters;
}

std::string name_of_host(const Model& model, std::uint32_t host) {
    const HostState* const found = model.network().host(host);
    return found ? found->name : host == 0 ? "nobody" : "host " + std::to_string(host);
}

std::string text_of_host(const Trace& trace, const Event& event) {
    std::string text = "host " + std::string(trace.text(event, 1));
    if (event.value[1] > 0) add_number(text, ", mtu ", static_cast<std::uint64_t>(event.value[1]));
    return text;
}

// "100 ms", "1.5 s"
static std::string text_of_time(std::int64_t us) {
    if (us < 1'000'000) return std::to_string(us / 1000) + " ms";
    const std::string tenths = us % 1'000'000 < 100'000 ? "" : "." + std::to_string(us % 1'000'000 / 100'000);
    return std::to_string(us / 1'000'000) + tenths + " s";
}

std::string text_of_rule(const Model& model, WireRule rule) {
    const WireRules& rules = model.network().rules;
    switch (rule) {
        case WireRule::Latency: return rules.latency_us == 0 ? "no latency" : text_of_time(rules.latency_us) + " each way";
        case WireRule::Rate: return rules.bytes_a_second == 0 ? "as fast as it goes" : std::to_string(rules.bytes_a_second) + " bytes a second";
        case WireRule::Loss: return rules.loses_one_in == 0 ? "nothing is lost" : "one packet in " + std::to_string(rules.loses_one_in) + " is lost";
        case WireRule::Cable: break;
    }
    return rules.cut_host == 0 ? "the cable is in" : rules.cut_host == every_host ? "the cable is pulled" : "the cable of " + name_of_host(model, rules.cut_host) + " is pulled";
}

std::string text_of_rules(const Model& model) {
    const WireRules& rules = model.network().rules;
    std::string text;
    if (rules.cut_host != 0) append(text, text_of_rule(model, WireRule::Cable), ", ");
    if (rules.latency_us != 0) append(text, text_of_rule(model, WireRule::Latency), ", ");
    if (rules.bytes_a_second != 0) append(text, text_of_rule(model, WireRule::Rate), ", ");
    if (rules.loses_one_in != 0) append(text, text_of_rule(model, WireRule::Loss), ", ");
    return text.empty() ? "has no rules: each packet goes over at once" : text;
}

std::string text_of_packet_event(const Trace& trace, const Model& model, const PacketFlows& flows, EventIndex index) {
    const Event& event = trace[index];
    const Packet packet = packet_of(trace, event);
    const PacketOnTrace* const row = flows.packet(static_cast<std::uint64_t>(event.value[0]));
    return "#" + std::to_string(event.value[0]) + " " + name_of_host(model, static_cast<std::uint32_t>(event.value[1])) + " -> " +
           name_of_host(model, static_cast<std::uint32_t>(event.value[2])) + "  " +
           text_of_packet(packet, row ? flows.base_of(*row) : SequenceBase{}, event.value[2] == 0) + (event.value[3] == 1 ? "  held" : "");
}

std::string text_of_carried(const Model& model, const Event& event) {
    const auto fate = static_cast<PacketFate>(event.value[1]);
    std::string text = "#" + std::to_string(event.value[0]) + " " + text_of_fate(fate);
    if (event.value[2] != 0) text += (fate == PacketFate::Delivered ? " to " : ", handed to ") + name_of_host(model, static_cast<std::uint32_t>(event.value[2]));
    return text;
}

}  // namespace ipcscope
