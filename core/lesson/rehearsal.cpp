#include "core/lesson/rehearsal.h"

#include "core/lesson/packets.h"

namespace ipcscope {

namespace {

constexpr int most_besides = 1000;  // a program that calls for ever is not followed for ever

}  // namespace

Rehearsal::Rehearsal(const Course& course, int step, int block)
    : course_(course), step_(step), place_(course.goals_before(step, block)) {}

std::optional<Rehearsal::Move> Rehearsal::next(const Past& past) {
    for (; at_ < place_; ++at_, was_let_go_ = false) {
        const GoalPlace& place = course_.places()[at_];
        const Goal& goal = course_.goal_at(place);
        enter_step(place.step, past.model.applied());
        if (const EventIndex event = find_met(past, goal, since_, used_); event != no_id) {
            used_.add(event, goal);
            continue;
        }
        if (was_let_go_) continue;  // it ended otherwise here, which may be the point of this program
        if (const ThreadId thread = thread_before(past, goal); thread != no_id) {
            was_let_go_ = true;
            return Move{.thread = thread};
        }
        if (const std::uint64_t packet = goal.outcome == Goal::Outcome::Arrives ? held_packet(past, goal.packet) : 0; packet != 0) {
            was_let_go_ = true;
            return Move{.packet = packet};
        }
        const ThreadId other = thread_at_gate(past, goal.process);
        if (other == no_id || is_wanted_later(past, other) || ++besides_ > most_besides) continue;
        return Move{.thread = other};
    }
    enter_step(step_, past.model.applied());
    return std::nullopt;
}

bool Rehearsal::is_wanted_later(const Past& past, ThreadId thread) const {
    for (std::size_t later = at_ + 1; later < place_; ++later)
        if (thread_before(past, course_.goal_at(course_.places()[later])) == thread) return true;
    return false;
}

void Rehearsal::enter_step(int step, EventIndex now) {
    if (step == current_step_) return;
    current_step_ = step;
    since_ = now;
    used_.clear();
}

}  // namespace ipcscope
