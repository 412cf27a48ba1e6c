// Locks that lie in the programs' memory. Giving back is a cause, folded when the call begins; taking is a result, folded when it
// returns: so the next owner never stands before the last one has let go.
#include <errno.h>
#include <pthread.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

// The bits of glibc's pthread_mutexattr_t (nptl/pthreadP.h).
constexpr std::uint32_t attribute_type = 0x3, attribute_robust = 0x40000000, attribute_shared = 0x80000000, attribute_protocol = 0x30000000;
constexpr int protocol_shift = 28;

template <class T>
std::optional<T> read_struct(const std::optional<Chunk>& chunk) {
    T value;
    if (!chunk || chunk->bytes.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, chunk->bytes.data(), sizeof value);
    return value;
}

LockState::Type type_of(std::uint32_t kind) { return static_cast<LockState::Type>(kind & MutexWords::type); }

bool is_shared(Effect effect) { return effect == Effect::LocksShared || effect == Effect::TriesLockShared; }
bool only_tries(Effect effect) { return effect == Effect::TriesLock || effect == Effect::TriesLockShared; }

constexpr auto lock_arguments = [] {
    std::array<std::int8_t, call_count> table{};
    for (std::size_t call = 0; call < call_count; ++call) table[call] = static_cast<std::int8_t>(lock_argument(call_table[call]));
    return table;
}();

bool is_of(const Hold& hold, const Thread& thread) { return hold.thread == thread.id; }

}  // namespace

std::optional<MutexWords> mutex_words(const std::string& bytes) {
    MutexWords words;
    if (bytes.size() < sizeof words) return std::nullopt;
    std::memcpy(&words, bytes.data(), sizeof words);
    return words;
}

// --- Known or not --------------------------------------------------------------------------------------

ObjectId Fold::make_lock(const Process& process, std::uint64_t address, ObjectKind kind) {
    const ObjectId id = object_in_memory(process, address, kind);
    Object& made = object(id);
    if (made.lock || made.condition || made.barrier) return id;
    if (kind == ObjectKind::Condition) made.condition.emplace();
    else if (kind == ObjectKind::Barrier) made.barrier.emplace();
    else made.lock.emplace();
    return id;
}

// What libraries do with locks of their own is no business of the program's; what they do with the program's is.
void Fold::meet_locks(const Call& call) {
    const int first = lock_arguments[static_cast<std::size_t>(call.id)];
    const CallRow& row = row_of(call.id);
    if (first < 0 || (call.entry.flags & Flag::Inside) != 0 || row.effect == Effect::MakesLock) return;
    for (int i = first; i < row.argument_count; ++i) {
        const ObjectKind kind = kind_in_memory(row.argument[static_cast<std::size_t>(i)].role);
        if (kind != ObjectKind::Unknown && call.entry.value[i] != 0) make_lock(call.process, static_cast<std::uint64_t>(call.entry.value[i]), kind);
    }
}

ObjectId Fold::lock_of(const Call& call, Role role) {
    const int at = role == Role::None ? lock_arguments[static_cast<std::size_t>(call.id)] : position_of(call.id, role);
    if (at < 0) return no_id;
    const ObjectId id = find_in_memory(call.process, static_cast<std::uint64_t>(call.entry.value[at]));
    const Role its = row_of(call.id).argument[static_cast<std::size_t>(at)].role;
    return id != no_id && object(id).kind == kind_in_memory(its) ? id : no_id;
}

void Fold::makes_lock_result(const Call& call) {
    if (call.has_failed() || (call.entry.flags & Flag::Inside) != 0) return;
    const int at = lock_arguments[static_cast<std::size_t>(call.id)];
    const auto address = static_cast<std::uint64_t>(call.entry.value[at]);
    if (const ObjectId before = find_in_memory(call.process, address); before != no_id) end_in_memory(before);
    const ObjectId id = make_lock(call.process, address, kind_in_memory(row_of(call.id).argument[static_cast<std::size_t>(at)].role));
    Object& made = object(id);
    const auto attributes = [&](Role role) { return trace.chunk(call.entry, position_of(call.id, role)); };
    const auto sharing = static_cast<int>(call.argument(Role::Sharing));
    if (made.lock) {
        made.lock->is_type_known = true;
        made.lock->is_shared = sharing == PTHREAD_PROCESS_SHARED;
        if (const auto kind = read_struct<std::uint32_t>(attributes(Role::MutexAttributes)); kind && call.has(Role::MutexAttributes)) {
            made.lock->type = type_of(*kind & attribute_type);
            made.lock->is_robust = (*kind & attribute_robust) != 0;
            made.lock->is_shared = (*kind & attribute_shared) != 0;
            made.lock->protocol = static_cast<int>((*kind & attribute_protocol) >> protocol_shift);
        }
        if (const auto kind = read_struct<std::array<int, 2>>(attributes(Role::ReadWriteLockAttributes)); kind && call.has(Role::ReadWriteLockAttributes)) {
            made.lock->preference = (*kind)[0];
            made.lock->is_shared = (*kind)[1] == PTHREAD_PROCESS_SHARED;
        }
    }
    if (made.condition)
        if (const auto kind = read_struct<std::uint32_t>(attributes(Role::ConditionAttributes))) made.condition->is_shared = (*kind & 1) != 0;
    if (made.barrier) {
        made.barrier->needed = static_cast<std::uint32_t>(call.argument(Role::Count));
        if (const auto kind = read_struct<int>(attributes(Role::BarrierAttributes))) made.barrier->is_shared = *kind == PTHREAD_PROCESS_SHARED;
    }
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::ends_lock_result(const Call& call) {
    const ObjectId id = lock_of(call);
    if (call.has_failed() || id == no_id) return;
    note_change({.process = call.process.id, .object = id, .at = index});
    end_in_memory(id);
}

// A mutex that was made without a call (PTHREAD_MUTEX_INITIALIZER and its sisters) says itself what it is.
void Fold::learn_lock(Object& lock) {
    if (!lock.lock || lock.kind != ObjectKind::Mutex || lock.lock->is_type_known || !lock.bytes) return;
    const std::optional<MutexWords> words = mutex_words(lock.bytes->now);
    if (!words) return;
    lock.lock->is_type_known = true;
    lock.lock->type = type_of(words->kind);
}

// --- Taking --------------------------------------------------------------------------------------------

void Fold::locks_begin(const Call& call) {
    const ObjectId id = lock_of(call);
    if (id == no_id) return;
    Object& wanted = object(id);
    if (!wanted.lock) return;
    const auto is_own = [&](const Hold& hold) { return is_of(hold, call.thread); };
    const bool has_it = std::ranges::any_of(wanted.holds, is_own);
    Pending& begun = pending(call.thread, call.enter);
    begun.lock = id;
    begun.found_free = wanted.holds.empty();
    const bool will_sleep = !wanted.holds.empty() && !only_tries(row_of(call.id).effect) && (!has_it || wanted.lock->type == LockState::Type::Normal);
    if (will_sleep && wanted.kind == ObjectKind::Mutex) wanted.lock->has_waiters_mark = true;
}

void Fold::locks_result(const Call& call) {
    const ObjectId id = lock_of(call);
    if (id == no_id || !object(id).lock) return;
    Object& wanted = object(id);
    LockState& lock = *wanted.lock;
    const std::int64_t answer = call.result();
    if (answer == ENOTRECOVERABLE) lock.health = LockState::Health::NotRecoverable;
    if (answer != 0 && answer != EOWNERDEAD) return note_change({.process = call.process.id, .object = id, .at = index});
    if ((event.flags & Flag::Injected) != 0) return;   // the answer is ipcscope's, and nothing was taken
    const Pending* const begun = call.thread.pending_of(call.enter);
    const bool is_fast = begun && begun->found_free;
    if (answer == EOWNERDEAD) {
        lock.health = LockState::Health::OwnerDied;
        // It may be seen here before its owner is seen to end.
        if (!wanted.holds.empty()) lock.died = wanted.holds.front().thread;
        wanted.holds.clear();
    }
    acquire(id, call, is_shared(row_of(call.id).effect) ? HoldMode::Shared : HoldMode::Exclusive, !is_fast);
}

void Fold::acquire(ObjectId id, const Call& call, HoldMode mode, bool is_marked) {
    Object& taken = object(id);
    const auto own = std::ranges::find_if(taken.holds, [&](const Hold& hold) { return is_of(hold, call.thread) && hold.mode == mode; });
    note_change({.process = call.process.id, .object = id, .at = index});
    if (own != taken.holds.end()) {
        ++own->count;
        return;
    }
    const auto is_in_the_way = [&](const Hold& hold) { return mode == HoldMode::Exclusive || hold.mode == HoldMode::Exclusive; };
    if (std::erase_if(taken.holds, is_in_the_way) != 0) surprise();
    taken.holds.push_back({.thread = call.thread.id, .process = call.process.id, .mode = mode, .since = index});
    taken.lock->taken = index;
    for (Thread& other : model.threads_)   // whoever found it free and has not got it yet finds it taken now
        for (Pending& begun : other.pending)
            if (begun.lock == id && other.id != call.thread.id) begun.found_free = false;
    if (is_marked && taken.kind == ObjectKind::Mutex) taken.lock->has_waiters_mark = true;
}

ObjectId Fold::sleeps_at_lock(const Call& call) { return lock_of(call); }

// --- Giving back -----------------------------------------------------------------------------------------

// False: this thread has nothing to give back, and the lock knows it.
bool Fold::give_back(ObjectId id, const Call& call) {
    Object& held = object(id);
    const auto is_own = [&](const Hold& hold) { return is_of(hold, call.thread); };
    auto hold = std::ranges::find_if(held.holds, is_own);
    const bool is_careless = held.kind != ObjectKind::Mutex || (held.lock->type == LockState::Type::Normal && !held.lock->is_robust);
    if (hold == held.holds.end() && is_careless) hold = held.holds.begin();   // somebody else's: nobody looks
    if (hold == held.holds.end()) return false;
    Pending& begun = pending(call.thread, call.enter);
    begun.lock = id;
    begun.given_back = *hold;
    begun.had_waiters_mark = held.lock->has_waiters_mark;
    note_change({.process = call.process.id, .object = id, .at = index});
    if (--hold->count != 0) return true;
    held.holds.erase(hold);
    if (held.holds.empty()) held.lock->has_waiters_mark = false;
    return true;
}

void Fold::unlocks_begin(const Call& call) {
    if (const ObjectId id = lock_of(call); id != no_id && object(id).lock) give_back(id, call);
}

void Fold::unlocks_result(const Call& call) {
    const Pending* const begun = call.thread.pending_of(call.enter);
    if (!begun || begun->lock == no_id) return;
    Object& held = object(begun->lock);
    LockState& lock = *held.lock;
    if (!call.has_failed()) {
        const bool is_whole = begun->given_back.count == 1;
        if (is_whole && lock.health == LockState::Health::OwnerDied && is_of(begun->given_back, call.thread)) lock.health = LockState::Health::NotRecoverable;
        return;
    }
    std::erase_if(held.holds, [&](const Hold& hold) { return hold.thread == begun->given_back.thread && hold.mode == begun->given_back.mode; });
    held.holds.push_back(begun->given_back);
    lock.has_waiters_mark = begun->had_waiters_mark;
}

void Fold::repairs_result(const Call& call) {
    const ObjectId id = lock_of(call);
    if (call.has_failed() || id == no_id || !object(id).lock) return;
    object(id).lock->health = LockState::Health::Sound;
    note_change({.process = call.process.id, .object = id, .at = index});
}

// The kernel goes through the dead thread's list of robust mutexes and marks them; all others stay as they are, for ever.
void Fold::leave_locks(const Thread& thread) {
    for (Object& held : model.objects_) {
        if (!held.lock || !held.lock->is_robust || held.has_ended) continue;
        if (std::erase_if(held.holds, [&](const Hold& hold) { return is_of(hold, thread); }) == 0) continue;
        // One that had been warned itself leaves the warning as it was, in place of its own number.
        held.lock->died = held.lock->health == LockState::Health::OwnerDied ? no_id : thread.id;
        held.lock->health = LockState::Health::OwnerDied;
        note_change({.process = thread.process, .object = held.id, .at = index});
    }
}

}  // namespace ipcscope
