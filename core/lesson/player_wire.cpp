// Moves on the wire: a packet is let through, dropped, doubled or damaged.
#include <algorithm>

#include "core/lesson/packets.h"
#include "core/lesson/player_impl.h"

namespace ipcscope {
namespace {

constexpr struct {
    Action::Kind kind;
    PacketFate fate;
} fates[] = {
    {Action::Kind::Deliver, PacketFate::Delivered},
    {Action::Kind::Drop, PacketFate::Dropped},
    {Action::Kind::Duplicate, PacketFate::Duplicated},
    {Action::Kind::Corrupt, PacketFate::Corrupted},
};

}  // namespace

bool Player::Impl::carry(const Choice& choice) {
    const std::uint64_t number = held_packet(past(), choice.action.packet);
    if (number == 0) return false;
    const auto* row = std::ranges::find(fates, choice.action.kind, [](const auto& one) { return one.kind; });
    moved_packet = number;
    run->post(Carry{number, row->fate});
    choices.push_back(choice);
    is_moving = true;
    move_deadline = std::chrono::steady_clock::now() + options.deadline;
    return true;
}

// Told by what it is, so that it can be done again in another run. (Of two alike, the older one is meant.)
void Player::Impl::carry_by_number(std::uint64_t number, PacketFate fate) {
    const auto& on_wire = run->model().network().on_wire;
    const auto packet = std::ranges::find(on_wire, number, &PacketOnWire::number);
    const HostState* const host = packet == on_wire.end() ? nullptr : run->model().network().host(packet->from);
    if (!host) return;
    const PacketName name = name_of_packet(packet_of(run->trace(), run->trace()[packet->left]));
    Choice choice;
    choice.action.kind = std::ranges::find(fates, fate, [](const auto& one) { return one.fate; })->kind;
    choice.action.packet = {host->name, name.words, name.data};
    make(choice);
}

std::uint64_t Player::Impl::lesson_packet() const {
    const Goal* const goal = course.next_goal();
    return goal && goal->outcome == Goal::Outcome::Arrives ? held_packet(past(), goal->packet) : 0;
}

// Away from the lesson's way it is the turn of the oldest.
std::uint64_t Player::Impl::next_packet() const {
    if (!is_at_rest()) return 0;
    if (!has_left()) return lesson_packet();
    for (const PacketOnWire& packet : run->model().network().on_wire)
        if (packet.is_held) return packet.number;
    return 0;
}

// A kernel sends again when it thinks that it is time.
bool Player::Impl::awaits_packet() const {
    const Goal* const goal = has_left() || !run ? nullptr : course.next_goal();
    return goal && goal->outcome == Goal::Outcome::Leaves;
}

// The what-if wants this packet to arrive: it is let through.
bool Player::Impl::carry_for(const Goal& goal) {
    const std::uint64_t number = goal.outcome == Goal::Outcome::Arrives ? held_packet(past(), goal.packet) : 0;
    if (number == 0) return false;
    carry_by_number(number, PacketFate::Delivered);
    return true;
}

}  // namespace ipcscope
