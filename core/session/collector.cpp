#include "core/session/collector.h"

#include <errno.h>

#include <algorithm>
#include <array>

#include "core/session/memory_watch.h"

namespace ipcscope {
namespace {

// What the kernel counts as a read, a write: calls of a socket's own (send, recv …) are none.
constexpr auto is_counted = [] {
    std::array<bool, call_count> table{};
    for (std::size_t call = 0; call < call_count; ++call)
        table[call] = argument_with(call_table[call], Role::SocketFlags) < 0 && (is_send(call_table[call].effect) || is_receive(call_table[call].effect)) &&
                      call_table[call].effect != Effect::SendsMessage && call_table[call].effect != Effect::ReceivesMessage;
    return table;
}();
// What lies in the program's own file has the same address in every run there.
std::int64_t address_in_file(const ObservedProcess& process, std::int64_t address) {
    return address - static_cast<std::int64_t>(process.main_bias);
}

constexpr auto starts_at = [] {
    std::array<std::int8_t, call_count> table{};
    for (std::size_t call = 0; call < call_count; ++call) table[call] = static_cast<std::int8_t>(argument_with(call_table[call], Role::StartRoutine));
    return table;
}();

}  // namespace

// --- Collecting ------------------------------------------------------------------------------------

void Collector::sweep() {
    if (next_ == pending_.size()) {
        pending_.clear();
        bodies_.clear();
        next_ = 0;
    }
    const std::size_t before = pending_.size();
    const std::uint64_t until = clock_now(timebase_.clock());
    for (const auto& process : population_.alive()) {
        for (const auto& shared : process->areas) {
            shared->area.sweep(until, [&](const RingRecord& record) {
                const std::size_t chunks = record.chunks().size();
                pending_.push_back({record.header.stamp, process.get(), shared.get(), record.header, record.ring, record.tid, bodies_.size(),
                                    static_cast<std::uint32_t>(record.body.size() - chunks), static_cast<std::uint32_t>(chunks)});
                bodies_.insert(bodies_.end(), record.body.begin(), record.body.end());
                ++process->pending;
            });
            if (const std::uint64_t corrupt = shared->area.corrupt(); corrupt != shared->corrupt_told) {
                write_lost(*process, corrupt - shared->corrupt_told, LossReason::Corrupt);
                shared->corrupt_told = corrupt;
            }
        }
    }
    if (pending_.size() != before)
        std::stable_sort(pending_.begin() + static_cast<std::ptrdiff_t>(next_), pending_.end(),
                         [](const Pending& a, const Pending& b) { return a.stamp < b.stamp; });
}

std::size_t Collector::collect() {
    const std::size_t before = out_.fresh().events.size();
    sweep();
    while (next_ < pending_.size()) {
        const Cause cause = cause_of(pending_[next_]);
        const bool is_settled = cause == Cause::Recorded || (cause == Cause::End && pending_[next_].stamp <= settled_until_);
        if (!is_settled && !is_cause_written()) {
            if (is_waiting_) break;
            continue;
        }
        write_next();
    }
    if (are_gates_open_) let_late_ones_through();
    return out_.fresh().events.size() - before;
}

// Of the next record, whose cause has none. False: not yet (is_waiting_), or there is something older to be written first.
bool Collector::is_cause_written() {
    const std::uint64_t stamp = pending_[next_].stamp, now = clock_now(timebase_.clock());
    life_.find_the_dead();
    sweep();
    if (pending_[next_].stamp < stamp) return false;    // the last words of the dead
    const bool is_birth = cause_of(pending_[next_]) == Cause::Birth;
    if (is_birth) population_.tell_parent(child_of(pending_[next_]), *pending_[next_].process);
    const bool are_all_ended = life_.end_the_dead();
    const bool is_on_its_way = is_birth ? life_.is_child_unborn(*pending_[next_].process, child_of(pending_[next_])) : life_.is_somebody_leaving();
    const auto moment = std::chrono::steady_clock::now();
    if (is_on_its_way && !is_waiting_) waiting_since_ = moment;
    is_waiting_ = is_on_its_way && moment - waiting_since_ < (is_birth ? birth_patience : patience);
    if (!is_waiting_ && are_all_ended && cause_of(pending_[next_]) == Cause::End) settled_until_ = now;
    return !is_waiting_;
}

bool Collector::has_records(const ObservedProcess& process) {
    sweep();
    return process.pending != 0;
}

bool Collector::is_birth_ahead(pid_t pid, std::uint32_t host) const {
    return next_ < pending_.size() && std::any_of(pending_.begin() + static_cast<std::ptrdiff_t>(next_) + 1, pending_.end(), [&](const Pending& record) {
        return cause_of(record) == Cause::Birth && child_of(record) == pid && record.process->host == host;
    });
}

bool Collector::has_records_before_birth(const ObservedProcess& parent, pid_t child) const {
    const auto first = std::find_if(pending_.begin() + static_cast<std::ptrdiff_t>(next_), pending_.end(),
                                    [&](const Pending& record) { return record.process == &parent; });
    if (first == pending_.end()) return false;
    return cause_of(*first) != Cause::Birth || (child_of(*first) != 0 && child_of(*first) != child);
}

void Collector::finish() {
    sweep();
    while (next_ < pending_.size()) write_next();
}

// A thread that saw a closed gate just before it was opened arrives there late.
void Collector::let_late_ones_through() {
    for (const auto& process : population_.alive())
        for (const auto& thread : process->threads)
            if (thread->is_let_through)
                for (const RingOfThread& ring : thread->rings)
                    if (ring.shared->area.is_at_gate(ring.ring)) ring.shared->area.grant(ring.ring);
}

Collector::Cause Collector::cause_of(const Pending& record) const {
    if (record.header.kind != RecordKind::Exit) return Cause::Recorded;
    const std::int64_t result = static_cast<std::int64_t>(word(record, 0));
    const auto end_if = [](bool it_can_be) { return it_can_be ? Cause::End : Cause::Recorded; };
    switch (row_of(static_cast<CallId>(record.header.call)).effect) {
        case Effect::Receives: return end_if(result == 0 || record.header.error == ECONNRESET);
        case Effect::ReceivesSeveral: return end_if(record.header.error == ECONNRESET);
        case Effect::Sends:
        case Effect::SendsSeveral: return end_if(record.header.error == EPIPE);
        case Effect::Waits: return end_if(result > 0);
        case Effect::Polls: return end_if(result > 0);
        case Effect::OperatesSemaphores: return end_if(result == 0);    // SEM_UNDO
        case Effect::Signals: return end_if(record.header.error == ESRCH);
        case Effect::Forks: return result > 0 ? Cause::Birth : Cause::Recorded;
        case Effect::Spawns: return result == 0 ? Cause::Birth : Cause::Recorded;
        case Effect::Locks:
        case Effect::TriesLock:
        case Effect::AwaitsSignal: return end_if(record.header.error == EOWNERDEAD);
        default: return Cause::Recorded;
    }
}

// Of an Exit whose cause is a birth: whose, as the parent sees it. 0: posix_spawn answers 0, and says it elsewhere.
pid_t Collector::child_of(const Pending& record) const { return static_cast<pid_t>(word(record, 0)); }

std::optional<int> Collector::status_from_wait(pid_t pid, std::uint32_t host) const {
    for (std::size_t i = next_; i < pending_.size(); ++i) {
        const Pending& record = pending_[i];
        if (record.header.kind != RecordKind::Exit || row_of(static_cast<CallId>(record.header.call)).effect != Effect::Waits) continue;
        if (static_cast<pid_t>(word(record, 0)) != pid || record.process->host != host) continue;
        const int place = argument_with(row_of(static_cast<CallId>(record.header.call)), Role::StatusOut);
        std::span<const std::byte> chunks = std::span(bodies_).subspan(record.body + record.words_bytes, record.chunks_bytes);
        while (const std::optional<Chunk> chunk = take_chunk(chunks)) {
            int status;
            if (chunk->argument != place || chunk->bytes.size() != sizeof status) continue;
            std::memcpy(&status, chunk->bytes.data(), sizeof status);
            return status;
        }
    }
    return std::nullopt;
}

// --- Writing ---------------------------------------------------------------------------------------

std::uint64_t Collector::word(const Pending& record, std::size_t index) const {
    std::uint64_t value;
    std::memcpy(&value, bodies_.data() + record.body + index * sizeof value, sizeof value);
    return value;
}

Event Collector::event_of(const Pending& record, EventKind kind, ThreadId thread) const {
    Event event;
    event.stamp = timebase_.ns_from_stamp(record.stamp);
    event.process = record.process->id;
    event.thread = thread;
    event.kind = kind;
    event.flags = record.header.flags;
    event.call = record.header.call;
    return event;
}

void Collector::write_next() {
    const Pending record = pending_[next_++];
    --record.process->pending;
    ObservedThread& thread = population_.thread_of(*record.process, *record.shared, record.ring, static_cast<pid_t>(record.tid));
    switch (record.header.kind) {
        case RecordKind::Enter: return write_enter(record, thread);
        case RecordKind::Exit: return write_exit(record, thread);
        case RecordKind::Abandoned: return write_abandoned(record, thread);
        case RecordKind::Lost: return write_lost(*record.process, word(record, 0), LossReason::RingFull);
        case RecordKind::Pad: return;    // not delivered
    }
}

void Collector::write_enter(const Pending& record, ObservedThread& thread) {
    const bool is_held = record.header.flags & Flag::Held;
    thread.calls.push_back({record.header.call, record.header.flags, is_held, population_.born()});
    thread.is_asleep = false;
    Event event = event_of(record, EventKind::Enter, thread.id);
    event.site = word(record, 0);
    if (!(record.header.flags & Flag::Inside)) event.site -= record.process->main_bias;
    const int count = row_of(static_cast<CallId>(record.header.call)).argument_count;
    for (int i = 0; i < count; ++i) event.value[i] = static_cast<std::int64_t>(word(record, static_cast<std::size_t>(i) + 1));
    if (const int start = starts_at[record.header.call]; start >= 0) event.value[start] = address_in_file(*record.process, event.value[start]);
    if (calls_to_watch[record.header.call]) {
        const std::uint32_t length = watch_arguments(*record.process, static_cast<CallId>(record.header.call), event.value);
        if (!(record.header.flags & Flag::Inside)) thread.calls.back().answers_with = length;
    }
    const std::span<const std::byte> chunks = std::span(bodies_).subspan(record.body + record.words_bytes, record.chunks_bytes);
    out_.fresh().add_raw(event, chunks);
    if (IpcObjects::concerns(event.call) && record.process->host <= 1) [[unlikely]] ipc_.entered(event, chunks);
    if (!is_held) return;
    thread.waits_since = next_ticket();
    if (are_gates_open_) {
        write_granted(*record.process, thread);
        thread.is_let_through = true;
    }
}

void Collector::write_granted(ObservedProcess& process, ObservedThread& thread, Verdict verdict, std::int32_t value) {
    OpenCall& call = thread.calls.back();
    call.is_held = false;
    call.born_before = population_.born();
    thread.slept_at.reset();
    Event event = out_.event(EventKind::Granted, process.id, thread.id);
    event.call = call.call;
    event.value[0] = static_cast<std::int64_t>(verdict);
    event.value[1] = value;
    out_.fresh().add(event);
}

void Collector::write_exit(const Pending& record, ObservedThread& thread) {
    const std::vector<OpenCall>& calls = thread.calls;
    // The child of a fork returns from a call that it never entered.
    const bool is_answer = !calls.empty() && calls.back().call == record.header.call;
    if (is_answer && calls.back().is_held) write_granted(*record.process, thread);
    const bool is_inside = is_answer && (calls.back().flags & Flag::Inside);
    if (is_answer && calls.back().answers_with != 0 && static_cast<std::int64_t>(word(record, 0)) > 0)
        watch(*record.process, word(record, 0), calls.back().answers_with);
    if (is_answer && row_of(static_cast<CallId>(record.header.call)).effect == Effect::Forks && child_of(record) > 0)
        population_.bear_stillborn(*record.process, child_of(record), calls.back().born_before, static_cast<CallId>(record.header.call) == CallId::vfork,
                                   status_from_wait(child_of(record), record.process->host).value_or(-1));
    if (is_answer) thread.calls.pop_back();
    thread.is_asleep = thread.is_let_through = false;
    count(thread, record);
    Event event = event_of(record, EventKind::Exit, thread.id);
    event.value[0] = static_cast<std::int64_t>(word(record, 0));
    event.error = record.header.error;
    if (is_inside) event.flags |= Flag::Inside;
    if (IpcObjects::concerns(event.call) && record.process->host <= 1) [[unlikely]] ipc_.returned(event);
    out_.fresh().add_raw(event, std::span(bodies_).subspan(record.body + record.words_bytes, record.chunks_bytes));
}

void Collector::write_abandoned(const Pending& record, ObservedThread& thread) {
    if (thread.calls.empty()) return;
    const OpenCall call = thread.calls.back();
    thread.calls.pop_back();
    thread.is_asleep = thread.is_let_through = false;
    Event event = event_of(record, EventKind::Abandoned, thread.id);
    event.call = call.call;
    out_.fresh().add(event);
}

void Collector::write_lost(ObservedProcess& process, std::uint64_t count, LossReason why) {
    Event event = out_.event(EventKind::Lost, process.id);
    event.value[0] = static_cast<std::int64_t>(count);
    event.value[1] = static_cast<std::int64_t>(why);
    out_.fresh().add(event);
}

// What the kernel counts too (vfs_read and vfs_write; a bad descriptor never gets there).
void Collector::count(ObservedThread& thread, const Pending& record) const {
    const Effect effect = row_of(static_cast<CallId>(record.header.call)).effect;
    if (record.header.error == EBADF) return;
    const std::int64_t result = static_cast<std::int64_t>(word(record, 0));
    const std::uint64_t bytes = result > 0 ? static_cast<std::uint64_t>(result) : 0;
    if (record.header.error == 0 && effect == Effect::TakesCount) ++thread.shown.reads, thread.shown.bytes_read += sizeof(std::uint64_t);
    if (record.header.error == 0 && effect == Effect::AddsCount) ++thread.shown.writes, thread.shown.bytes_written += sizeof(std::uint64_t);
    // A new semaphore is written to its file, whether the name turns out to be taken or not.
    if (effect == Effect::OpensSemaphore) ++thread.allowed.writes, thread.allowed.bytes_written += sizeof(sem_t);
    if (static_cast<CallId>(record.header.call) == CallId::sendfile) {
        ++thread.shown.reads, thread.shown.bytes_read += bytes;
        ++thread.shown.writes, thread.shown.bytes_written += bytes;
    }
    if (!is_counted[record.header.call]) return;
    if (is_receive(effect)) ++thread.shown.reads, thread.shown.bytes_read += bytes;
    else ++thread.shown.writes, thread.shown.bytes_written += bytes;
}

}  // namespace ipcscope
