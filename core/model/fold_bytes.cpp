// Bytes on their way. A pipe's bytes are kept three times over, on purpose, and in step: as messages (who gave what), as
// stretches (in which order they will be read), and as the kernel's slots (how much room is left).
#include <fcntl.h>
#include <poll.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr std::size_t terminal_bytes = 4096;
constexpr std::uint64_t most_at_once = 0x7ffff000;  // MAX_RW_COUNT: no call transfers more

// Offsets come from recordings too, where anything may stand.
std::int64_t moved(std::int64_t offset, std::int64_t by) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(by));
}

// Whether the bytes captured of a stretch are those captured of what was received. What was not captured agrees.
bool is_same(const Message& message, const Stretch& stretch, std::string_view received) {
    if (stretch.first >= message.bytes.size()) return true;
    const std::string_view sent = std::string_view(message.bytes).substr(stretch.first, stretch.count);
    const std::size_t length = std::min(sent.size(), received.size());
    return sent.substr(0, length) == received.substr(0, length);
}

// Writers that run at the same time may be seen to begin in another order than the kernel served them. Then what was
// received tells which came first.
void put_received_first(std::deque<Stretch>& lying, const std::vector<Message>& messages, std::string_view received) {
    if (received.empty() || is_same(messages[lying.front().message], lying.front(), received)) return;
    const auto match = std::ranges::find_if(lying, [&](const Stretch& s) { return is_same(messages[s.message], s, received); });
    if (match != lying.end()) std::rotate(lying.begin(), match, match + 1);
}

}  // namespace

std::string_view bytes_of(const Chunk& chunk) {
    return {reinterpret_cast<const char*>(chunk.bytes.data()), chunk.bytes.size()};
}

void Fold::sends_begin(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind || !can_write(behind->flags)) return;
    if (object(behind->object).socket) return sends_to_socket(call, *behind);
    const Role role = call.has(Role::BytesIn) ? Role::BytesIn : Role::VectorIn;
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, role));
    const auto asked = static_cast<std::uint64_t>(call.argument(Role::Size));
    const Pending* const granted = call.thread.pending_of(call.enter);
    const std::uint64_t most = granted ? granted->most_bytes : UINT64_MAX;
    const std::uint64_t length = std::min({most, most_at_once, call.has(Role::Size) ? asked : chunk ? chunk->true_length : 0});
    if (length == 0) return;

    Message& made = model.messages_.emplace_back();
    made.id = static_cast<MessageId>(model.messages_.size() - 1);
    made.object = behind->object;
    made.from = call.process.id;
    made.sent = call.enter;
    made.length = length;
    if (chunk) made.bytes = bytes_of(*chunk).substr(0, length);
    pending(call.thread, call.enter).message = call.thread.last_message = made.id;
    Object& to = object(behind->object);
    note_change({.process = made.from, .object = to.id, .message = made.id, .descriptor = call.descriptor(), .at = index});
    if (to.counter) add_to_count(made);
    if (!to.pipe) return;
    to.inside.push_back(made.id);
    if (to.readers != 0) accept(made, to, false);
    if (made.accepted < made.length && (behind->flags & O_NONBLOCK) == 0) to.waiting.push_back(made.id);
}

void Fold::accept(Message& message, Object& object, bool is_continuing) {
    const std::uint64_t room = object.pipe->write(message.length - message.accepted, is_continuing);
    if (room == 0) return;
    object.lying.push_back({message.id, message.accepted, room});
    message.accepted += room;
}

// The kernel has taken them although, as far as the returns seen so far tell, there was no room.
void Fold::accept_over(Message& message, Object& object, std::uint64_t count) {
    if (object.pipe) object.pipe->write_over(count);
    object.lying.push_back({message.id, message.accepted, count});
    message.accepted += count;
}

void Fold::withdraw(Message& message, Object& object, std::uint64_t count) {
    message.accepted -= count;
    for (std::size_t i = object.lying.size(); count != 0 && i-- > 0;) {
        Stretch& stretch = object.lying[i];
        if (stretch.message != message.id) continue;
        const std::uint64_t part = std::min(count, stretch.count);
        stretch.count -= part;
        count -= part;
        if (object.pipe) object.pipe->take_back(part);
    }
    std::erase_if(object.lying, [](const Stretch& stretch) { return stretch.count == 0; });
}

// Room was made: whoever waits longest fills it, and waits again at the end of the queue with what is left (fs/pipe.c).
void Fold::admit_waiting(Object& object) {
    while (!object.waiting.empty() && !object.pipe->is_full() && object.readers != 0) {
        Message& next = message(object.waiting.front());
        object.waiting.pop_front();
        accept(next, object, true);
        if (next.accepted < next.length) object.waiting.push_back(next.id);
    }
}

void Fold::sends_result(const Call& call) {
    const std::uint64_t taken = call.has_failed() ? 0 : static_cast<std::uint64_t>(call.result());
    const Pending* const given = call.thread.pending_of(call.enter);
    if (!given || given->message == no_id) {
        if (taken != 0 && !call.process.takes_kernels_word) surprise();
        return;
    }
    const Message& sent = message(given->message);
    if (taken > sent.length) return surprise();
    if (object(sent.object).counter) return settle_count(message(given->message), taken != 0);
    settle(sent.id, taken);
    Object& to = object(sent.object);
    if (taken == 0) return;
    if (to.kind == ObjectKind::Terminal) {
        to.terminal += sent.bytes;
        if (to.terminal.size() > terminal_bytes) to.terminal.erase(0, to.terminal.size() - terminal_bytes);
    }
    OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (to.kind != ObjectKind::File || !behind) return;
    const bool is_appended = (behind->flags & O_APPEND) != 0;
    const bool has_place = call.has(Role::Offset);
    const std::int64_t start = has_place ? call.argument(Role::Offset) : behind->offset;
    const auto length = static_cast<std::int64_t>(taken);
    std::optional<std::int64_t> end;
    if (is_appended && to.file_size) end = moved(*to.file_size, length);
    if (!is_appended && (has_place || behind->is_offset_known)) end = moved(start, length);
    if (!has_place) {
        behind->is_offset_known = end.has_value();
        behind->offset = end.value_or(0);
    }
    if (to.file_size) to.file_size = end ? std::optional(std::max(*to.file_size, *end)) : std::nullopt;
}

// The call will not say how much was taken: what it had given stays given.
void Fold::sends_abandoned(const Call& call) {
    const Pending* const given = call.thread.pending_of(call.enter);
    if (given && given->message != no_id) settle(given->message, message(given->message).accepted);
}

void Fold::settle(MessageId id, std::uint64_t length) {
    Message& sent = message(id);
    Object& to = object(sent.object);
    const bool has_room_for_bytes = to.pipe || to.socket;
    const bool never_lay_there = to.socket && sent.accepted == 0;    // it left the run, or nobody takes it any more
    if (has_room_for_bytes && length > sent.accepted && !to.has_ended && !never_lay_there) accept_over(sent, to, length - sent.accepted);
    if (has_room_for_bytes && length < sent.accepted) withdraw(sent, to, sent.accepted - length);
    sent.accepted = sent.length = length;
    if (sent.bytes.size() > length) sent.bytes.resize(length);
    sent.is_settled = true;
    if (!has_room_for_bytes) return;
    std::erase(to.waiting, id);
    if (sent.taken >= length) std::erase(to.inside, id);
}

void Fold::receives_result(const Call& call) {
    if (call.has_failed()) return;
    OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind) {
        if (!call.process.takes_kernels_word) surprise();
        return;
    }
    const auto count = static_cast<std::uint64_t>(call.result());
    const Object& from = object(behind->object);
    if (from.socket) return receives_from_socket(call, from.id);
    if (from.kind == ObjectKind::File && !call.has(Role::Offset)) behind->offset = moved(behind->offset, call.result());
    if (from.pipe && count != 0) {
        const std::uint64_t missing = take(from.id, call, count, received_bytes(call));
        if (missing != 0 && !from.is_uncertain) surprise();
        admit_waiting(object(from.id));
    } else if (from.counter || from.timer) {
        take_from_event_file(from.id, call, trace.chunk(event, position_of(call.id, Role::BytesOut)));
    } else {
        note_change({.process = call.process.id, .object = from.id, .descriptor = call.descriptor(), .at = index});
    }
}

// Polls one descriptor: there. Polls several: at none in particular.
ObjectId Fold::sleeps_at_polled(const Call& call) {
    if (call.has(Role::Fd)) return sleeps_at_descriptor(call);    // an epoll instance
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, Role::PollFds));
    pollfd asked;
    if (!chunk || chunk->bytes.size() != sizeof asked) return no_id;
    std::memcpy(&asked, chunk->bytes.data(), sizeof asked);
    const OpenFile* const behind = file_behind(call.process, asked.fd);
    return behind ? behind->object : no_id;
}

// Takes what a read returned out of the object, front first. Answers how much of it the model did not know of.
std::uint64_t Fold::take(ObjectId id, const Call& call, std::uint64_t count, std::string_view received) {
    Object& from = object(id);
    while (count != 0) {
        if (from.lying.empty()) {  // the writer slept, and has gone on before this read was seen to return
            if (from.waiting.empty()) break;
            Message& next = message(from.waiting.front());
            from.waiting.pop_front();
            accept_over(next, from, std::min(count, next.length - next.accepted));
            if (next.accepted < next.length) from.waiting.push_back(next.id);
        }
        put_received_first(from.lying, model.messages_, received);
        Stretch& front = from.lying.front();
        Message& taken = message(front.message);
        const std::uint64_t part = std::min(count, front.count);
        taken.takings.push_back({call.process.id, index, front.first, part});
        taken.taken += part;
        note_change(
            {.process = call.process.id, .object = id, .message = taken.id, .descriptor = call.descriptor(), .at = index});
        front.first += part;
        front.count -= part;
        if (from.pipe) from.pipe->read(part);
        if (front.count == 0) from.lying.pop_front();
        if (taken.taken >= taken.length) std::erase(from.inside, taken.id);
        received.remove_prefix(std::min<std::size_t>(received.size(), part));
        count -= part;
    }
    return count;
}

}  // namespace ipcscope
