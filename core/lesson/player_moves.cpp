#include <algorithm>

#include "core/lesson/player_impl.h"

namespace ipcscope {
namespace {

Verdict verdict_of(Action::Kind kind) {
    const bool is_answered = kind == Action::Kind::Fail || kind == Action::Kind::Wake;   // woken: the answer is 0, and nobody signalled
    return is_answered ? Verdict::Fail : kind == Action::Kind::Shorten ? Verdict::Shorten : Verdict::Go;
}

}  // namespace

bool is_at_the_gate(Action::Kind kind) {
    return kind == Action::Kind::StepProcess || kind == Action::Kind::Fail || kind == Action::Kind::Shorten || kind == Action::Kind::Wake;
}


// Makes a move, if it can be made now; what plays by itself has then to wait until all is quiet.
bool Player::Impl::make(const Choice& choice) {
    const Action& action = choice.action;
    moved_call = moved_thread = moved_process = no_id;
    moved_packet = 0;
    moved_rule.reset();
    if (action.kind == Action::Kind::SetWire) return set_wire(choice);
    if (is_done_to_packet(action.kind)) return carry(choice);
    const Process* process = run->model().process_named(action.process);
    if (!process && action.kind != Action::Kind::Type) return false;
    if (process) moved_process = process->id;
    switch (action.kind) {
        case Action::Kind::StepProcess:
        case Action::Kind::Fail:
        case Action::Kind::Shorten:
        case Action::Kind::Wake: {
            if (choice.thread >= process->threads.size()) return false;
            const Thread& thread = *run->model().thread(process->threads[choice.thread]);
            if (thread.state != ThreadState::AtGate) return false;
            if (action.kind == Action::Kind::Wake && !can_wake_for_no_reason(row_of(static_cast<CallId>(run->trace()[thread.call()].call)))) return false;
            moved_thread = thread.id;
            moved_call = thread.call();
            run->post(Step{thread.id, verdict_of(action.kind), action.number});
            break;
        }
        case Action::Kind::Kill:
            run->post(ipcscope::Kill{process->id, action.number});
            break;
        case Action::Kind::Close:
            run->post(InjectClose{process->id, action.number});
            break;
        case Action::Kind::Write:
            run->post(InjectWrite{process->id, action.number, action.text});
            break;
        case Action::Kind::Fill:
            run->post(FillPipe{process->id, action.number});
            break;
        case Action::Kind::Type:
            run->post(TypeInput{action.text});
            run->post(Pause{});  // typing ends in no Quiet of its own
            break;
        case Action::Kind::Deliver:
        case Action::Kind::Later:
        case Action::Kind::SetWire:
        case Action::Kind::Drop:
        case Action::Kind::Duplicate:
        case Action::Kind::Corrupt:
        case Action::Kind::Variant:
            return false;  // not a move in a run, but another run
    }
    choices.push_back(choice);
    is_moving = true;
    move_deadline = std::chrono::steady_clock::now() + options.deadline;
    return true;
}

bool Player::Impl::grant(ThreadId id, Action::Kind kind, int number) {
    const Thread* thread = run->model().thread(id);
    const Process* process = thread ? run->model().process(thread->process) : nullptr;
    if (!process) return false;
    Choice choice;
    choice.action.kind = kind;
    choice.action.number = number;
    choice.action.process = process->name;
    choice.thread = static_cast<std::size_t>(std::ranges::find(process->threads, id) - process->threads.begin());
    return make(choice);
}

// All is quiet, so the next goal can come about in one way only: its process makes the call that it stands before.
void Player::Impl::check_next_goal() {
    const Goal* goal = course.next_goal();
    if (!goal || lesson_thread() != no_id || lesson_packet() != 0 || awaits_packet()) return;
    if (has_diverged) {
        left_at = choices.size() - 1;
        return;
    }
    missed = course.places()[course.next()];
    miss(*goal);
}

std::string Player::Impl::what_became_of(const Goal& goal) const {
    const Process* moved = run->model().process(moved_process);
    const bool was_its_move = moved && moved->name == goal.process && moved_thread != no_id;
    return was_its_move ? what_came_of(past(), moved_thread) : what_it_does(past(), goal.process);
}

void Player::Impl::fail(std::string what) {
    has_failed = true;
    is_moving = false;
    trouble = std::move(what);
    target.reset();
    to_replay.clear();
    replay_step = -1;
    rehearsal.reset();
    wanted_what_if.reset();
    calls_a_second = -1;
}

void Player::Impl::miss(const Goal& goal) {
    fail(lesson.folder + "/lesson.md:" + std::to_string(goal.line) + ": `" + goal.text + "` was not seen; of " + goal.process +
         ": " + what_became_of(goal));
}

// What the learner does to a process with a click: it has nothing to do with the lesson's way.
void Player::Impl::act_by_hand(Action::Kind kind, ProcessId process, int number) {
    if (!is_at_rest() || is_hurrying() || !run->model().process(process)) return;
    Choice choice;
    choice.action.kind = kind;
    choice.action.process = run->model().process(process)->name;
    choice.action.number = number;
    leave();
    make(choice);
}

void Player::Impl::give_verdict(ThreadId thread, Action::Kind kind, int number) {
    if (!is_at_rest() || is_hurrying()) return;
    leave();
    grant(thread, kind, number);
}

ThreadId Player::Impl::lesson_thread() const {
    const Goal* goal = course.next_goal();
    return goal ? thread_before(past(), *goal) : no_id;
}

// Away from the lesson's way it is the turn of whoever has stood at the gate longest.
ThreadId Player::Impl::next_thread() const {
    if (!is_at_rest()) return no_id;
    if (!has_left() && !is_open()) return lesson_thread();
    ThreadId longest = no_id;
    EventIndex since = no_id;
    for (const Thread& thread : run->model().threads())
        if (thread.state == ThreadState::AtGate && thread.call() < since) since = thread.call(), longest = thread.id;
    return longest;
}

const WhatIf& Player::Impl::what_if_at(int step, int block) const {
    return lesson.steps[static_cast<std::size_t>(step)].blocks[static_cast<std::size_t>(block)].what_if;
}

}  // namespace ipcscope
