// Bytes between sockets. What is sent lies at the receiving socket at once: over loopback nothing stays on the way for long. Of a
// stream the borders of calls are lost; a datagram is taken whole, or its tail is cut off.
#include <sys/socket.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {

std::string_view Fold::received_bytes(const Call& call) const {
    if (const int header = position_of(call.id, Role::HeaderOut); header >= 0) {
        const auto parts = message_parts(trace.chunk(*call.exit, header));
        return parts ? parts->data : std::string_view{};
    }
    const std::optional<Chunk> chunk = trace.chunk(*call.exit, position_of(call.id, call.has(Role::BytesOut) ? Role::BytesOut : Role::VectorOut));
    return chunk ? bytes_of(*chunk) : std::string_view{};
}

std::uint64_t Fold::sent_length(const Call& call, std::string_view& bytes) const {
    const Pending* const granted = call.thread.pending_of(call.enter);
    const std::uint64_t most = granted ? granted->most_bytes : UINT64_MAX;
    if (const int header = position_of(call.id, Role::HeaderIn); header >= 0) {
        const auto parts = message_parts(trace.chunk(call.entry, header));
        if (!parts) return 0;
        bytes = parts->data;
        return std::min(most, parts->data_length);
    }
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, call.has(Role::BytesIn) ? Role::BytesIn : Role::VectorIn));
    if (chunk) bytes = bytes_of(*chunk);
    return std::min(most, call.has(Role::Size) ? static_cast<std::uint64_t>(call.argument(Role::Size)) : chunk ? chunk->true_length : 0);
}

void Fold::sends_to_socket(const Call& call, const OpenFile& behind) {
    Given given;
    given.length = sent_length(call, given.bytes);
    given.address = address_in(call);
    if (const auto parts = message_parts(trace.chunk(call.entry, position_of(call.id, Role::HeaderIn)))) given.control = parts->control;
    give_to_socket(call, behind, given);
}

void Fold::give_to_socket(const Call& call, const OpenFile& behind, const Given& given) {
    const ObjectId from = behind.object;
    const SocketState& own = *object(from).socket;
    const auto& [bytes, length, address, control] = given;
    if (length == 0 && own.is_stream()) return;
    ObjectId to = own.other;
    if (own.type == SOCK_DGRAM && to == no_id) to = socket_bound_to(address.is_known() ? address : own.peer, own.type, from);
    const bool can_arrive = to != no_id && !object(to).has_ended && !object(to).socket->has_shut_reading && !own.has_shut_writing && !own.is_reset;

    Message& made = model.messages_.emplace_back();
    made.id = static_cast<MessageId>(model.messages_.size() - 1);
    made.object = to == no_id ? from : to;
    made.from = call.process.id;
    made.sent = call.enter;
    made.length = length;
    made.bytes = bytes.substr(0, length);
    for (const int number : descriptors_in(control))
        if (const Descriptor* const carried = descriptor(call.process, number)) made.carried.push_back(carried->file);
    for (const OpenFileId carried : made.carried) hold(carried);
    Pending& granted = pending(call.thread, call.enter);
    if (granted.message == no_id) granted.message = made.id;    // of several: the first
    call.thread.last_message = made.id;
    note_change({.process = made.from, .object = made.object, .message = made.id, .descriptor = call.descriptor(), .at = index});
    if (!can_arrive) {    // the first send to an end that is gone is taken, and answered with a reset
        if (to != no_id && object(to).has_ended && own.is_ip() && own.is_stream()) object(from).socket->is_reset = object(to).socket->is_reset = true;
        return;
    }
    Object& receiver = object(to);
    receiver.inside.push_back(made.id);
    receiver.lying.push_back({made.id, 0, length});
    made.accepted = length;
}

void Fold::receives_from_socket(const Call& call, ObjectId from) {
    Taken taken{static_cast<std::uint64_t>(call.result()), received_bytes(call), {}};
    if (const auto parts = message_parts(trace.chunk(*call.exit, position_of(call.id, Role::HeaderOut)))) taken.control = parts->control;
    take_from_socket(call, from, taken);
}

void Fold::take_from_socket(const Call& call, ObjectId from, const Taken& taken) {
    const auto& [count, received, control] = taken;
    note_change({.process = call.process.id, .object = from, .descriptor = call.descriptor(), .at = index});
    if ((call.argument(Role::SocketFlags) & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB)) != 0) return;
    if (!object(from).socket->is_stream() && object(from).socket->type != 0) return receive_datagram(call, from, taken);
    if (count == 0) return;
    // Descriptors travel with the first byte of what they were sent with.
    const MessageId first = object(from).lying.empty() ? no_id : object(from).lying.front().message;
    const std::uint64_t missing = take(from, call, count, received);
    if (first != no_id) receive_carried(call, message(first), control);
    if (missing == 0) return;
    const bool is_from_outside = object(from).socket->other == no_id;
    if (!is_from_outside) {
        if (!object(from).is_uncertain) surprise();
        return;
    }
    Message& made = model.messages_.emplace_back();   // nobody of this run has sent it
    made.id = static_cast<MessageId>(model.messages_.size() - 1);
    made.object = from;
    made.sent = call.enter;
    made.length = made.accepted = made.taken = missing;
    made.is_settled = true;
    made.bytes = received.substr(0, missing);
    made.takings.push_back({call.process.id, index, 0, missing});
    note_change({.process = call.process.id, .object = from, .message = made.id, .descriptor = call.descriptor(), .at = index});
}

// One datagram, whatever the count: what did not fit is gone.
void Fold::receive_datagram(const Call& call, ObjectId id, const Taken& what) {
    Object& from = object(id);
    const std::uint64_t count = what.count;
    const std::string_view received = what.bytes;
    const auto is_it = [&](const Stretch& stretch) {
        const std::string& bytes = message(stretch.message).bytes;
        const std::size_t length = std::min({bytes.size(), received.size(), static_cast<std::size_t>(stretch.count)});
        return stretch.count >= received.size() && bytes.substr(0, length) == received.substr(0, length);
    };
    auto found = std::ranges::find_if(from.lying, is_it);
    if (found == from.lying.end()) {
        const bool is_end = count == 0 && from.socket->type == SOCK_SEQPACKET;
        if (!is_end && from.socket->other != no_id && !from.is_uncertain) surprise();
        return;
    }
    Message& taken = message(found->message);
    const std::uint64_t part = std::min(count, found->count);
    taken.takings.push_back({call.process.id, index, 0, part});
    taken.taken = taken.length;
    from.lying.erase(found);
    std::erase(from.inside, taken.id);
    note_change({.process = call.process.id, .object = id, .message = taken.id, .descriptor = call.descriptor(), .at = index});
    receive_carried(call, taken, what.control);
}

// Descriptors that came along are the receiver's own now; those that it gave no room for (MSG_CTRUNC) are closed.
void Fold::receive_carried(const Call& call, Message& message, std::string_view control) {
    if (message.carried.empty()) return;
    const std::vector<OpenFileId> carried = message.carried;
    const std::vector<int> numbers = descriptors_in(control);
    const bool closes_on_exec = (call.argument(Role::SocketFlags) & MSG_CMSG_CLOEXEC) != 0;
    for (std::size_t i = 0; i < std::min(numbers.size(), carried.size()); ++i) install(call.process, numbers[i], carried[i], closes_on_exec);
    drop_carried(this->message(message.id));
}

void Fold::drop_carried(Message& message) {
    const std::vector<OpenFileId> carried = std::move(message.carried);
    message.carried.clear();
    for (const OpenFileId file : carried) {
        let_go(file);
        bury_if_unused(this->file(file).object);
    }
}

// A send that sleeps has given a part of its bytes: how much, only the kernel can say.
void Fold::agree_on_bytes(ObjectId id) {
    Object& receiver = object(id);
    const SocketState& state = *receiver.socket;
    if (!state.is_stream() || state.stage == SocketStage::Listening || state.other == no_id || receiver.lying.empty()) return;
    const Object& sender = object(state.other);
    const SocketState& sending = *sender.socket;
    constexpr EventIndex same_quiescence = 4096;    // facts of one quiescence lie close together
    if (state.told_inside < 0 || state.told_at == no_id || sending.told_at == no_id || sending.told_unsent < 0) return;
    const EventIndex first = std::min(state.told_at, sending.told_at);
    if (index - first > same_quiescence) return;
    for (EventIndex i = first; i < index; ++i)
        if (trace[i].kind != EventKind::Fact) return;
    const std::uint64_t there = static_cast<std::uint64_t>(state.told_inside) + static_cast<std::uint64_t>(sending.told_unsent);
    Message& last = message(receiver.lying.back().message);
    const std::uint64_t known = receiver.bytes_inside();
    if (last.is_settled) return;
    if (known > there) {
        withdraw(last, receiver, std::min(known - there, receiver.lying.back().count));
    } else if (known < there) {
        accept_over(last, receiver, std::min(there - known, last.length - last.accepted));
    }
    std::erase(receiver.waiting, last.id);
    if (last.accepted < last.length) receiver.waiting.push_back(last.id);
}

// Bytes that the process never had in its memory.
void Fold::moves_bytes_result(const Call& call) {
    if (call.has_failed() || call.result() == 0) return;
    const auto count = static_cast<std::uint64_t>(call.result());
    const OpenFile* const from = file_behind(call.process, static_cast<int>(call.argument(Role::OtherFd)));
    const OpenFile* const to = file_behind(call.process, call.descriptor());
    if (from && (object(from->object).pipe || object(from->object).socket)) take(from->object, call, count, {});
    if (from && object(from->object).kind == ObjectKind::File) file(from->id).is_offset_known = false;
    if (!to) return;
    Object& target = object(to->object);
    const ObjectId receiver = target.socket ? target.socket->other : target.pipe ? target.id : no_id;
    Message& made = model.messages_.emplace_back();
    made.id = static_cast<MessageId>(model.messages_.size() - 1);
    made.object = receiver == no_id ? target.id : receiver;
    made.from = call.process.id;
    made.sent = call.enter;
    made.length = count;
    made.is_settled = true;
    if (receiver != no_id && !object(receiver).has_ended) {
        object(receiver).inside.push_back(made.id);
        accept_over(made, object(receiver), count);
    }
    note_change({.process = made.from, .object = made.object, .message = made.id, .descriptor = call.descriptor(), .at = index});
}

}  // namespace ipcscope
