#include <sys/wait.h>

#include <algorithm>

#include "core/events/area.h"
#include "core/model/canonical.h"
#include "core/model/packet_text.h"

namespace ipcscope {
namespace {

std::string text_of_loss(LossReason reason) {
    switch (reason) {
        case LossReason::RingFull: return "the ring was full";
        case LossReason::Corrupt: return "the ring was damaged";
        case LossReason::Abandoned: return "they were abandoned";
        case LossReason::ProcessDied: return "the process died";
    }
    return "nobody knows why";
}

std::string counted(std::int64_t count, const char* one) { return std::to_string(count) + ' ' + one + (count == 1 ? "" : "s"); }

std::string text_of_unseen(const Event& event) {
    const auto part = [](std::int64_t count, const char* one, std::int64_t bytes) {
        return count == 0 ? "" : counted(count, one) + " (" + counted(bytes, "byte") + ")";
    };
    const std::string reads = part(event.value[0], "read", event.value[2]),
                      writes = part(event.value[1], "write", event.value[3]);
    return "not seen: " + reads + (reads.empty() || writes.empty() ? "" : ", ") + writes;
}

}  // namespace

void CallLog::apply(const Trace& trace, const Model& model, EventIndex index) {
    const Event& event = trace[index];
    by_enter_.resize(std::size_t{index} + 1, no_id);
    switch (event.kind) {
        case EventKind::Enter:
            return add_call(trace, model, index);
        case EventKind::Exit:
            if (event.pair == no_id) return add_call(trace, model, index);
            if (event.pair >= by_enter_.size() || by_enter_[event.pair] == no_id) return;
            {
                Entry& entry = entries_[by_enter_[event.pair]];
                entry.exit = index;
                complete_call(entry.call, trace, model, index);
            }
            std::erase(open_, by_enter_[event.pair]);
            return;
        case EventKind::Granted:
            return let_go(event);
        case EventKind::Asleep:
            return set_outcome(event.pair, "asleep");
        case EventKind::Awake:
            return set_outcome(event.pair, "in the kernel");
        case EventKind::Abandoned:
        case EventKind::ThreadEnded:
        case EventKind::Image:
            return end_calls(trace, model, index);
        case EventKind::Ended: {
            end_calls(trace, model, index);
            const Process* const process = model.process(event.process);
            if (!process) return;
            return add_line(model, event, index,
                            process->wait_status ? "ended: " + text_of_wait_status(*process->wait_status) : "ended");
        }
        case EventKind::Unseen:
            return add_line(model, event, index, text_of_unseen(event));
        case EventKind::Lost:
            return add_line(
                model, event, index,
                "lost: " + counted(event.value[0], "event") + ", " + text_of_loss(static_cast<LossReason>(event.value[1])));
        case EventKind::Note:
            return add_line(model, event, index, std::string(trace.text(event)));
        case EventKind::Host:
        case EventKind::Packet:
        case EventKind::Carried:
        case EventKind::WireSet:
            return add_network(trace, model, index);
        default:
            return;
    }
}

void CallLog::add_call(const Trace& trace, const Model& model, EventIndex index) {
    const Event& event = trace[index];
    if (!is_call(event.call)) return;
    Entry entry;
    entry.enter = index;
    entry.process = event.process;
    entry.thread = event.thread;
    if (event.kind == EventKind::Enter) {
        entry.call = canonical_call(trace, model, index);
        if (event.thread < model.threads().size()) {
            last_call_.resize(std::max<std::size_t>(last_call_.size(), event.thread + 1), no_id);
            last_call_[event.thread] = static_cast<std::uint32_t>(entries_.size());
        }
        open_.push_back(static_cast<std::uint32_t>(entries_.size()));
    } else {
        if (const Process* const process = model.process(event.process)) entry.call.process = process->name;
        entry.call.name = row_of(static_cast<CallId>(event.call)).name;
        entry.call.outcome = "= " + std::to_string(event.value[0]);
        entry.exit = index;
    }
    by_enter_[index] = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back(std::move(entry));
}

void CallLog::add_line(const Model& model, const Event& event, EventIndex index, std::string text) {
    Entry& entry = entries_.emplace_back();
    entry.enter = index;
    entry.process = event.process;
    entry.thread = event.thread;
    entry.is_call = false;
    if (const Process* const process = model.process(event.process)) entry.call.process = process->name;
    entry.call.outcome = std::move(text);
}

// The subject of these lines is the wire, or the host.
void CallLog::add_network(const Trace& trace, const Model& model, EventIndex index) {
    const Event& event = trace[index];
    flows_.apply(trace, index);
    std::string subject = "wire", text;
    if (event.kind == EventKind::Host) {
        subject = trace.text(event, 0);
        text = text_of_host(trace, event);
    } else if (event.kind == EventKind::WireSet) {
        text = text_of_rules(model);
    } else if (event.kind == EventKind::Packet) {
        text = text_of_packet_event(trace, model, flows_, index);
    } else {
        const PacketOnTrace* const packet = flows_.packet(static_cast<std::uint64_t>(event.value[0]));
        if (static_cast<PacketFate>(event.value[1]) == PacketFate::Delivered && packet && !packet->is_held) return;
        text = text_of_carried(model, event);
    }
    add_line(model, event, index, std::move(text));
    entries_.back().process = entries_.back().thread = no_id;
    entries_.back().call.process = std::move(subject);
}

void CallLog::let_go(const Event& granted) {
    if (granted.pair >= by_enter_.size() || by_enter_[granted.pair] == no_id) return;
    const bool is_end = is_call(granted.call) && row_of(static_cast<CallId>(granted.call)).effect == Effect::Exits;
    CanonicalCall& call = entries_[by_enter_[granted.pair]].call;
    call.outcome = is_end ? "ends" : "in the kernel";
    call.is_injected |= static_cast<Verdict>(granted.value[0]) != Verdict::Go;
}

void CallLog::set_outcome(EventIndex enter, std::string_view outcome) {
    if (enter < by_enter_.size() && by_enter_[enter] != no_id) entries_[by_enter_[enter]].call.outcome = outcome;
}

// The calls that an Abandoned, a thread's or process's end, or a new program leaves without a return.
void CallLog::end_calls(const Trace& trace, const Model& model, EventIndex index) {
    const Event& event = trace[index];
    const bool is_of_thread = event.kind == EventKind::ThreadEnded;
    const auto has_ended = [&](const Entry& entry) {
        if (event.kind == EventKind::Abandoned) return entry.enter == event.pair;
        return is_of_thread ? entry.thread == event.thread : entry.process == event.process;
    };
    std::erase_if(open_, [&](std::uint32_t open) {
        Entry& entry = entries_[open];
        if (!has_ended(entry)) return false;
        const CallRow& row = row_of(static_cast<CallId>(trace[entry.enter].call));
        const bool is_execution = row.effect == Effect::Executes;
        if (event.kind == EventKind::Image && is_execution) entry.call.outcome = "→ new program";
        else if (row.answer == Answer::Never && !is_execution) entry.call.outcome = "ends";
        else entry.call.outcome = "did not return";
        return true;
    });
    const Process* const process = model.process(event.process);
    if (event.kind != EventKind::Ended || !process || !process->wait_status || !WIFSIGNALED(*process->wait_status)) return;
    for (const ThreadId thread : process->threads) {  // its threads may have been seen to end before it
        if (thread >= last_call_.size() || last_call_[thread] == no_id) continue;
        Entry& entry = entries_[last_call_[thread]];
        if (entry.call.outcome == "did not return")
            entry.call.outcome = "dies of " + text_of_signal(WTERMSIG(*process->wait_status));
    }
}

const CallLog::Entry* CallLog::entry_of(EventIndex enter) const {
    return enter < by_enter_.size() && by_enter_[enter] != no_id ? &entries_[by_enter_[enter]] : nullptr;
}

}  // namespace ipcscope
