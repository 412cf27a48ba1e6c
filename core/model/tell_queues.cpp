// Message queues in sentences: what a call did, why it sleeps.
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/msg.h>

#include <cstring>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

const Object* queue_of(const Told& told) {
    if (argument_with(told.row, Role::IpcId) >= 0) return told.model.object_at(ipc_path(told.row, static_cast<int>(told.value(Role::IpcId))));
    const Object* const object = told.object();
    return object && object->queue ? object : nullptr;
}

std::string name_of(const Told& told, const Object* queue) {
    if (queue) return queue->name;
    const bool is_posix = argument_with(told.row, Role::Fd) >= 0;
    return is_posix ? "descriptor " + std::to_string(told.descriptor()) : "queue " + std::to_string(static_cast<int>(told.value(Role::IpcId)));
}

std::string what_is_left(const Object* queue) {
    if (!queue || queue->is_uncertain) return ".";
    if (queue->inside.empty()) return "; the queue is empty now.";
    return "; " + counted(queue->inside.size(), "message") + (queue->inside.size() == 1 ? " waits" : " wait") + " in it now.";
}

std::string rank_of(const Told& told, std::int64_t rank) {
    const bool is_type = argument_with(told.row, Role::MessageIn) >= 0 || argument_with(told.row, Role::MessageOut) >= 0;
    return (is_type ? "type " : "priority ") + std::to_string(rank);
}

// Text and type or priority of a message, as the call has or got it.
struct Carried {
    std::string text;
    std::optional<std::int64_t> rank;
};
Carried carried_by(const Told& told, const Event& event, Role typed, Role plain, std::uint64_t length) {
    const bool has_type = argument_with(told.row, typed) >= 0;
    const std::optional<Chunk> chunk = told.trace.chunk(event, argument_with(told.row, has_type ? typed : plain));
    Carried carried;
    if (!chunk) return {length == 0 ? "\"\"" : "", {}};
    std::string_view bytes(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
    if (has_type && bytes.size() >= sizeof(long)) {
        long type;
        std::memcpy(&type, bytes.data(), sizeof type);
        carried.rank = type;
        bytes.remove_prefix(sizeof type);
    }
    carried.text = text_of_bytes(bytes.substr(0, length), length);
    return carried;
}

}  // namespace

std::string sentence_send_message(const Told& told) {
    const Object* const queue = queue_of(told);
    if (told.has_failed()) {
        const int error = told.last->error;
        if (error == EAGAIN) return " put nothing in: " + name_of(told, queue) + " is full, and it may not sleep (EAGAIN).";
        if (error == EMSGSIZE && queue)
            return " put nothing in: " + counted(static_cast<std::uint64_t>(told.value(Role::Size)), "byte") + " are more than the " +
                   std::to_string(queue->queue->most_length) + " that a message of " + queue->name + " may have (EMSGSIZE).";
        if (error == EIDRM) return "’s " + std::string(told.row.name) + " failed: somebody has removed the queue (EIDRM).";
        return failure(told);
    }
    Carried carried = carried_by(told, told.enter, Role::MessageIn, Role::BytesIn, static_cast<std::uint64_t>(told.value(Role::Size)));
    if (!carried.rank) carried.rank = told.value(Role::Priority);
    return " put the message " + carried.text + ", " + rank_of(told, *carried.rank) + ", into " + name_of(told, queue) + what_is_left(queue);
}

std::string sentence_receive_message(const Told& told) {
    const Object* const queue = queue_of(told);
    if (told.has_failed()) {
        const int error = told.last->error;
        if (error == EAGAIN) return " took nothing: " + name_of(told, queue) + " is empty, and O_NONBLOCK forbids to sleep (EAGAIN).";
        if (error == ENOMSG) return " took nothing: " + name_of(told, queue) + " has no message that it asks for, and IPC_NOWAIT forbids to sleep (ENOMSG).";
        if (error == EMSGSIZE && queue)
            return " took nothing: its buffer has " + counted(static_cast<std::uint64_t>(told.value(Role::Size)), "byte") +
                   ", and a message may be as long as " + std::to_string(queue->queue->most_length) + " (EMSGSIZE).";
        if (error == E2BIG) return " took nothing: the message is longer than its buffer (E2BIG).";
        if (error == EIDRM) return "’s " + std::string(told.row.name) + " failed: somebody has removed the queue (EIDRM).";
        return failure(told);
    }
    Carried carried = carried_by(told, *told.last, Role::MessageOut, Role::BytesOut, static_cast<std::uint64_t>(told.result()));
    if (const std::optional<Chunk> chunk = told.trace.chunk(*told.last, argument_with(told.row, Role::PriorityOut)); chunk && chunk->bytes.size() == 4) {
        unsigned priority;
        std::memcpy(&priority, chunk->bytes.data(), sizeof priority);
        carried.rank = priority;
    }
    const std::string rank = carried.rank ? ", " + rank_of(told, *carried.rank) + "," : "";
    if (told.value(Role::MessageFlags) & MSG_COPY) return " looked at the message " + carried.text + rank + " in " + name_of(told, queue) + ".";
    return " took the message " + carried.text + rank + " from " + name_of(told, queue) + what_is_left(queue);
}

std::string sentence_open_queue(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::string_view name = told.trace.text(told.enter, argument_with(told.row, Role::IpcName));
    return " opened the message queue " + text_of_bytes(name, name.size(), 256) + ": descriptor " + std::to_string(told.result()) + ".";
}

std::string sentence_unlink_queue(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::string_view name = told.trace.text(told.enter, argument_with(told.row, Role::IpcName));
    return " took the name " + text_of_bytes(name, name.size(), 256) + " away.";
}

std::string sentence_notify(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const queue = queue_of(told);
    if (told.value(Role::NotifyIn) == 0) return " need not be told any more of a message in " + name_of(told, queue) + ".";
    return " asked to be told when a message comes into " + name_of(told, queue) + " while it is empty.";
}

std::string sentence_make_queue(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::string id = std::to_string(told.result());
    if (static_cast<key_t>(told.value(Role::Key)) == IPC_PRIVATE) return " made a message queue without a key: its id is " + id + ".";
    const std::string key = text_of_flags(Role::Key, told.value(Role::Key));
    return " asked for the message queue with the key " + key + ": its id is " + id + ".";
}

std::string sentence_control_queue(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::string queue = "queue " + std::to_string(static_cast<int>(told.value(Role::IpcId)));
    switch (told.value(Role::QueueCommand)) {
        case IPC_RMID: return " removed " + queue + ", with all that was in it.";
        case IPC_STAT: return " asked how things stand with " + queue + ".";
        case IPC_SET: return " changed " + queue + ".";
        default: return " asked about " + queue + ".";
    }
}

Reason reason_send_message(const Told& told) {
    const Object* const queue = queue_of(told);
    if (!queue) return {"there is no room yet", "no room"};
    const QueueState& state = *queue->queue;
    if (state.is_posix)
        return {"the queue is full: " + std::to_string(queue->inside.size()) + " of " + counted(static_cast<std::uint64_t>(state.most_messages), "message") +
                    " are in it, and nobody has taken one yet",
                "queue full"};
    std::uint64_t bytes = 0;
    for (const MessageId id : queue->inside) bytes += told.model.messages()[id].length;
    return {"the queue has no room: " + std::to_string(bytes) + " of " + std::to_string(state.most_bytes) + " bytes are taken", "queue full"};
}

Reason reason_receive_message(const Told& told) {
    const Object* const queue = queue_of(told);
    if (!queue || queue->inside.empty()) return {"the queue is empty", "queue empty"};
    const std::int64_t type = told.value(Role::MessageType);
    const std::string wanted = type < 0                                            ? "of a type up to " + std::to_string(-type)
                               : (told.value(Role::MessageFlags) & MSG_EXCEPT) != 0 ? "of another type than " + std::to_string(type)
                                                                                   : "of type " + std::to_string(type);
    const std::size_t count = queue->inside.size();
    if (count == 1) return {"the one message in the queue is not " + wanted, "no such type"};
    return {"none of the " + counted(count, "message") + " in the queue is " + wanted, "no such type"};
}

}  // namespace ipcscope
