#include "core/session/wire.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <span>

#include "core/model/packet.h"

namespace ipcscope {
namespace {

constexpr std::size_t most_bytes = 65535;     // of an IP packet
constexpr std::size_t kept_of_free = 512;     // bytes in the trace of a packet that is not held: there may be a hundred thousand a second
constexpr int most_at_once = 64;              // from one host, before another's turn

// Where it is to go (RFC 791 section 3.1, RFC 8200 section 3); empty: this is no IP packet. (All that has to be read of one that is not held.)
std::string_view destination_of(std::string_view packet) {
    const int version = packet.empty() ? 0 : static_cast<std::uint8_t>(packet[0]) >> 4;
    if (version == 4 && packet.size() >= 20) return packet.substr(16, 4);
    if (version == 6 && packet.size() >= 40) return packet.substr(24, 16);
    return {};
}

bool is_multicast(std::string_view address) {
    const auto first = static_cast<std::uint8_t>(address[0]);
    return address.size() == 4 ? (first & 0xf0) == 0xe0 : first == 0xff;
}

ipcscope::Packet decoded(std::string_view packet) { return packet_from(std::as_bytes(std::span(packet))); }

}  // namespace

void Wire::join(UniqueFd device, std::vector<HostAddress> addresses) {
    ends_.push_back(std::make_unique<End>(io_, std::move(device)));
    map_.add(std::move(addresses));
}

void Wire::close() {
    ends_.clear();
    map_.clear();
    held_.clear();
    flying_.clear();
    alarm_.cancel();
}

// Only wakes the session's loop, which looks. (Asked for again when what is there has been taken: else it would be called for ever.)
void Wire::listen(End& end) {
    if (end.is_listening) return;
    end.is_listening = true;
    end.device.async_wait(asio::posix::stream_descriptor::wait_read, [&end](const asio::error_code& error) {
        if (!error) end.is_listening = false;
    });
}

bool Wire::has_news() const {
    return std::ranges::any_of(ends_, [](const auto& end) {
        pollfd source{end->device.native_handle(), POLLIN, 0};
        return poll(&source, 1, 0) > 0;
    });
}

void Wire::carry() {
    if (ends_.empty()) return;
    for (std::uint32_t host = 1; host <= ends_.size(); ++host) take_from(host);
    deliver_those_due();
    for (const auto& end : ends_) listen(*end);
}

void Wire::take_from(std::uint32_t host) {
    buffer_.resize(most_bytes);
    for (int taken = 0; taken < most_at_once; ++taken) {
        const ssize_t length = read(ends_[host - 1]->device.native_handle(), buffer_.data(), buffer_.size());
        if (length <= 0) return;
        const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(length));
        const std::string_view destination = destination_of(bytes);
        if (destination.empty() || is_multicast(destination)) continue;
        Packet packet{++packets_, host, map_.next(host, destination), std::string(bytes)};
        const bool has_cause = cause_.host == host;
        Event event = out_.event(EventKind::Packet, has_cause ? cause_.process : no_id, has_cause ? cause_.thread : no_id);
        event.value[0] = static_cast<std::int64_t>(packet.number);
        event.value[1] = packet.from;
        event.value[2] = packet.to;
        const bool is_repeated = is_held_ && is_waiting(packet);
        const bool must_wait = is_held_ && packet.to != 0 && !is_severed(packet) && !is_repeated && !passes_by_itself(packet);
        event.value[3] = must_wait;
        const std::size_t kept = is_held_ ? bytes.size() : std::min(bytes.size(), kept_of_free);
        const EventBatch::Piece piece{0, std::as_bytes(std::span(bytes.substr(0, kept))), bytes.size()};
        out_.fresh().add(event, {&piece, 1});
        if (packet.to == 0)
            tell(packet, PacketFate::Unroutable, 0);
        else if (is_repeated)
            tell(packet, PacketFate::Repeated, 0);
        else if (must_wait)
            held_.push_back(std::move(packet));
        else
            send_off(std::move(packet));
    }
}

// A kernel sends again what is not acknowledged in time, and time does not stop while a packet is held.
bool Wire::is_waiting(const Packet& packet) const {
    const ipcscope::Packet mine = decoded(packet.bytes);
    return mine.tcp && std::ranges::any_of(held_, [&](const Packet& held) {
        if (held.from != packet.from || held.bytes.size() != packet.bytes.size()) return false;
        const ipcscope::Packet other = decoded(held.bytes);
        return other.tcp && other.source == mine.source && other.target == mine.target && other.tcp->sequence == mine.tcp->sequence &&
               other.tcp->flags == mine.tcp->flags;
    });
}

// An ACK and nothing else. The handshake's, the second packet of who has begun, is no mere acknowledgment: it passes with the handshake only.
bool Wire::passes_by_itself(const Packet& packet) {
    if (!lets_acknowledgments_) return false;
    const ipcscope::Packet segment = decoded(packet.bytes);
    if (!segment.tcp) return false;
    const bool acknowledges = segment.tcp->flags == TcpFlag::Ack && segment.payload_length == 0;
    if (lets_handshakes_) return acknowledges || (segment.tcp->flags & TcpFlag::Syn) != 0;
    const Beginner flow{packet.from, segment.source.port, segment.target.port};
    if (segment.tcp->flags == TcpFlag::Syn) beginners_.insert(flow);
    return acknowledges && beginners_.erase(flow) == 0;
}

void Wire::set(const SetWire& rules) {
    rules_ = rules;
    Event event = out_.event(EventKind::WireSet);
    event.value[0] = rules.latency.count();
    event.value[1] = static_cast<std::int64_t>(rules.bytes_a_second);
    event.value[2] = rules.loses_one_in;
    event.value[3] = rules.cut_host;
    out_.fresh().add(event);
}

bool Wire::is_severed(const Packet& packet) const {
    return rules_.cut_host != 0 && (rules_.cut_host == every_host || rules_.cut_host == packet.from || rules_.cut_host == packet.to);
}

// Onto its way, as the rules have it.
void Wire::send_off(Packet packet, std::chrono::microseconds delay) {
    ++carried_;
    if (is_severed(packet)) return tell(packet, PacketFate::Severed, 0);
    if (rules_.loses_one_in != 0 && carried_ % rules_.loses_one_in == 0) return tell(packet, PacketFate::Dropped, 0);
    const Clock::time_point now = Clock::now();
    packet.due = now + rules_.latency + delay;
    if (rules_.bytes_a_second != 0) {
        Clock::time_point& free_at = ends_[packet.from - 1]->free_at;
        const std::chrono::duration<double> lasts(static_cast<double>(packet.bytes.size()) / static_cast<double>(rules_.bytes_a_second));
        free_at = std::max(free_at, now) + std::chrono::duration_cast<Clock::duration>(lasts);
        packet.due = free_at + rules_.latency + delay;
    }
    if (packet.due <= now && flying_.empty()) return deliver(packet, PacketFate::Delivered);
    const auto place = std::ranges::upper_bound(flying_, packet.due, {}, &Packet::due);
    flying_.insert(place, std::move(packet));
}

void Wire::deliver_those_due() {
    const Clock::time_point now = Clock::now();
    for (; !flying_.empty() && flying_.front().due <= now; flying_.pop_front()) deliver(flying_.front(), PacketFate::Delivered);
    if (flying_.empty()) return;
    alarm_.expires_at(flying_.front().due);
    alarm_.async_wait([](const asio::error_code&) {});    // only wakes the loop
}

void Wire::deliver(const Packet& packet, PacketFate fate) {
    const int device = ends_[packet.to - 1]->device.native_handle();
    std::string altered;
    if (fate == PacketFate::Corrupted) {
        altered = packet.bytes;
        altered.back() = static_cast<char>(altered.back() ^ 1);
    }
    const std::string& bytes = altered.empty() ? packet.bytes : altered;
    // Told first: what the receiving kernel answers comes after. A host that is gone takes nothing.
    tell(packet, fate, packet.to, altered);
    (void)!write(device, bytes.data(), bytes.size());
}

void Wire::tell(const Packet& packet, PacketFate fate, std::uint32_t to, std::string_view altered) {
    Event event = out_.event(EventKind::Carried);
    event.value[0] = static_cast<std::int64_t>(packet.number);
    event.value[1] = static_cast<std::int64_t>(fate);
    event.value[2] = to;
    if (altered.empty())
        out_.fresh().add(event);
    else
        out_.fresh().add(event, altered);
}

void Wire::hold(bool is_held) {
    is_held_ = is_held;
    if (is_held) return;
    for (; !held_.empty(); held_.pop_front()) send_off(std::move(held_.front()));
}

bool Wire::carry_held(std::uint64_t number, PacketFate fate, std::chrono::microseconds delay) {
    const auto packet = std::ranges::find(held_, number, &Packet::number);
    if (packet == held_.end()) return false;
    if (fate == PacketFate::Duplicated) {
        if (is_severed(*packet)) return true;    // the copy went nowhere
        deliver(*packet, fate);
        return true;
    }
    Packet taken = std::move(*packet);
    held_.erase(packet);
    if (fate == PacketFate::Dropped) tell(taken, fate, 0);
    else if (fate == PacketFate::Delivered || is_severed(taken)) send_off(std::move(taken), delay);
    else deliver(taken, fate);
    return true;
}

}  // namespace ipcscope
