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
    {Action::Kind::Later, PacketFate::Delivered},
    {Action::Kind::Drop, PacketFate::Dropped},
    {Action::Kind::Duplicate, PacketFate::Duplicated},
    {Action::Kind::Corrupt, PacketFate::Corrupted},
};

// Longer than a kernel waits for the answer to its SYN (RFC 6298: a second).
constexpr std::chrono::milliseconds late{1500};

}  // namespace

bool is_done_to_packet(Action::Kind kind) {
    return std::ranges::find(fates, kind, [](const auto& one) { return one.kind; }) != std::end(fates);
}

Action::Kind kind_for(PacketFate fate) { return std::ranges::find(fates, fate, [](const auto& one) { return one.fate; })->kind; }

bool Player::Impl::carry(const Choice& choice) {
    const std::uint64_t number = held_packet(past(), choice.action.packet, choice.packet);
    if (number == 0) return false;
    const auto* row = std::ranges::find(fates, choice.action.kind, [](const auto& one) { return one.kind; });
    moved_packet = number;
    run->post(Carry{number, row->fate, choice.action.kind == Action::Kind::Later ? late : std::chrono::milliseconds(0)});
    choices.push_back(choice);
    is_moving = true;
    move_deadline = std::chrono::steady_clock::now() + options.deadline;
    return true;
}

// Told by what it is, so that it can be done again in another run.
void Player::Impl::carry_by_number(std::uint64_t number, Action::Kind kind) {
    const auto& on_wire = run->model().network().on_wire;
    const auto packet = std::ranges::find(on_wire, number, &PacketOnWire::number);
    const HostState* const host = packet == on_wire.end() ? nullptr : run->model().network().host(packet->from);
    if (!host || !packet->is_held) return;
    const PacketName name = name_of_packet(packet_of(run->trace(), run->trace()[packet->left]));
    Choice choice;
    choice.action.kind = kind;
    choice.action.packet = {host->name, name.words, name.data};
    while (held_packet(past(), choice.action.packet, choice.packet) != number) ++choice.packet;
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
    carry_by_number(number, Action::Kind::Deliver);
    return true;
}

bool Player::Impl::set_wire(const Choice& choice) {
    if (!run->session().has_wire()) return false;
    WireRules rules = run->model().network().rules;
    rules.set(choice.action.rule, choice.action.number);
    moved_rule = choice.action.rule;
    run->post(SetWire{std::chrono::microseconds(rules.latency_us), static_cast<std::uint64_t>(rules.bytes_a_second),
                      static_cast<std::uint32_t>(rules.loses_one_in), rules.cut_host});
    choices.push_back(choice);
    is_moving = true;
    move_deadline = std::chrono::steady_clock::now() + options.deadline;
    return true;
}

// What a kernel sends again, when it thinks that it is time; and what it sent before was lost, or is late.
bool Player::Impl::is_awaited(const Goal& goal) const {
    return goal.outcome == Goal::Outcome::Leaves || goal.outcome == Goal::Outcome::Lost ||
           (goal.outcome == Goal::Outcome::Arrives && run->model().network().is_unsettled());
}

// A kernel measures how long an answer takes, the learner's thinking included, and waits accordingly before it sends again: minutes, maybe.
// What is about that waiting begins anew, without any thinking.
bool Player::Impl::needs_fresh_clocks(const WhatIf& what_if) const {
    return std::ranges::any_of(what_if.actions, [](const Action& action) { return action.kind == Action::Kind::SetWire || action.kind == Action::Kind::Later; });
}

// Something is on its way that arrives by itself: slowly, maybe.
bool Player::Impl::is_carrying() const {
    return run && std::ranges::any_of(run->model().network().on_wire, [](const PacketOnWire& packet) { return !packet.is_held; });
}

std::vector<std::string> Player::Impl::host_names() const {
    std::vector<std::string> names;
    for (const LessonHost& host : lesson.hosts) names.push_back(host.name);
    return names;
}

}  // namespace ipcscope
