#include "core/model/packet_flows.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ipcscope {
namespace {

std::string name_of(const SocketAddress& address) {
    std::string name = address.host;
    name += static_cast<char>(address.port >> 8);
    return name += static_cast<char>(address.port & 0xff);
}

}  // namespace

void PacketFlows::apply(const Trace& trace, EventIndex index) {
    if (trace[index].kind == EventKind::Packet) left(trace, index);
    else if (trace[index].kind == EventKind::Carried) carried(trace, index);
}

void PacketFlows::left(const Trace& trace, EventIndex index) {
    const Event& event = trace[index];
    PacketOnTrace row{.left = index, .from = static_cast<std::uint32_t>(event.value[1]), .to = static_cast<std::uint32_t>(event.value[2]), .is_held = event.value[3] == 1};
    const Packet packet = packet_of(trace, event);
    if (packet.tcp && packet.tcp->is_whole) find_flow(packet, row);
    by_number_.emplace(static_cast<std::uint64_t>(event.value[0]), static_cast<std::uint32_t>(packets_.size()));
    packets_.push_back(row);
}

void PacketFlows::carried(const Trace& trace, EventIndex index) {
    const Event& event = trace[index];
    const auto found = by_number_.find(static_cast<std::uint64_t>(event.value[0]));
    if (found == by_number_.end() || packets_[found->second].ended != no_id) return;
    PacketOnTrace& row = packets_[found->second];
    const auto fate = static_cast<PacketFate>(event.value[1]);
    const bool has_arrived = fate != PacketFate::Dropped && fate != PacketFate::Unroutable && fate != PacketFate::Severed && fate != PacketFate::Repeated;
    if (fate == PacketFate::Duplicated) {
        if (row.copied == no_id) row.copied = index;
    } else {
        row.ended = index;
        row.fate = fate;
    }
    if (!has_arrived || row.from > trace.size()) return;
    if (last_arrived_.size() <= row.from) last_arrived_.resize(row.from + 1, 0);
    row.was_overtaken |= last_arrived_[row.from] > found->second;
    last_arrived_[row.from] = std::max(last_arrived_[row.from], found->second);
}

// A connection is named by both its ends. A SYN with another initial number than the connection's begins a new one.
void PacketFlows::find_flow(const Packet& packet, PacketOnTrace& row) {
    const TcpHeader& tcp = *packet.tcp;
    const std::string source = name_of(packet.source), target = name_of(packet.target);
    const bool is_turned = target < source;
    Which& which = flow_by_ends_[is_turned ? target + source : source + target];
    const auto begin = [&](Flow flow) {
        which.flow = static_cast<std::uint32_t>(flows_.size());
        flows_.push_back(flow);
    };
    if (which.flow == no_id) {
        begin({});
        which.is_turned = is_turned;
    }
    row.is_first_end = is_turned == which.is_turned;
    const auto ends = [&](Flow& flow) { return row.is_first_end ? std::pair(&flow.first, &flow.second) : std::pair(&flow.second, &flow.first); };
    auto [own, other] = ends(flows_[which.flow]);
    const bool is_syn = tcp.has(TcpFlag::Syn), is_ack = tcp.has(TcpFlag::Ack);
    if (is_syn && own->is_known && (!own->is_from_syn || own->initial != tcp.sequence)) {
        Flow flow;
        if (is_ack) *ends(flow).second = *other;
        begin(flow);
        std::tie(own, other) = ends(flows_[which.flow]);
    }
    if (!own->is_known) *own = {true, is_syn, is_syn ? tcp.sequence : tcp.sequence - 1, false, 0};
    if (is_syn) own->has_scale = tcp.window_scale.has_value(), own->scale = tcp.window_scale.value_or(0);
    if (is_ack && !other->is_known) *other = {true, false, tcp.acknowledged - 1, false, 0};
    row.flow = which.flow;
    if (packet.payload_length == 0 && !is_syn && !tcp.has(TcpFlag::Fin)) return;
    // (A router that sends on what it was sent says nothing again.)
    const std::uint64_t number = std::uint64_t{row.from} << 60 | std::uint64_t{row.flow & 0x7ffffff} << 33 | std::uint64_t{row.is_first_end} << 32 | tcp.sequence;
    const auto [said, is_new] = said_.emplace(number, static_cast<std::uint32_t>(packets_.size()));
    if (is_new) return;
    row.repeats = said->second;
    said->second = static_cast<std::uint32_t>(packets_.size());
}

const PacketOnTrace* PacketFlows::packet(std::uint64_t number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : &packets_[found->second];
}

SequenceBase PacketFlows::base_of(const PacketOnTrace& packet) const {
    if (packet.flow >= flows_.size()) return {};
    const Flow& flow = flows_[packet.flow];
    const End& own = packet.is_first_end ? flow.first : flow.second;
    const End& other = packet.is_first_end ? flow.second : flow.first;
    return {true, own.initial, other.is_known ? other.initial : 0, own.has_scale && other.has_scale ? own.scale : std::uint8_t{0}};
}

std::size_t PacketFlows::before(EventIndex cursor) const {
    const auto at = std::ranges::lower_bound(packets_, cursor, {}, &PacketOnTrace::left);
    return static_cast<std::size_t>(at - packets_.begin());
}

}  // namespace ipcscope
