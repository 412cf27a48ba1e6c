#include "core/model/wait_graph.h"

#include <algorithm>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

// A sleeping thread and who could end its sleep.
struct Sleeper {
    const Trace& trace;
    const Model& model;
    const Thread& thread;
    const Event& enter;
    const CallRow& row;

    std::int64_t value(Role role) const {
        const int at = argument_with(row, role);
        return at < 0 ? 0 : enter.value[at];
    }
    const Object* object() const { return thread.waits_for < model.objects().size() ? &model.objects()[thread.waits_for] : nullptr; }
};

// Time, or somebody at the terminal, can wake it.
bool can_wake_by_itself(const Sleeper& sleeper) {
    const bool has_time = argument_with(sleeper.row, Role::TimeIn) >= 0 || argument_with(sleeper.row, Role::Seconds) >= 0 ||
                          argument_with(sleeper.row, Role::Microseconds) >= 0;
    if (const int at = argument_with(sleeper.row, Role::TimevalIn); at >= 0) return sleeper.enter.value[at] != 0;
    if (has_time) {
        const int at = argument_with(sleeper.row, Role::TimeIn);
        return at < 0 || sleeper.enter.value[at] != 0;    // a null pointer: for ever
    }
    if (argument_with(sleeper.row, Role::Milliseconds) >= 0) return sleeper.value(Role::Milliseconds) >= 0;
    return sleeper.object() && sleeper.object()->kind == ObjectKind::Terminal;
}

void add(std::vector<ProcessId>& processes, ProcessId process) {
    if (process != no_id && std::ranges::find(processes, process) == processes.end()) processes.push_back(process);
}

std::vector<ProcessId> children_of(const Sleeper& sleeper) {
    const auto wanted = sleeper.value(Role::Pid);
    std::vector<ProcessId> children;
    for (const Process& process : sleeper.model.processes()) {
        const bool is_meant = wanted <= 0 || process.pid == wanted;
        if (process.parent == sleeper.thread.process && process.state == ProcessState::Alive && is_meant) children.push_back(process.id);
    }
    return children;
}

std::vector<ProcessId> processes_of(const std::vector<Model::Holder>& holders) {
    std::vector<ProcessId> processes;
    for (const Model::Holder& holder : holders) add(processes, holder.process);
    return processes;
}

std::vector<ProcessId> holders_of_end(const Sleeper& sleeper, End end) { return processes_of(sleeper.model.holders(sleeper.thread.waits_for, end)); }

std::vector<ProcessId> all_others(const Sleeper& sleeper) {
    std::vector<ProcessId> processes;
    for (const Process& process : sleeper.model.processes())
        if (process.state == ProcessState::Alive && (process.id != sleeper.thread.process || process.threads.size() > 1)) processes.push_back(process.id);
    return processes;
}

// A lock that an open file holds is held by everybody who has a descriptor of it.
std::vector<ProcessId> holders_of_lock(const Sleeper& sleeper) {
    std::vector<ProcessId> processes;
    const LockWish* const wish = wish_of_thread(sleeper.model, sleeper.thread.id);
    for (const Hold& hold : sleeper.object()->holds) {
        if (wish && !is_in_the_way(hold, *wish)) continue;    // of a file's bytes only some are asked for
        if (hold.file == no_id) add(processes, hold.process);
        else
            for (const Process& process : sleeper.model.processes())
                if (std::ranges::any_of(process.descriptors, [&](const Descriptor& d) { return d.file == hold.file; })) add(processes, process.id);
    }
    return processes;
}

Wait wait_of(const Sleeper& sleeper) {
    Wait wait{.waiter = sleeper.thread.id, .at = sleeper.thread.waits_for, .on = {}, .on_threads = {}};
    const Object* const object = sleeper.object();
    switch (sleeper.row.effect) {
        case Effect::JoinsThread:
            if (const Thread* const joined = sleeper.model.thread_with_handle(sleeper.thread.process, static_cast<std::uint64_t>(sleeper.value(Role::ThreadHandle)))) {
                wait.on = {joined->process};
                wait.on_threads = {joined->id};
            }
            return wait;
        case Effect::Waits: wait.on = children_of(sleeper); return wait;
        case Effect::Receives:
        case Effect::ReceivesSeveral:
            if (object && object->pipe) wait.on = holders_of_end(sleeper, End::Write);
            if (object && object->socket) wait.on = processes_of(sleeper.model.holders_of_other(*object));
            return wait;
        case Effect::Sends:
        case Effect::SendsSeveral:
            if (object && object->pipe) wait.on = holders_of_end(sleeper, End::Read);
            if (object && object->socket) wait.on = processes_of(sleeper.model.holders(object->id, End::None));
            return wait;
        case Effect::Accepts:      // anybody on this machine may come
        case Effect::Connects: return wait;
        default: break;
    }
    const bool may_anybody_give = object && object->semaphore_set;    // who has a permit of it is not the only one
    if (object && !object->holds.empty() && !may_anybody_give) {
        wait.on = holders_of_lock(sleeper);
        if (std::ranges::all_of(object->holds, [](const Hold& hold) { return hold.thread != no_id; }))
            for (const Hold& hold : object->holds) wait.on_threads.push_back(hold.thread);
        wait.needs_all = true;
    } else {
        wait.on = all_others(sleeper);
    }
    return wait;
}

bool can_act(const Model& model, ProcessId id, const std::vector<bool>& is_free) {
    const Process& process = model.processes()[id];
    if (!process.is_seen) return true;
    return std::ranges::any_of(process.threads, [&](ThreadId thread) { return is_free[thread]; });
}

}  // namespace

std::vector<Wait> wait_graph(const Trace& trace, const Model& model) {
    std::vector<Wait> graph;
    std::vector<bool> is_free(model.threads().size(), false);
    for (const Thread& thread : model.threads()) {
        is_free[thread.id] = thread.state != ThreadState::Ended;
        if (thread.state != ThreadState::Asleep || thread.calls.empty()) continue;
        const Event& enter = trace[thread.call()];
        const Sleeper sleeper{trace, model, thread, enter, row_of(static_cast<CallId>(enter.call))};
        if (can_wake_by_itself(sleeper)) continue;
        Wait wait = wait_of(sleeper);
        if (wait.on.empty()) continue;    // nobody known: it is not ours to say
        is_free[thread.id] = false;
        graph.push_back(std::move(wait));
    }
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (const Wait& wait : graph) {
            if (is_free[wait.waiter]) continue;
            const auto acts = [&](ProcessId process) { return can_act(model, process, is_free); };
            const auto thread_acts = [&](ThreadId thread) { return bool{is_free[thread]}; };
            if (!wait.on_threads.empty()) {
                if (std::ranges::all_of(wait.on_threads, thread_acts)) is_free[wait.waiter] = has_changed = true;
                continue;
            }
            if (wait.needs_all ? !std::ranges::all_of(wait.on, acts) : !std::ranges::any_of(wait.on, acts)) continue;
            is_free[wait.waiter] = has_changed = true;
        }
    }
    for (Wait& wait : graph) wait.is_stuck = !is_free[wait.waiter];
    return graph;
}

std::string sentence_of_stuck(const Model& model, const std::vector<Wait>& graph) {
    std::vector<std::string> parts;
    bool is_on_the_dead = false;
    for (const Wait& wait : graph) {
        if (!wait.is_stuck) continue;
        std::vector<std::string> names;
        for (const ThreadId thread : wait.on_threads) {
            const bool is_dead = model.threads()[thread].state == ThreadState::Ended;
            names.push_back(thread == wait.waiter ? "itself" : model.name_of(thread) + (is_dead ? ", who has ended" : ""));
            is_on_the_dead |= is_dead;
        }
        if (wait.on_threads.empty())
            for (const ProcessId process : wait.on) names.push_back(process == model.threads()[wait.waiter].process ? "itself" : model.processes()[process].name);
        std::string part = model.name_of(wait.waiter) + " waits for ";
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i > 0) part += i + 1 < names.size() ? ", " : wait.needs_all ? " and " : " or ";
            part += names[i];
        }
        parts.push_back(std::move(part));
    }
    if (parts.empty()) return {};
    return (is_on_the_dead ? "Stuck for ever: " : "Deadlock: ") + joined(parts) + ". Nobody is left who could wake " + (parts.size() == 1 ? "it." : "them.");
}

}  // namespace ipcscope
