// Several messages in one call, sendmmsg(2) and recvmmsg(2): each goes its way as if it had a call of its own.
#include <sys/socket.h>

#include "core/model/fold.h"

namespace ipcscope {

void Fold::sends_several_begin(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind || !object(behind->object).socket) return;
    const std::vector<MessageParts> several = parts_of_several(trace.chunk(call.entry, position_of(call.id, Role::HeadersIn)));
    const OpenFile file = *behind;    // (what is given may move it)
    for (const MessageParts& parts : several) give_to_socket(call, file, {parts.data, parts.data_length, address_from(parts.address), parts.control});
    if (several.size() >= static_cast<std::size_t>(static_cast<std::uint32_t>(call.argument(Role::Count)))) return;
    const ObjectId other = object(file.object).socket->other;    // not all of them were captured
    if (other != no_id) object(other).is_uncertain = true;
}

// Calls use(message, place) for each message that the call has given, and its place among those that it was asked to give.
template <class Use>
void Fold::for_each_given(const Call& call, Use&& use) {
    const Pending* const granted = call.thread.pending_of(call.enter);
    if (!granted || granted->message == no_id) return;
    const MessageId first = granted->message;
    const std::vector<MessageParts> several = parts_of_several(trace.chunk(call.entry, position_of(call.id, Role::HeadersIn)));
    std::size_t place = 0;
    for (MessageId id = first; id < model.messages_.size() && message(id).sent == call.enter; ++id, ++place) {
        while (place < several.size() && message(id).length != several[place].data_length) ++place;    // of a stream, an empty one is none
        use(id, place);
    }
}

void Fold::sends_several_result(const Call& call) {
    const std::size_t sent = call.has_failed() ? 0 : static_cast<std::size_t>(call.result());
    for_each_given(call, [&](MessageId id, std::size_t place) { settle(id, place < sent ? message(id).length : 0); });
}

void Fold::sends_several_abandoned(const Call& call) {
    for_each_given(call, [&](MessageId id, std::size_t) { settle(id, message(id).accepted); });
}

void Fold::receives_several_result(const Call& call) {
    if (call.has_failed()) return;
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind || !object(behind->object).socket) return;
    const ObjectId from = behind->object;
    const std::vector<MessageParts> several = parts_of_several(trace.chunk(*call.exit, position_of(call.id, Role::HeadersOut)));
    for (const MessageParts& parts : several) take_from_socket(call, from, {parts.data_length, parts.data, parts.control});
    if (several.size() < static_cast<std::size_t>(call.result())) object(from).is_uncertain = true;
}

}  // namespace ipcscope
