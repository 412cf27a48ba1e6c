#include "core/lesson/matching.h"

#include <sys/wait.h>

#include <algorithm>

#include "core/lesson/goal.h"
#include "core/lesson/packets.h"
#include "core/model/explain.h"

namespace ipcscope {

namespace {

using Outcome = Goal::Outcome;

// A thread that the lesson has named is meant by that name only, all others by their process's.
bool is_called(const Past& past, const Thread& thread, std::string_view name) {
    return thread.name.empty() ? past.model.process(thread.process)->name == name : thread.name == name;
}

bool is_of(const Past& past, const Event& event, const Goal& goal) {
    const Process* process = past.model.process(event.process);
    if (!process) return false;
    const Thread* const thread = past.model.thread(event.thread);
    return thread ? is_called(past, *thread, goal.process) : process->name == goal.process;
}

bool is_own_call(const Event& event) {
    return (event.flags & (Flag::Inside | Flag::Injected)) == 0;
}

bool is_same_call(const Past& past, EventIndex enter, const Goal& goal) {
    const Event& event = past.trace[enter];
    const CallLog::Entry* entry = past.log.entry_of(enter);
    return entry && is_own_call(event) && event.call == static_cast<std::uint16_t>(*goal.call) &&
           arguments_match(goal, entry->call.arguments);
}

bool is_answer(const Past& past, const Event& exit, const Goal& goal) {
    switch (goal.outcome) {
        case Outcome::Returns:
            return true;
        case Outcome::ReturnsValue:
            return exit.value[0] == goal.value;
        case Outcome::Fails:
            return exit.error == goal.value;
        case Outcome::ReturnsProcess: {
            const Process* process = past.model.process_named(goal.name);
            return process && exit.value[0] == process->pid;
        }
        default:
            return false;
    }
}

bool is_met_by_exit(const Past& past, EventIndex index, const Goal& goal) {
    const Event& exit = past.trace[index];
    if (!goal.call || exit.call != static_cast<std::uint16_t>(*goal.call) || !is_answer(past, exit, goal)) return false;
    // A fork returns in the child, too, where nobody had entered it.
    return exit.pair == no_id ? is_own_call(exit) && arguments_match(goal, {}) : is_same_call(past, exit.pair, goal);
}

bool was_let_go(const Past& past, EventIndex enter, EventIndex until) {
    if ((past.trace[enter].flags & Flag::Held) == 0) return true;
    for (EventIndex i = enter; i < until; ++i)
        if (past.trace[i].kind == EventKind::Granted && past.trace[i].pair == enter) return true;
    return false;
}

bool is_met_by_end(const Past& past, EventIndex index, const Goal& goal) {
    const Process& process = *past.model.process(past.trace[index].process);
    const auto has_status = [&](auto&& is_right) { return process.wait_status && is_right(*process.wait_status); };
    if (goal.outcome == Outcome::Dies && !has_status([&](int s) { return WIFSIGNALED(s) && WTERMSIG(s) == goal.value; }))
        return false;
    if (goal.outcome == Outcome::Ends && !has_status([&](int s) { return (s & ~0x80) == goal.value; }))
        return false;  // 0x80: a core was dumped
    if (goal.outcome != Outcome::Dies && goal.outcome != Outcome::Ends && goal.outcome != Outcome::EndsAny) return false;
    if (!goal.call) return true;
    const EventIndex enter = call_ended_by(past, index);
    return enter != no_id && is_same_call(past, enter, goal);
}

// A call may sleep for a moment and return in the same step (a wait for a child that is just ending): that is no blocking.
// What blocks still sleeps when all is quiet.
bool lasted(const Past& past, EventIndex asleep) {
    for (EventIndex i = asleep + 1; i < past.model.applied(); ++i) {
        const Event& event = past.trace[i];
        if (event.kind == EventKind::Quiet) return true;
        if (event.kind == EventKind::Exit && event.pair == past.trace[asleep].pair) return false;
    }
    return false;
}

bool is_met_by(const Past& past, EventIndex index, const Goal& goal) {
    const Event& event = past.trace[index];
    if (!is_of(past, event, goal)) return false;
    switch (event.kind) {
        case EventKind::Exit:
            return is_met_by_exit(past, index, goal);
        case EventKind::Asleep:
            return goal.outcome == Outcome::Blocks && event.pair != no_id && is_same_call(past, event.pair, goal) &&
                   lasted(past, index);
        case EventKind::Image:
            return goal.outcome == Outcome::Starts && event.pair != no_id && is_same_call(past, event.pair, goal);
        case EventKind::Ended:
            return is_met_by_end(past, index, goal);
        default:
            return false;
    }
}

std::string call_in_words(const Past& past, EventIndex enter) {
    const CallLog::Entry* entry = past.log.entry_of(enter);
    if (!entry) return "a call";
    std::string text = entry->call.name + "(";
    for (std::size_t i = 0; i < entry->call.arguments.size(); ++i) text += (i ? ", " : "") + entry->call.arguments[i];
    return text + ")";
}

std::string with_reason(const Past& past, ThreadId thread) {
    const std::string reason = reason_asleep(past.trace, past.model, thread);
    return reason.empty() ? "" : ": " + reason;
}

// Not that it falls asleep now, but that it sleeps, whenever it began.
EventIndex find_asleep(const Past& past, const Goal& goal) {
    for (const Thread& thread : past.model.threads()) {
        if (thread.state != ThreadState::Asleep || thread.asleep_since == no_id || thread.call() == no_id) continue;
        if (is_of(past, past.trace[thread.call()], goal) && is_same_call(past, thread.call(), goal) && lasted(past, thread.asleep_since))
            return thread.asleep_since;
    }
    return no_id;
}

}  // namespace

EventIndex find_met(const Past& past, const Goal& goal, EventIndex since, const UsedEvents& used) {
    if (goal.is_of_wire()) return find_packet(past, goal, since, used);
    if (goal.outcome == Goal::Outcome::Sleeps) return find_asleep(past, goal);
    for (EventIndex i = since; i < past.model.applied(); ++i)
        if (is_met_by(past, i, goal) && !used.has(i, goal)) return i;
    return no_id;
}

EventIndex call_ended_by(const Past& past, EventIndex ended) {
    for (EventIndex i = ended; i-- > 0;) {
        const Event& event = past.trace[i];
        if (event.process != past.trace[ended].process || !is_own_call(event)) continue;
        if (event.kind == EventKind::Exit) return no_id;
        if (event.kind == EventKind::Enter) return was_let_go(past, i, ended) ? i : no_id;
    }
    return no_id;
}

ThreadId thread_before(const Past& past, const Goal& goal) {
    if (!goal.call) return no_id;
    for (const Thread& thread : past.model.threads()) {
        if (thread.state != ThreadState::AtGate || thread.call() == no_id) continue;
        const Event& enter = past.trace[thread.call()];
        const CallLog::Entry* entry = past.log.entry_of(thread.call());
        if (entry && is_of(past, enter, goal) && enter.call == static_cast<std::uint16_t>(*goal.call) &&
            arguments_match_before(goal, entry->call.arguments))
            return thread.id;
    }
    return no_id;
}

ThreadId thread_at_gate(const Past& past, const std::string& name) {
    for (const Thread& thread : past.model.threads())
        if (thread.state == ThreadState::AtGate && is_called(past, thread, name)) return thread.id;
    return no_id;
}

std::string what_it_does(const Past& past, const std::string& name) {
    if (name == wire_name && !past.model.network().hosts.empty()) return what_is_on_wire(past);
    const Thread* found = nullptr;   // the one at the gate, else its first
    for (const Thread& thread : past.model.threads())
        if (is_called(past, thread, name) && (!found || (found->state != ThreadState::AtGate && thread.state == ThreadState::AtGate))) found = &thread;
    const Process* const process = found ? past.model.process(found->process) : past.model.process_named(name);
    if (!process) return "there is no " + name + " yet";
    if (process->state != ProcessState::Alive || !found)
        return "it has ended" + (process->wait_status ? ": " + text_of_wait_status(*process->wait_status) : "");
    if (found->state == ThreadState::Ended) return "it has ended";
    if (found->call() == no_id) return "it runs in its own code";
    const std::string call = call_in_words(past, found->call());
    if (found->state == ThreadState::AtGate) return "it stands before " + call;
    if (found->state == ThreadState::Asleep) return "it sleeps in " + call + with_reason(past, found->id);
    return "it is in " + call;
}

std::string what_came_of(const Past& past, ThreadId id) {
    const Thread& thread = *past.model.thread(id);
    const Process& process = *past.model.process(thread.process);
    if (thread.state == ThreadState::Asleep) return "it sleeps" + with_reason(past, id);
    if (process.state != ProcessState::Alive)
        return "it ended" + (process.wait_status ? ": " + text_of_wait_status(*process.wait_status) : "");
    const EventIndex exit = thread.last_exit;
    const CallLog::Entry* entry = exit == no_id ? nullptr : past.log.entry_of(past.trace[exit].pair);
    return entry ? "the kernel answered " + call_in_words(past, entry->enter) + " " + entry->call.outcome : "it did not return";
}

}  // namespace ipcscope
