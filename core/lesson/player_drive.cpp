#include <algorithm>

#include "core/lesson/player_impl.h"

namespace ipcscope {

namespace {
constexpr std::chrono::milliseconds longest_debt{50};
}

// Several calls fall due in one frame.
bool Player::Impl::is_behind() const { return calls_a_second > 0 && !has_failed && std::chrono::steady_clock::now() >= next_move; }

bool Player::Impl::is_hurrying() const {
    return !has_failed &&
           (replay_step >= 0 || target || wanted_what_if || rehearsal || (acting && !acting->is_done) || calls_a_second == 0);
}

// All is quiet and nobody has failed: the next move of what plays by itself, if anything does.
void Player::Impl::drive() {
    if (!to_replay.empty()) {
        const Choice choice = std::move(to_replay.front());
        to_replay.pop_front();
        if (!make(choice)) fail("the programs did not go the same way again, so there is no way back; Restart begins anew");
        return;
    }
    replay_step = -1;
    if (rehearsal) {
        if (const auto move = rehearsal->next(past())) {
            if (move->packet != 0) carry_by_number(move->packet, Action::Kind::Deliver);
            else grant(move->thread);
            return;
        }
        acting->since = rehearsal->since();
        rehearsal.reset();
    }
    if (target) {
        if (!is_at(target->first, target->second)) return make_lesson_move();
        target.reset();
    }
    if (wanted_what_if) begin_what_if();
    if (acting && !acting->is_done && is_at_rest()) return act();
    if (calls_a_second >= 0 && std::chrono::steady_clock::now() >= next_move) {
        const bool is_stuck = has_left() ? next_thread() == no_id && next_packet() == 0 : course.open_question() >= 0 || (course.is_done() && !waits_for_visitors());
        if (is_stuck) {
            calls_a_second = -1;
            return;
        }
        // A frame's delay is made up for; a class's discussion is not.
        if (calls_a_second > 0)
            next_move = std::max(next_move, std::chrono::steady_clock::now() - longest_debt) +
                        std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(1 / calls_a_second));
        if (waits_for_visitors()) step_open();
        else make_lesson_move();
    }
}

// Everything before this block is done, and nothing behind it. (Text and questions are nothing to be done.)
bool Player::Impl::is_at(int step, int block) const {
    const std::size_t before = course.goals_before(step, block);
    return course.next() > before || (course.next() == before && course.step() >= step);
}

void Player::Impl::make_lesson_move() {
    if (!has_left() && course.is_step_done()) return show_next_step();
    if (const ThreadId thread = next_thread(); thread != no_id)
        grant(thread);
    else if (const std::uint64_t packet = next_packet(); packet != 0)
        carry_by_number(packet, Action::Kind::Deliver);
}

// Whoever has stood at a gate for longest.
bool Player::Impl::step_open() {
    const ThreadId thread = is_open() ? next_thread() : no_id;
    return thread != no_id && grant(thread);
}

void Player::Impl::show_next_step() {
    if (course.is_done()) return;
    course.advance(run->trace().size());
    check_next_goal();
}

void Player::Impl::begin_what_if() {
    const auto [step, block] = *wanted_what_if;
    wanted_what_if.reset();
    acting.emplace();
    acting->step = step;
    acting->block = block;
    acting->choices_before = choices;
    acting->since = run->trace().size();
    leave();
    const Action& first = what_if_at(step, block).actions.front();
    if (first.kind != Action::Kind::Variant) return;
    acting->next_action = 1;
    left_at = never;  // a run that is all the learner's own; `source` says so
    rehearsal.emplace(course, step, block);
    start(first.text);
}

// The next action of the what-if, then what must be seen of it.
void Player::Impl::act() {
    const WhatIf& what_if = what_if_at(acting->step, acting->block);
    const bool is_action_next = acting->next_action < what_if.actions.size() && what_if.actions[acting->next_action].goals_before <= acting->next_goal;
    if (is_action_next) {
        const Action& action = what_if.actions[acting->next_action++];
        const bool is_made = is_at_the_gate(action.kind) ? grant(thread_at_gate(past(), action.process), action.kind, action.number) : make({action, 0});
        if (!is_made)
            fail(lesson.folder + "/lesson.md:" + std::to_string(action.line) + ": this cannot be done here; of " +
                 action.process + ": " + what_it_does(past(), action.process));
        return;
    }
    if (acting->next_goal < what_if.goals.size()) {
        const Goal& goal = what_if.goals[acting->next_goal];
        const EventIndex event = find_met(past(), goal, acting->since, acting->used);
        if (event == no_id) {
            if (carry_for(goal)) return;
            if (is_awaited(goal) && std::chrono::steady_clock::now() < move_deadline) return;    // in the kernel's own time
            const ThreadId thread = thread_before(past(), goal);
            if (thread == no_id)
                miss(goal);
            else
                grant(thread);
            return;
        }
        acting->used.add(event, goal);
        ++acting->next_goal;
        return act();
    }
    acting->is_done = true;
    acting->choices_after = choices.size();
}

void Player::Impl::replay(std::vector<Choice> made, const std::string& which) {
    start(which);
    to_replay.assign(made.begin(), made.end());
}

void Player::Impl::play_from_start() {
    acting.reset();
    rehearsal.reset();
    wanted_what_if.reset();
    left_at = never;
    has_diverged = false;
    replay_step = -1;
    replay({}, lesson.program);
}

void Player::Impl::back() {
    if (choices.empty() && to_replay.empty() && !acting) return;
    target.reset();
    wanted_what_if.reset();
    rehearsal.reset();
    calls_a_second = -1;
    std::vector<Choice> made = choices;
    made.insert(made.end(), to_replay.begin(), to_replay.end());
    std::string which = source;
    if (acting && (!acting->is_done || made.size() <= acting->choices_after)) {
        made = acting->choices_before;
        which = lesson.program;
        acting.reset();
    } else {
        made.pop_back();
    }
    if (which == lesson.program) {  // in a variant the course rests where it was left
        if (replay_step < 0) replay_step = course.step();
        course.restart(false);
        if (made.size() <= left_at) left_at = never, has_diverged = has_diverged && !made.empty();
    }
    replay(std::move(made), which);
}

}  // namespace ipcscope
