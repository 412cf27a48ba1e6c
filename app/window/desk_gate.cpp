// The learner's hand at the gate, by keys: whose turn it is, and what becomes of the call that is held.
#include <signal.h>

#include "app/views/stage_scene.h"
#include "app/window/desk.h"
#include "core/lesson/goal.h"

namespace ipcscope {

void Desk::step_process(std::size_t nth) {
    const Run* run = player_ ? player_->run() : nullptr;
    if (!run || nth >= run->model().processes().size()) return;
    selection_ = {};
    selection_.process = run->model().processes()[nth].id;
    for (const ThreadId thread : run->model().processes()[nth].threads)
        if (run->model().thread(thread)->state == ThreadState::AtGate) return act(WantStepThread{thread});
}

void Desk::kill_selected() {
    const Run* run = player_ ? player_->run() : nullptr;
    const Process* process = run ? run->model().process(selection_.process) : nullptr;
    if (process && process->state == ProcessState::Alive) act(WantKill{process->id, SIGKILL});
}

// The selected process's, or the one that would go next.
ThreadId Desk::held_thread() const {
    const Run* run = player_ ? player_->run() : nullptr;
    if (!run) return no_id;
    const Process* process = run->model().process(selection_.process);
    const ThreadId thread = process ? shown_thread(run->model(), *process, player_->next_thread()) : player_->next_thread();
    const Thread* held = run->model().thread(thread);
    return held && held->state == ThreadState::AtGate ? thread : no_id;
}

const CallRow* Desk::held_call(ThreadId thread) const {
    if (thread == no_id) return nullptr;
    const Run& run = *player_->run();
    return &row_of(static_cast<CallId>(run.trace()[run.model().thread(thread)->call()].call));
}

void Desk::fail_held() {
    const ThreadId thread = held_thread();
    if (const CallRow* call = held_call(thread); call && can_fail(*call)) act(WantFail{thread, likely_error(*call)});
}

void Desk::wake_held() {
    const ThreadId thread = held_thread();
    if (const CallRow* call = held_call(thread); call && can_wake_for_no_reason(*call)) act(WantWake{thread});
}

void Desk::shorten_held(int bytes) {
    const ThreadId thread = held_thread();
    if (const CallRow* call = held_call(thread); call && can_be_shortened(*call)) act(WantShorten{thread, bytes});
}

}  // namespace ipcscope
