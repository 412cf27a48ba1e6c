// eventfd, signalfd, timerfd: a count, a set of signals, a timer. What is added counts when the call begins, what is taken
// when it has returned. Which signals are pending, and what time it is, only the kernel can say.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr std::uint64_t most_count = UINT64_MAX - 1;

template <class T>
std::optional<T> struct_from(const std::optional<Chunk>& chunk) {
    if (!chunk || chunk->bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, chunk->bytes.data(), sizeof value);
    return value;
}

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(time.tv_nsec));
}

std::uint64_t count_in(const Message& message) {
    std::uint64_t value = 0;
    message.bytes.copy(reinterpret_cast<char*>(&value), sizeof value);
    return value;
}

}  // namespace

// The flags EFD_CLOEXEC, SFD_CLOEXEC, TFD_CLOEXEC are O_CLOEXEC, and so with O_NONBLOCK.
ObjectId Fold::make_event_file(const Call& call, ObjectKind kind, std::int64_t flags) {
    const ObjectId made = make_object(kind, {});
    const auto number = static_cast<int>(call.result());
    if (descriptor(call.process, number)) surprise();
    install(call.process, number, make_file(made, O_RDWR | (static_cast<int>(flags) & O_NONBLOCK)), (flags & O_CLOEXEC) != 0);
    return made;
}

void Fold::makes_event_fd_result(const Call& call) {
    if (call.has_failed()) return;
    const std::int64_t flags = call.argument(Role::EventFdFlags);
    CounterState& state = *object(make_event_file(call, ObjectKind::EventFd, flags)).counter;
    state.count = static_cast<std::uint32_t>(call.argument(Role::Counter));
    state.is_semaphore = (flags & EFD_SEMAPHORE) != 0;
}

void Fold::makes_signal_fd_result(const Call& call) {
    if (call.has_failed()) return;
    const OpenFile* const changed = call.descriptor() >= 0 ? file_behind(call.process, call.descriptor()) : nullptr;
    const ObjectId id = changed ? changed->object : make_event_file(call, ObjectKind::SignalFd, call.argument(Role::SignalFdFlags));
    if (!object(id).signals) return;
    object(id).signals->mask = struct_from<std::uint64_t>(trace.chunk(call.entry, position_of(call.id, Role::SignalSet))).value_or(0);
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::makes_timer_fd_result(const Call& call) {
    if (call.has_failed()) return;
    object(make_event_file(call, ObjectKind::TimerFd, call.argument(Role::TimerFdFlags))).timer->clock = static_cast<int>(call.argument(Role::ClockId));
}

void Fold::sets_timer_result(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (call.has_failed() || !behind || !object(behind->object).timer) return;
    TimerState& timer = *object(behind->object).timer;
    if (const auto set = struct_from<itimerspec>(trace.chunk(call.entry, position_of(call.id, Role::TimerIn)))) {
        timer.is_absolute = (call.argument(Role::SetTimeFlags) & TFD_TIMER_ABSTIME) != 0;
        timer.value_ns = timer.left_ns = nanoseconds(set->it_value);
        timer.interval_ns = nanoseconds(set->it_interval);
        timer.expirations = 0;
    }
    note_change({.process = call.process.id, .object = behind->object, .descriptor = call.descriptor(), .at = index});
}

// --- The count -------------------------------------------------------------------------------------

void Fold::add_to_count(Message& message) {
    CounterState& counter = *object(message.object).counter;
    const std::uint64_t value = count_in(message);
    if (value > most_count - std::min(counter.count, most_count)) return;    // it sleeps
    counter.count += value;
    message.accepted = message.length;
}

void Fold::settle_count(Message& message, bool has_succeeded) {
    if (has_succeeded && message.accepted == 0) {
        object(message.object).counter->count += count_in(message);
        message.accepted = message.length;
    }
    if (!has_succeeded && message.accepted != 0) object(message.object).counter->count -= count_in(message);
    message.is_settled = true;
}

void Fold::adds_count_begin(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind || !object(behind->object).counter) return;
    const ObjectId id = behind->object;
    const std::int64_t value = call.argument(Role::Counter);
    Message& made = model.messages_.emplace_back();
    made.id = static_cast<MessageId>(model.messages_.size() - 1);
    made.object = id;
    made.from = call.process.id;
    made.sent = call.enter;
    made.length = sizeof value;
    made.bytes.assign(reinterpret_cast<const char*>(&value), sizeof value);
    pending(call.thread, call.enter).message = call.thread.last_message = made.id;
    add_to_count(made);
    note_change({.process = made.from, .object = id, .message = made.id, .descriptor = call.descriptor(), .at = index});
}

void Fold::adds_count_result(const Call& call) {
    const Pending* const given = call.thread.pending_of(call.enter);
    if (given && given->message != no_id) settle_count(message(given->message), !call.has_failed());
}

void Fold::takes_count_result(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!call.has_failed() && behind) take_from_event_file(behind->object, call, trace.chunk(event, position_of(call.id, Role::CounterOut)));
}

// What a read answered: the count, or how often a timer has expired, or signals.
void Fold::take_from_event_file(ObjectId id, const Call& call, const std::optional<Chunk>& chunk) {
    Object& from = object(id);
    if (from.timer) from.timer->expirations = 0;
    if (from.counter) {
        CounterState& counter = *from.counter;
        const std::uint64_t value = struct_from<std::uint64_t>(chunk).value_or(counter.is_semaphore ? 1 : counter.count);
        const std::uint64_t least = counter.is_semaphore ? 1 : value;
        if (counter.count < least && !from.is_uncertain) surprise();
        counter.count -= std::min(counter.count, least);
    }
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
}

// --- The kernel's word -----------------------------------------------------------------------------

void Fold::event_file_fact() {
    Process* const here = process();
    const OpenFile* const behind = here ? file_behind(*here, static_cast<int>(event.value[1])) : nullptr;
    if (!behind) return;
    Object& known = object(behind->object);
    if (known.signals) known.signals->pending = static_cast<std::uint64_t>(event.value[3]);
    if (known.timer) {
        known.timer->left_ns = event.value[2];
        known.timer->expirations = static_cast<std::uint64_t>(event.value[4]);
    }
}

}  // namespace ipcscope
