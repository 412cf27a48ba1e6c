// Why a thread sleeps, why a process ended.
#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/model/explain.h"
#include "core/model/reasons_pthreads.h"
#include "core/model/tell.h"

namespace ipcscope {
namespace {

// "2 write ends are still open: parent 4, child itself 4"
std::string text_of_holders(const Told& told, const Object& object, End end) {
    const std::vector<Model::Holder> holders = told.model.holders(object.id, end);
    std::vector<std::string> parts;
    for (const Model::Holder& holder : holders) {
        const Process& owner = *told.model.process(holder.process);
        parts.push_back(owner.name + (owner.id == told.process.id ? " itself " : " ") + std::to_string(holder.descriptor));
    }
    const std::string which = end == End::Write ? "write end" : "read end";
    if (parts.empty()) return "no " + which + " is known to be open";
    return counted(parts.size(), which) + (parts.size() == 1 ? " is still open: " : " are still open: ") + joined(parts);
}

Reason sleeps_in_receive(const Told& told) {
    const Object* const object = told.object();
    if (!object) return {"nothing has come yet", "nothing has come"};
    if (object->socket) return reason_receive_from_socket(told);
    const std::string noun(row_of(object->kind).noun);
    if (object->kind == ObjectKind::Terminal) return {"nobody has typed a line yet", "nothing typed"};
    if (object->counter) return {"the count is 0", "count 0"};
    if (object->timer) return {"the timer has not expired", "timer runs"};
    if (object->signals) return {"none of its signals is pending", "no signal"};
    if (!object->pipe) return {"nothing has come yet", "nothing has come"};
    return {"the " + noun + " is empty, and " + text_of_holders(told, *object, End::Write), noun + " empty"};
}

Reason sleeps_in_send(const Told& told) {
    const Object* const object = told.object();
    if (object && object->socket) return reason_send_to_socket(told);
    if (!object || !object->pipe) return {"there is no room yet", "no room"};
    const std::string noun(row_of(object->kind).noun);
    const PipeBuffer& pipe = *object->pipe;
    const bool is_odd = pipe.bytes() < pipe.capacity();
    std::string sentence = "the " + noun + (is_odd ? " has no free slot (" : " is full (") + std::to_string(pipe.bytes()) +
                           (is_odd ? " of " + std::to_string(pipe.capacity()) : "") + " bytes lie in it)";
    const Thread* const thread = told.model.thread(told.enter.thread);
    const Pending* const pending = thread ? thread->pending_of(told.enter_index) : nullptr;
    if (pending && pending->message != no_id) {
        const Message& message = told.model.messages()[pending->message];
        if (message.accepted != 0)
            sentence += "; " + std::to_string(message.accepted) + " of " + counted(message.length, "byte") + " have gone in";
    }
    return {sentence + "; " + text_of_holders(told, *object, End::Read), noun + " full"};
}

Reason sleeps_in_wait(const Told& told) {
    std::vector<std::string> children;
    for (const Process& process : told.model.processes())
        if (process.parent == told.process.id && process.state == ProcessState::Alive) children.push_back(process.name);
    const std::string badge = "no child has ended";
    if (children.empty()) return {"no child has ended yet", badge};
    if (children.size() == 1) return {"its child, " + children[0] + ", has not ended yet", badge};
    return {"none of its " + counted(children.size(), "children") + " has ended yet: " + joined(children), badge};
}

Reason sleeps_in_open(const Told& told) {
    const bool is_reader =
        (told.value(Role::OpenFlags) & O_ACCMODE) == O_RDONLY && argument_with(told.row, Role::OpenFlags) >= 0;
    const std::string other = is_reader ? "writing" : "reading";
    return {"nobody has opened " + text_of_bytes(told.path(), told.path().size(), 256) + " for " + other + " yet",
            is_reader ? "no writer yet" : "no reader yet"};
}

Reason sleeps_in_poll(const Told&) { return {"none of the descriptors that it asks about is ready", "nothing ready"}; }
Reason sleeps_in_fork(const Told&) {
    return {"its child has borrowed its memory, and has not called exec or _exit yet", "child borrows the memory"};
}
Reason sleeps_in_sleep(const Told& told) {
    if (told.row.argument_count == 0) return {"no signal has come yet", "waits for a signal"};
    return {"its time is not over yet", "time not over"};
}

constexpr std::size_t number_of(Effect effect) { return static_cast<std::size_t>(effect); }

using SleepReason = Reason (*)(const Told&);
constexpr auto reasons = [] {
    std::array<SleepReason, effect_count> table{};
    table[number_of(Effect::Receives)] = table[number_of(Effect::ReceivesAt)] = sleeps_in_receive;
    table[number_of(Effect::Sends)] = table[number_of(Effect::SendsAt)] = sleeps_in_send;
    table[number_of(Effect::ReceivesSeveral)] = sleeps_in_receive;
    table[number_of(Effect::SendsSeveral)] = sleeps_in_send;
    table[number_of(Effect::Waits)] = sleeps_in_wait;
    table[number_of(Effect::Opens)] = sleeps_in_open;
    table[number_of(Effect::Polls)] = sleeps_in_poll;
    table[number_of(Effect::Controls)] = table[number_of(Effect::LocksFile)] = sleeps_in_lock;
    table[number_of(Effect::TakesPermit)] = reason_take_permit;
    table[number_of(Effect::OperatesSemaphores)] = reason_operate_semaphores;
    table[number_of(Effect::Forks)] = table[number_of(Effect::Spawns)] = sleeps_in_fork;
    table[number_of(Effect::Locks)] = table[number_of(Effect::LocksShared)] = sleeps_at_lock;
    table[number_of(Effect::AwaitsSignal)] = sleeps_at_condition;
    table[number_of(Effect::Meets)] = sleeps_at_barrier;
    table[number_of(Effect::JoinsThread)] = sleeps_in_join;
    table[number_of(Effect::Sleeps)] = sleeps_in_sleep;
    table[number_of(Effect::TakesCount)] = sleeps_in_receive;
    table[number_of(Effect::SendsMessage)] = reason_send_message;
    table[number_of(Effect::ReceivesMessage)] = reason_receive_message;
    table[number_of(Effect::Accepts)] = reason_accept;
    table[number_of(Effect::Connects)] = reason_connect;
    table[number_of(Effect::MovesBytes)] = sleeps_in_send;
    return table;
}();

Reason reason_of_thread(const Trace& trace, const Model& model, ThreadId id) {
    const Thread* const thread = model.thread(id);
    if (!thread || thread->state != ThreadState::Asleep) return {};
    if (thread->calls.empty()) return {"the kernel says that it sleeps", "asleep"};
    const Event& enter = trace[thread->call()];
    const CallRow& row = row_of(static_cast<CallId>(enter.call));
    return reason_for_sleep({trace, model, thread->call(), enter, nullptr, row, model.processes()[thread->process]});
}

// The last call that this process entered, if it had not returned when the process ended.
const Event* last_call(const Trace& trace, const Process& process) {
    for (EventIndex i = process.ended; i-- > process.born;) {
        const Event& event = trace[i];
        if (event.process != process.id || event.kind != EventKind::Enter) continue;
        const bool has_returned = event.pair < process.ended && trace[event.pair].kind == EventKind::Exit;
        return has_returned ? nullptr : &event;
    }
    return nullptr;
}

// Where the send in which this process ended was going.
const Object* object_at_end(const Trace& trace, const Model& model, const Event& call) {
    const Thread* const thread = model.thread(call.thread);
    if (!thread || thread->last_message == no_id) return nullptr;
    const Message& message = model.messages()[thread->last_message];
    return &trace[message.sent] == &call ? &model.objects()[message.object] : nullptr;
}

// What is left of a zombie, and who could take it.
std::string what_is_left(const Model& model, const Process& process) {
    if (process.state != ProcessState::Zombie) return "";
    const Process* const parent = model.process(process.parent);
    return " A zombie: its pid and its status stay until " + (parent ? parent->name : "its parent") + " takes them with wait.";
}

std::string how_it_ended(const Trace& trace, const Model& model, const Process& process) {
    if (!process.wait_status) return process.name + " has ended.";
    const int status = *process.wait_status;
    const Event* const call = process.ended == no_id ? nullptr : last_call(trace, process);
    const CallRow* const row = call ? &row_of(static_cast<CallId>(call->call)) : nullptr;
    if (WIFEXITED(status)) {
        const std::string code = std::to_string(WEXITSTATUS(status));
        if (row && row->answer == Answer::Never && row->effect != Effect::Executes)
            return process.name + " called " + std::string(row->name) + "(" + code + ").";
        return process.name + " exited with status " + code + ".";
    }
    std::string sentence = process.name + " was " + text_of_wait_status(status);
    if (WTERMSIG(status) == SIGPIPE && row && (row->effect == Effect::Sends || row->effect == Effect::SendsAt || row->effect == Effect::SendsSeveral)) {
        const Object* const object = object_at_end(trace, model, *call);
        sentence += ": it wrote to " + (object ? the(*object) : "a pipe") + ", and no read end was open";
    } else if (row) {
        sentence += " in " + std::string(row->name);
    }
    return sentence + ".";
}

}  // namespace

Reason reason_for_sleep(const Told& told) {
    if (const SleepReason reason = reasons[number_of(told.row.effect)]) return reason(told);
    return {"the kernel lets it sleep in " + std::string(told.row.name), "asleep"};
}

std::string reason_asleep(const Trace& trace, const Model& model, ThreadId thread) {
    return reason_of_thread(trace, model, thread).sentence;
}

std::string short_reason_asleep(const Trace& trace, const Model& model, ThreadId thread) {
    return reason_of_thread(trace, model, thread).badge;
}

std::string reason_ended(const Trace& trace, const Model& model, ProcessId id) {
    const Process* const process = model.process(id);
    if (!process || process->state == ProcessState::Alive) return {};
    return how_it_ended(trace, model, *process) + what_is_left(model, *process);
}

}  // namespace ipcscope
