#include "core/model/fold.h"

#include <algorithm>

#include "core/events/area.h"

namespace ipcscope {
namespace {

constexpr auto positions = [] {
    std::array<std::array<std::int8_t, role_count>, call_count> table{};
    for (std::size_t call = 0; call < call_count; ++call)
        for (std::size_t role = 0; role < role_count; ++role)
            table[call][role] = static_cast<std::int8_t>(argument_with(call_table[call], static_cast<Role>(role)));
    return table;
}();

// What the effects do. A row may be empty: fork's children, exec's new programs and the ends of processes are events of
// their own, and what only asks or sleeps changes nothing but its thread.
struct EffectRow {
    void (Fold::*begin)(const Call&) = nullptr;
    void (Fold::*result)(const Call&) = nullptr;
    void (Fold::*abandoned)(const Call&) = nullptr;
    ObjectId (Fold::*sleeps_at)(const Call&) = nullptr;
};

constexpr std::size_t number_of(Effect effect) { return static_cast<std::size_t>(effect); }

constexpr auto effect_table = [] {
    using F = Fold;
    constexpr auto none = nullptr;
    std::array<EffectRow, effect_count> table{};
    const auto row = [&](Effect effect) -> EffectRow& { return table[number_of(effect)]; };
    //                         begins            returns                never returns         sleeps at
    row(Effect::Waits)      = {none,             &F::waits_result,      none,                 none};
    row(Effect::Exits)      = {&F::exits_begin,  none,                  none,                 none};
    row(Effect::MakesPipe)  = {none,             &F::makes_pipe_result, none,                 none};
    row(Effect::MakesFifo)  = {none,             &F::makes_fifo_result, none,                 none};
    row(Effect::Opens)      = {none,             &F::opens_result,      none,                 &F::sleeps_at_path};
    row(Effect::Closes)     = {&F::closes_begin, &F::closes_result,     &F::closes_abandoned, none};
    row(Effect::Duplicates) = {none,             &F::duplicates_result, none,                 none};
    row(Effect::Controls)   = {&F::controls_begin, &F::controls_result, &F::controls_abandoned, &F::sleeps_at_descriptor};
    row(Effect::MakesSemaphore)   = {none,       &F::makes_semaphore_result,   none,          none};
    row(Effect::EndsSemaphore)    = {none,       &F::ends_semaphore_result,    none,          none};
    row(Effect::OpensSemaphore)   = {none,       &F::opens_semaphore_result,   none,          none};
    row(Effect::ClosesSemaphore)  = {none,       &F::closes_semaphore_result,  none,          none};
    row(Effect::UnlinksSemaphore) = {none,       &F::unlinks_semaphore_result, none,          none};
    row(Effect::AsksSemaphore)    = {none,       &F::asks_semaphore_result,    none,          none};
    row(Effect::TakesPermit)      = {none,       &F::takes_permit_result,      &F::takes_permit_abandoned, &F::sleeps_at_semaphore};
    row(Effect::GivesPermit)      = {&F::gives_permit_begin, &F::gives_permit_result, none,   none};
    row(Effect::LocksFile)      = {&F::locks_file_begin,  &F::locks_file_result,      &F::locks_file_abandoned,  &F::sleeps_at_descriptor};
    row(Effect::Seeks)      = {none,             &F::seeks_result,      none,                 none};
    row(Effect::Unlinks)    = {none,             &F::unlinks_result,    none,                 none};
    row(Effect::Sends)      = {&F::sends_begin,  &F::sends_result,      &F::sends_abandoned,  &F::sleeps_at_peer};
    row(Effect::SendsSeveral)    = {&F::sends_several_begin, &F::sends_several_result, &F::sends_several_abandoned, &F::sleeps_at_peer};
    row(Effect::ReceivesSeveral) = {none,        &F::receives_several_result, none,           &F::sleeps_at_descriptor};
    row(Effect::SendsAt)    = {&F::sends_begin,  &F::sends_result,      &F::sends_abandoned,  &F::sleeps_at_descriptor};
    row(Effect::Receives)   = {none,             &F::receives_result,   none,                 &F::sleeps_at_descriptor};
    row(Effect::ReceivesAt) = {none,             &F::receives_result,   none,                 &F::sleeps_at_descriptor};
    row(Effect::Maps)       = {none,             &F::maps_result,       none,                 none};
    row(Effect::Unmaps)     = {none,             &F::unmaps_result,     none,                 none};
    row(Effect::Protects)   = {none,             &F::protects_result,   none,                 none};
    row(Effect::MakesMemory)   = {none,          &F::makes_memory_result,   none,             none};
    row(Effect::OpensShared)   = {none,          &F::opens_shared_result,   none,             none};
    row(Effect::UnlinksShared) = {none,          &F::unlinks_shared_result, none,             none};
    row(Effect::Resizes)    = {none,             &F::resizes_result,    none,                 none};
    row(Effect::Loads)      = {none,             &F::loads_result,      none,                 none};
    row(Effect::Stores)     = {none,             &F::stores_result,     none,                 none};
    row(Effect::Updates)    = {none,             &F::loads_result,      none,                 none};
    row(Effect::StartsThread) = {none,           &F::starts_thread_result, none,              none};
    row(Effect::JoinsThread)  = {none,           &F::joins_thread_result,  none,              none};
    row(Effect::MakesLock)    = {none,              &F::makes_lock_result, none,              none};
    row(Effect::EndsLock)     = {none,              &F::ends_lock_result,  none,              none};
    row(Effect::Locks)        = {&F::locks_begin,   &F::locks_result,      none,              &F::sleeps_at_lock};
    row(Effect::LocksShared)  = {&F::locks_begin,   &F::locks_result,      none,              &F::sleeps_at_lock};
    row(Effect::TriesLock)    = {&F::locks_begin,   &F::locks_result,      none,              none};
    row(Effect::TriesLockShared) = {&F::locks_begin, &F::locks_result,     none,              none};
    row(Effect::Unlocks)      = {&F::unlocks_begin, &F::unlocks_result,    none,              &F::sleeps_at_lock};
    row(Effect::Repairs)      = {none,              &F::repairs_result,    none,              none};
    row(Effect::AwaitsSignal) = {&F::awaits_signal_begin, &F::awaits_signal_result, &F::awaits_signal_abandoned, &F::sleeps_at_lock};
    row(Effect::WakesOne)     = {&F::wakes_begin,   none,                  none,              none};
    row(Effect::WakesAll)     = {&F::wakes_begin,   none,                  none,              none};
    row(Effect::Meets)        = {&F::meets_begin,   none,                  &F::meets_abandoned, &F::sleeps_at_lock};
    row(Effect::Polls)      = {none,             none,                  none,                 &F::sleeps_at_polled};
    row(Effect::Signals)    = {none,             &F::signals_result,    none,                 none};
    row(Effect::Handles)    = {none,             &F::handles_result,    none,                 none};

    row(Effect::OpensQueue)      = {none,                     &F::opens_queue_result,      none,                         none};
    row(Effect::UnlinksQueue)    = {none,                     &F::unlinks_queue_result,    none,                         none};
    row(Effect::AsksQueue)       = {none,                     &F::asks_queue_result,       none,                         none};
    row(Effect::Notifies)        = {none,                     &F::notifies_result,         none,                         none};
    row(Effect::MakesQueue)      = {none,                     &F::makes_queue_result,      none,                         none};
    row(Effect::ControlsQueue)   = {none,                     &F::controls_queue_result,   none,                         none};
    row(Effect::SendsMessage)    = {&F::sends_message_begin,  &F::sends_message_result,    &F::sends_message_abandoned,  &F::sleeps_at_queue};
    row(Effect::ReceivesMessage) = {none,                     &F::receives_message_result, none,                         &F::sleeps_at_queue};

    row(Effect::MakesSemaphores)    = {none,                          &F::makes_semaphores_result,    none, none};
    row(Effect::OperatesSemaphores) = {&F::operates_semaphores_begin, &F::operates_semaphores_result, &F::operates_semaphores_abandoned, &F::sleeps_at_semaphore_set};
    row(Effect::ControlsSemaphores) = {&F::controls_semaphores_begin, &F::controls_semaphores_result, none, none};
    row(Effect::MakesSegment)       = {none,                          &F::makes_segment_result,       none, none};
    row(Effect::AttachesSegment)    = {none,                          &F::attaches_segment_result,    none, none};
    row(Effect::DetachesSegment)    = {none,                          &F::detaches_segment_result,    none, none};
    row(Effect::ControlsSegment)    = {none,                          &F::controls_segment_result,    none, none};

    row(Effect::MakesEventFd)  = {none,                  &F::makes_event_fd_result,  none, none};
    row(Effect::MakesSignalFd) = {none,                  &F::makes_signal_fd_result, none, none};
    row(Effect::MakesTimerFd)  = {none,                  &F::makes_timer_fd_result,  none, none};
    row(Effect::SetsTimer)     = {none,                  &F::sets_timer_result,      none, none};
    row(Effect::AddsCount)     = {&F::adds_count_begin,  &F::adds_count_result,      none, &F::sleeps_at_descriptor};
    row(Effect::TakesCount)    = {none,                  &F::takes_count_result,     none, &F::sleeps_at_descriptor};

    row(Effect::MakesSocket)     = {none,                 &F::makes_socket_result,      none, none};
    row(Effect::MakesSocketPair) = {none,                 &F::makes_socket_pair_result, none, none};
    row(Effect::Binds)           = {none,                 &F::binds_result,             none, none};
    row(Effect::Listens)         = {none,                 &F::listens_result,           none, none};
    row(Effect::Accepts)         = {none,                 &F::accepts_result,           none, &F::sleeps_at_descriptor};
    row(Effect::Connects)        = {&F::connects_begin,   &F::connects_result,          none, &F::sleeps_at_peer};
    row(Effect::ShutsDown)       = {&F::shuts_down_begin, none,                         none, none};
    row(Effect::SetsOption)      = {none,                 &F::sets_option_result,       none, none};
    row(Effect::AsksSocket)      = {none,                 &F::asks_socket_result,       none, none};
    row(Effect::MakesEventPoll)  = {none,                 &F::makes_event_poll_result,  none, none};
    row(Effect::Watches)         = {none,                 &F::watches_result,           none, none};
    row(Effect::MovesBytes)      = {none,                 &F::moves_bytes_result,       none, &F::sleeps_at_peer};
    return table;
}();

const EffectRow& effects_of(const Call& call) { return effect_table[number_of(row_of(call.id).effect)]; }

// Lets a held call go. False if it was not held.
bool release_from_gate(Thread& thread, EventIndex enter) {
    const auto held = std::ranges::find_if(thread.pending, [&](const Pending& p) { return p.enter == enter && p.is_held; });
    if (held == thread.pending.end()) return false;
    thread.pending.erase(held);
    return true;
}

bool is_happening(EventKind kind) {
    switch (kind) {
        case EventKind::Quiet:
        case EventKind::Fact:
        case EventKind::Output:
        case EventKind::Unseen:
        case EventKind::Lost:
        case EventKind::Note:
        case EventKind::Host:
            return false;
        default:
            return true;
    }
}

}  // namespace

int position_of(CallId call, Role role) { return positions[static_cast<std::size_t>(call)][static_cast<std::size_t>(role)]; }

std::int64_t Call::argument(Role role) const {
    const int position = position_of(id, role);
    return position < 0 ? 0 : entry.value[position];
}

bool Call::has_failed() const {
    const Answer answer = row_of(id).answer;
    if (answer == Answer::Error) return result() != 0;
    return exit->error != 0 || (result() < 0 && answer != Answer::Offset && answer != Answer::Value && answer != Answer::Serial);
}

void show_state(Thread& thread) {
    thread.asleep_since = no_id;
    thread.waits_for = no_id;
    thread.wchan.clear();
    if (thread.calls.empty()) {
        thread.state = ThreadState::Running;
        return;
    }
    const Pending* pending = thread.pending_of(thread.call());
    thread.state = pending && pending->is_held ? ThreadState::AtGate : ThreadState::InKernel;
}

Call Fold::call_at(Thread& thread, EventIndex enter, const Event* exit) {
    const Event& entry = trace[enter];
    return {enter, entry, exit, static_cast<CallId>(entry.call), model.processes_[thread.process], thread};
}

void Fold::begin(Thread& thread, EventIndex enter) {
    thread.state = ThreadState::InKernel;
    const Call call = call_at(thread, enter);
    if (const auto effect = effects_of(call).begin) (this->*effect)(call);
}

void Model::apply(const Trace& trace, EventIndex index) {
    Fold{*this, trace, trace[index], index}.apply();
    applied_ = index + 1;
}

void Fold::apply() {
    if (model.is_step_over_ && is_happening(event.kind)) {
        model.is_step_over_ = false;
        model.step_began_ = index;
        model.changes_.clear();
    }
    switch (event.kind) {
        case EventKind::Enter: return enter();
        case EventKind::Granted: return grant();
        case EventKind::Exit: return exit();
        case EventKind::Abandoned: return abandon();
        case EventKind::Born: return born();
        case EventKind::Image: return image();
        case EventKind::ThreadBorn: return thread_born();
        case EventKind::ThreadEnded: return thread_ended();
        case EventKind::Ended: return ended();
        case EventKind::Asleep: return fall_asleep();
        case EventKind::Awake: return wake();
        case EventKind::Quiet: return quiet();
        case EventKind::Found: return found();
        case EventKind::Fact: return fact();
        case EventKind::Unseen: return unseen();
        case EventKind::Host: return host();
        case EventKind::Packet: return packet();
        case EventKind::Carried: return carried();
        case EventKind::WireSet: return wire_set();
        case EventKind::Output:
        case EventKind::Lost:
        case EventKind::Note: return;
    }
}

void Fold::enter() {
    Thread* const here = thread();
    if (!here || here->state == ThreadState::Ended || here->process != event.process || !is_call(event.call)) return surprise();
    here->calls.push_back(index);
    if ((event.flags & Flag::Inside) == 0) here->site = event.site;
    meet_locks(call_at(*here, index));
    if ((event.flags & Flag::Held) == 0) return begin(*here, index);
    pending(*here, index).is_held = true;
    here->state = ThreadState::AtGate;
}

void Fold::grant() {
    Thread* const here = thread();
    if (!here || event.pair == no_id || !release_from_gate(*here, event.pair)) return surprise();
    here->state = ThreadState::InKernel;
    const auto verdict = static_cast<Verdict>(event.value[0]);
    if (verdict == Verdict::Fail) {  // the kernel will not hear of this call
        const Call call = call_at(*here, event.pair);
        if (can_wake_for_no_reason(row_of(call.id)) && event.value[1] == 0) wakes_unasked_begin(call);
        return;
    }
    if (verdict == Verdict::Shorten) pending(*here, event.pair).most_bytes = static_cast<std::uint64_t>(event.value[1]);
    begin(*here, event.pair);
}

void Fold::exit() {
    Thread* const here = thread();
    if (!here || here->state == ThreadState::Ended || !is_call(event.call)) return surprise();
    if (event.pair == no_id) {  // fork returned in the child, pthread_create in the thread, which never entered it
        here->last_exit = index;
        const Effect effect = row_of(static_cast<CallId>(event.call)).effect;
        if (effect == Effect::StartsThread) return begin_thread();
        if (effect != Effect::Forks) surprise();
        return note_change({.process = event.process, .at = index});
    }
    const auto open = std::ranges::find(here->calls, event.pair);
    if (open == here->calls.end() || trace[event.pair].call != event.call) return surprise();
    leave_calls(*here, static_cast<std::size_t>(open - here->calls.begin()) + 1);
    if (release_from_gate(*here, event.pair)) begin(*here, event.pair);  // the gate was opened for all
    const Call call = call_at(*here, event.pair, &event);
    if (const auto effect = effects_of(call).result) (this->*effect)(call);
    std::erase_if(here->pending, [&](const Pending& p) { return p.enter == event.pair; });
    here->calls.pop_back();
    here->last_exit = index;
    show_state(*here);
}

void Fold::abandon() {
    Thread* const here = thread();
    if (!here || event.pair == no_id) return surprise();
    const auto open = std::ranges::find(here->calls, event.pair);
    if (open == here->calls.end()) return surprise();
    leave_calls(*here, static_cast<std::size_t>(open - here->calls.begin()));
    show_state(*here);
}

void Fold::leave_calls(Thread& thread, std::size_t keep) {
    while (thread.calls.size() > keep) {
        const EventIndex enter = thread.calls.back();
        const Call call = call_at(thread, enter);
        const auto effect = effects_of(call).abandoned;
        if (effect && !release_from_gate(thread, enter)) (this->*effect)(call);
        std::erase_if(thread.pending, [&](const Pending& p) { return p.enter == enter; });
        thread.calls.pop_back();
    }
}

void Fold::fall_asleep() {
    Thread* const here = thread();
    if (!here || here->state == ThreadState::Ended) return surprise();
    here->state = ThreadState::Asleep;
    here->asleep_since = index;
    here->wchan = trace.text(event);
    here->waits_for = no_id;
    if (here->calls.empty()) return;
    const Call call = call_at(*here, here->call());
    if (const auto sleeps_at = effects_of(call).sleeps_at) here->waits_for = (this->*sleeps_at)(call);
    note_change({.process = here->process, .object = here->waits_for, .at = index});
}

void Fold::wake() {
    Thread* const here = thread();
    if (here && here->state == ThreadState::Asleep) show_state(*here);
}

void Fold::quiet() {
    ++model.steps_;
    model.is_step_over_ = true;
}

void Fold::note_change(Change change) {
    constexpr std::size_t most = 512;  // a run without steps would heap them up for ever
    std::vector<Change>& changes = model.changes_;
    if (changes.size() >= most) changes.erase(changes.begin(), changes.begin() + most / 2);
    changes.push_back(change);
}

Pending& Fold::pending(Thread& thread, EventIndex enter) {
    for (Pending& pending : thread.pending)
        if (pending.enter == enter) return pending;
    Pending& made = thread.pending.emplace_back();
    made.enter = enter;
    return made;
}

}  // namespace ipcscope
