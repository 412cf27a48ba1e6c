// Message queues: mq_getattr and the queue's own file, msgctl and MSG_COPY. What lies in a POSIX queue the kernel does not
// tell: how many messages and how many bytes is all that can be compared.
#include <algorithm>

#include "core/model/canonical.h"
#include "core/model/tell.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

std::uint64_t bytes_in(const Model& model, const Object& queue) {
    std::uint64_t bytes = 0;
    for (const MessageId id : queue.inside) bytes += model.messages()[id].length;
    return bytes;
}

std::string text_of_limits(std::int64_t messages, std::int64_t length) {
    return std::to_string(messages) + " of at most " + std::to_string(length) + " bytes";
}

const Object* queue_of_fact(const Trace& trace, const Model& model, const Event& fact) {
    if (fact.value[1] >= 0) return model.object_behind(fact.process, static_cast<int>(fact.value[1]));
    return model.object_at("mqueue:" + std::string(trace.text(fact)));
}

}  // namespace

void Witnesses::message_queue(const Event& fact) {
    const Object* const object = queue_of_fact(trace, model, fact);
    std::string name(trace.text(fact));
    if (name.starts_with("mqueue:")) name.erase(0, 7);
    if (fact.value[2] < 0)
        return add(fact, {"mq_open " + name, "there is none", object ? object->name : "there is none", !object, no_id, object ? object->id : no_id});
    const std::string count = counted(static_cast<std::uint64_t>(fact.value[2]), "message");
    if (!object || !object->queue) return add(fact, {"mq_getattr " + name, count, not_known, false, no_id, no_id});
    const QueueState& queue = *object->queue;
    if (object->is_uncertain) return add(fact, {"mq_getattr " + name, count, not_known, true, no_id, object->id});
    const auto agreement = [&](const std::string& source, const std::string& kernel, const std::string& model) {
        add(fact, {source + name, kernel, model, kernel == model, no_id, object->id});
    };
    agreement("mq_curmsgs ", count, counted(object->inside.size(), "message"));
    agreement("mq_getattr ", text_of_limits(fact.value[3] >> 32, fact.value[3] & 0xffffffff), text_of_limits(queue.most_messages, queue.most_length));
    if (fact.value[4] >= 0)
        agreement("QSIZE ", counted(static_cast<std::uint64_t>(fact.value[4]), "byte"), counted(bytes_in(model, *object), "byte"));
    const Process* const notified = model.process(queue.notifies);
    if (fact.value[5] == 0 && !notified) return;
    const pid_t pid = !notified || notified->state != ProcessState::Alive ? 0 : fact.value[1] >= 0 ? notified->pid_here : notified->pid;
    agreement("NOTIFY_PID ", std::to_string(fact.value[5]), std::to_string(pid));
}

void Witnesses::system_v_queue(const Event& fact) {
    const std::string id = std::to_string(fact.value[1]);
    const Object* const object = model.object_at("msqid:" + id);
    if (fact.value[3] < 0)
        return add(fact, {"msgctl " + id, "there is none", object ? object->name : "there is none", !object, no_id, object ? object->id : no_id});
    const auto text = [](std::int64_t messages, std::int64_t bytes) {
        return counted(static_cast<std::uint64_t>(messages), "message") + ", " + counted(static_cast<std::uint64_t>(bytes), "byte");
    };
    const std::string kernel = text(fact.value[3], fact.value[4]);
    if (!object || !object->queue) return add(fact, {"msgctl " + id, kernel, not_known, false, no_id, no_id});
    if (object->is_uncertain) return add(fact, {"msgctl " + id, kernel, not_known, true, no_id, object->id});
    const std::string ours = text(static_cast<std::int64_t>(object->inside.size()), static_cast<std::int64_t>(bytes_in(model, *object)));
    add(fact, {"msgctl " + id, kernel, ours, kernel == ours, no_id, object->id});
    const std::string limit = std::to_string(fact.value[5]), known = std::to_string(object->queue->most_bytes);
    add(fact, {"msg_qbytes " + id, limit, known, limit == known, no_id, object->id});
}

void Witnesses::system_v_message(const Event& fact) {
    const std::string id = std::to_string(fact.value[1]);
    const Object* const object = model.object_at("msqid:" + id);
    const auto place = static_cast<std::size_t>(fact.value[2]);
    const std::string source = "MSG_COPY " + id + " [" + std::to_string(place) + "]";
    const auto text = [](std::int64_t type, std::string_view bytes, std::uint64_t length) {
        return "type " + std::to_string(type) + ' ' + text_of_bytes(bytes, length);
    };
    const std::string_view bytes = trace.text(fact);
    const std::string kernel = text(fact.value[3], bytes, static_cast<std::uint64_t>(fact.value[4]));
    if (!object || !object->queue || object->is_uncertain)
        return add(fact, {source, kernel, not_known, object && object->is_uncertain, no_id, object ? object->id : no_id});
    if (place >= object->inside.size()) return add(fact, {source, kernel, "there is none", false, no_id, object->id});
    const Message& message = model.messages()[object->inside[place]];
    const std::size_t same = std::min(bytes.size(), message.bytes.size());    // what was not captured agrees
    const bool agrees = message.rank == fact.value[3] && message.length == static_cast<std::uint64_t>(fact.value[4]) &&
                        bytes.substr(0, same) == std::string_view(message.bytes).substr(0, same);
    add(fact, {source, kernel, agrees ? kernel : text(message.rank, message.bytes, message.length), agrees, no_id, object->id});
}

}  // namespace ipcscope
