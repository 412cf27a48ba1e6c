// Message queues (ipc/mqueue.c, ipc/msg.c): a message goes in when its send begins, in its place, or waits until there is
// room; it comes out when a receive has returned. What was received tells which message it was.
#include <fcntl.h>
#include <mqueue.h>
#include <sys/msg.h>

#include <algorithm>

#include "core/model/chunk_text.h"
#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr int kept_by_open = ~(O_CREAT | O_EXCL | O_CLOEXEC);

void include(std::vector<ProcessId>& processes, ProcessId process) {
    if (std::ranges::find(processes, process) == processes.end()) processes.push_back(process);
}

}  // namespace

ObjectId Fold::queue_of(const Call& call) {
    if (call.has(Role::IpcId)) return object_of_path(ipc_path(row_of(call.id), static_cast<int>(call.argument(Role::IpcId))));
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    return behind && object(behind->object).queue ? behind->object : no_id;
}

std::uint64_t Fold::bytes_queued(const Object& queue) const {
    std::uint64_t bytes = 0;
    for (const MessageId id : queue.inside) bytes += model.messages_[id].length;
    return bytes;
}

bool Fold::has_room(const Object& queue, const Message& message) const {
    const QueueState& state = *queue.queue;
    if (state.is_posix) return queue.inside.size() < static_cast<std::uint64_t>(state.most_messages);
    const auto most = static_cast<std::uint64_t>(state.most_bytes);
    return message.length + bytes_queued(queue) <= most && queue.inside.size() + 1 <= most;
}

void Fold::put_into_queue(Message& message, Object& queue) {
    auto place = queue.inside.end();
    if (queue.queue->is_posix)
        place = std::ranges::find_if(queue.inside, [&](MessageId other) { return model.messages_[other].rank < message.rank; });
    // Who has asked to be told is told, once, unless somebody sleeps there for the message.
    const bool is_awaited = std::ranges::any_of(model.threads_, [&](const Thread& thread) { return thread.waits_for == queue.id; });
    if (queue.inside.empty() && !is_awaited) queue.queue->notifies = no_id;
    queue.inside.insert(place, message.id);
    message.accepted = message.length;
}

void Fold::admit_messages(Object& queue) {
    while (!queue.waiting.empty() && has_room(queue, message(queue.waiting.front()))) {
        Message& next = message(queue.waiting.front());
        queue.waiting.pop_front();
        put_into_queue(next, queue);
    }
}

// --- Sending ---------------------------------------------------------------------------------------

MessageId Fold::make_queued_message(const Call& call, ObjectId queue) {
    Message& made = model.messages_.emplace_back();
    made.id = static_cast<MessageId>(model.messages_.size() - 1);
    made.object = queue;
    made.from = call.process.id;
    made.sent = call.enter;
    made.length = static_cast<std::uint64_t>(call.argument(Role::Size));
    made.rank = call.argument(Role::Priority);
    const bool has_type = call.has(Role::MessageIn);
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, has_type ? Role::MessageIn : Role::BytesIn));
    if (has_type) made.rank = struct_from<long>(chunk).value_or(0);
    const std::size_t head = has_type ? sizeof(long) : 0;
    if (chunk && chunk->bytes.size() >= head) made.bytes = bytes_of(*chunk).substr(head, made.length);
    pending(call.thread, call.enter).message = call.thread.last_message = made.id;
    return made.id;
}

void Fold::sends_message_begin(const Call& call) {
    const ObjectId id = queue_of(call);
    if (id == no_id) return;
    const QueueState& state = *object(id).queue;
    const OpenFile* const behind = state.is_posix ? file_behind(call.process, call.descriptor()) : nullptr;
    const auto length = static_cast<std::uint64_t>(call.argument(Role::Size));
    if (behind && !can_write(behind->flags)) return;
    if (length > static_cast<std::uint64_t>(state.is_posix ? state.most_length : state.most_bytes)) return;
    Message& made = message(make_queued_message(call, id));
    Object& queue = object(id);
    const bool may_sleep = behind ? (behind->flags & O_NONBLOCK) == 0 : (call.argument(Role::MessageFlags) & IPC_NOWAIT) == 0;
    if (has_room(queue, made)) put_into_queue(made, queue);
    else if (may_sleep) queue.waiting.push_back(made.id);
    include(queue.queue->senders, call.process.id);
    note_change({.process = made.from, .object = id, .message = made.id, .descriptor = behind ? call.descriptor() : -1, .at = index});
}

void Fold::sends_message_result(const Call& call) {
    const Pending* const given = call.thread.pending_of(call.enter);
    const bool is_known = given && given->message != no_id;
    if (call.has_failed()) {
        if (is_known) withdraw_message(given->message);
        return;
    }
    const ObjectId id = queue_of(call);
    if (!is_known && id == no_id) return;    // a queue that nobody was seen to open
    Message& sent = message(is_known ? given->message : make_queued_message(call, id));
    Object& queue = object(sent.object);
    const bool was_waiting = std::erase(queue.waiting, sent.id) != 0;
    if (was_waiting || (sent.accepted == 0 && sent.takings.empty() && std::ranges::find(queue.inside, sent.id) == queue.inside.end()))
        put_into_queue(sent, queue);    // a receive made room that is not seen to have returned
    sent.is_settled = true;
}

void Fold::sends_message_abandoned(const Call& call) {
    const Pending* const given = call.thread.pending_of(call.enter);
    if (!given || given->message == no_id) return;
    Message& sent = message(given->message);
    if (std::ranges::find(object(sent.object).waiting, sent.id) != object(sent.object).waiting.end()) withdraw_message(sent.id);
    sent.is_settled = true;
}

void Fold::withdraw_message(MessageId id) {
    Message& sent = message(id);
    Object& queue = object(sent.object);
    std::erase(queue.waiting, id);
    std::erase(queue.inside, id);
    sent.accepted = sent.length = 0;
    sent.bytes.clear();
    sent.is_settled = true;
}

// --- Receiving -------------------------------------------------------------------------------------

void Fold::receives_message_result(const Call& call) {
    if (call.has_failed()) return;
    const ObjectId id = queue_of(call);
    if (id == no_id) return;
    const Change change{.process = call.process.id, .object = id, .descriptor = call.has(Role::Fd) ? call.descriptor() : -1, .at = index};
    if (call.argument(Role::MessageFlags) & MSG_COPY) return note_change(change);
    Object& queue = object(id);
    const auto count = static_cast<std::uint64_t>(call.result());
    const bool has_type = call.has(Role::MessageOut);
    const std::optional<Chunk> chunk = trace.chunk(event, position_of(call.id, has_type ? Role::MessageOut : Role::BytesOut));
    std::optional<std::int64_t> rank;
    if (has_type) rank = struct_from<long>(chunk);
    else rank = struct_from<unsigned>(trace.chunk(event, position_of(call.id, Role::PriorityOut)));
    std::string_view received = chunk ? bytes_of(*chunk) : std::string_view{};
    received.remove_prefix(std::min(received.size(), has_type ? sizeof(long) : std::size_t{0}));

    const auto is_it = [&](MessageId other) {
        const Message& candidate = model.messages_[other];
        const std::size_t same = std::min(candidate.bytes.size(), received.size());
        return (!rank || candidate.rank == *rank) && candidate.length >= count && candidate.bytes.compare(0, same, received, 0, same) == 0;
    };
    auto found = std::ranges::find_if(queue.inside, is_it);
    const bool is_inside = found != queue.inside.end();
    if (!is_inside) found = std::ranges::find_if(queue.waiting, is_it);
    if (!is_inside && found == queue.waiting.end()) {
        if (!queue.is_uncertain) surprise();
        return note_change(change);
    }
    Message& taken = message(*found);
    (is_inside ? queue.inside : queue.waiting).erase(found);
    taken.accepted = taken.taken = taken.length;
    taken.takings.push_back({call.process.id, index, 0, count});
    include(queue.queue->receivers, call.process.id);
    note_change({.process = change.process, .object = id, .message = taken.id, .descriptor = change.descriptor, .at = index});
    admit_messages(queue);
}

// --- Making, asking, removing ----------------------------------------------------------------------

std::string Fold::queue_path(const Call& call) { return "mqueue:" + std::string(trace.text(call.entry, position_of(call.id, Role::IpcName))); }

void Fold::opens_queue_result(const Call& call) {
    if (call.has_failed()) return;
    const auto flags = static_cast<int>(call.argument(Role::OpenFlags));
    const std::string path = queue_path(call);
    ObjectId id = object_of_path(path);
    const bool is_new = id == no_id;
    if (is_new) id = make_object(ObjectKind::MessageQueue, path);
    Object& opened = object(id);
    if (is_new && (flags & O_CREAT) == 0) opened.is_uncertain = true;    // somebody else has made it, and may have filled it
    if (is_new && (flags & O_EXCL) != 0) learn_limits(opened, trace.chunk(call.entry, position_of(call.id, Role::QueueAttributesIn)));
    const int number = static_cast<int>(call.result());
    if (descriptor(call.process, number)) surprise();
    install(call.process, number, make_file(id, flags & kept_by_open), true);    // the kernel sets close-on-exec by itself
}

void Fold::learn_limits(Object& queue, const std::optional<Chunk>& attributes) {
    const auto told = struct_from<mq_attr>(attributes);
    if (!told || !queue.queue || queue.queue->is_learned) return;
    queue.queue->is_learned = true;
    queue.queue->most_messages = told->mq_maxmsg;
    queue.queue->most_length = told->mq_msgsize;
}

void Fold::unlinks_queue_result(const Call& call) {
    if (call.has_failed()) return;
    const ObjectId id = object_of_path(queue_path(call));
    if (id != no_id) forget_name(id, call.process.id);
}

void Fold::forget_name(ObjectId id, ProcessId by) {
    object(id).is_unlinked = true;
    std::erase_if(model.object_by_path_, [&](const auto& entry) { return entry.second == id; });
    bury_if_unused(id);
    note_change({.process = by, .object = id, .at = index});
}

void Fold::asks_queue_result(const Call& call) {
    if (call.has_failed()) return;
    OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind) return;
    learn_limits(object(behind->object), trace.chunk(event, position_of(call.id, Role::QueueAttributesOut)));
    if (!call.has(Role::QueueAttributesIn)) return;
    if (const auto wanted = struct_from<mq_attr>(trace.chunk(call.entry, position_of(call.id, Role::QueueAttributesIn))))
        behind->flags = (behind->flags & ~O_NONBLOCK) | (static_cast<int>(wanted->mq_flags) & O_NONBLOCK);
    note_change({.process = call.process.id, .object = behind->object, .descriptor = call.descriptor(), .at = index});
}

void Fold::notifies_result(const Call& call) {
    const ObjectId id = queue_of(call);
    if (call.has_failed() || id == no_id) return;
    object(id).queue->notifies = call.argument(Role::NotifyIn) == 0 ? no_id : call.process.id;
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
}

void Fold::makes_queue_result(const Call& call) {
    if (call.has_failed()) return;
    const auto number = static_cast<int>(call.result());
    const std::string path = ipc_path(row_of(call.id), number);
    ObjectId id = object_of_path(path);
    if (id == no_id) {
        id = make_object(ObjectKind::SysVQueue, path);
        Object& made = object(id);
        made.queue->id = number;
        made.queue->key = static_cast<std::int32_t>(call.argument(Role::Key));
        made.is_uncertain = made.queue->key != IPC_PRIVATE && (call.argument(Role::IpcFlags) & IPC_CREAT) == 0;
    }
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::controls_queue_result(const Call& call) {
    const ObjectId id = queue_of(call);
    if (call.has_failed() || id == no_id) return;
    Object& queue = object(id);
    const auto command = call.argument(Role::QueueCommand);
    const std::optional<Chunk> status = trace.chunk(command == IPC_SET ? call.entry : event, position_of(call.id, Role::QueueStatus));
    if (const auto about = struct_from<msqid_ds>(status); about && (command == IPC_SET || command == IPC_STAT)) {
        queue.queue->is_learned = true;
        queue.queue->most_bytes = static_cast<std::int64_t>(about->msg_qbytes);
        admit_messages(queue);
    }
    if (command != IPC_RMID) return note_change({.process = call.process.id, .object = id, .at = index});
    queue.has_ended = true;
    queue.inside.clear();
    queue.waiting.clear();
    forget_name(id, call.process.id);
}

ObjectId Fold::sleeps_at_queue(const Call& call) { return queue_of(call); }

// --- The kernel's word: limits that no call has told ------------------------------------------------

void Fold::learn_queue(Object& queue, std::int64_t count, std::int64_t most, std::int64_t most_length) {
    QueueState& state = *queue.queue;
    if (state.is_learned || count < 0) return;
    state.is_learned = true;
    if (count > static_cast<std::int64_t>(queue.inside.size())) queue.is_uncertain = true;
    if (state.is_posix) state.most_messages = most, state.most_length = most_length;
    else state.most_bytes = most;
    admit_messages(queue);
}

void Fold::queue_fact() {
    const Object* known = nullptr;
    if (static_cast<FactKind>(event.value[0]) == FactKind::SysVQueue) {
        known = model.object_at("msqid:" + std::to_string(event.value[1]));
        if (known && known->queue) learn_queue(object(known->id), event.value[3], event.value[5], 0);
        return;
    }
    if (Process* const here = process(); here && event.value[1] >= 0) {
        const OpenFile* const behind = file_behind(*here, static_cast<int>(event.value[1]));
        if (behind) known = &object(behind->object);
    } else {
        known = model.object_at("mqueue:" + std::string(trace.text(event)));
    }
    if (known && known->queue) learn_queue(object(known->id), event.value[2], event.value[3] >> 32, event.value[3] & 0xffffffff);
}

}  // namespace ipcscope
