// Condition variables and barriers. A wait gives the mutex back when it begins and takes it again before it returns.
#include <errno.h>
#include <pthread.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

bool has_mutex_again(std::int64_t answer) { return answer == 0 || answer == ETIMEDOUT || answer == EOWNERDEAD; }

bool lies_in(std::uint64_t address, std::int64_t begin, std::size_t length) { return address - static_cast<std::uint64_t>(begin) < length; }

}  // namespace

void Fold::awaits_signal_begin(const Call& call) {
    const ObjectId id = lock_of(call, Role::ConditionAt), mutex = lock_of(call, Role::MutexAt);
    if (id == no_id) return;
    ConditionState& condition = *object(id).condition;
    if (mutex != no_id && !give_back(mutex, call)) return;   // EPERM follows
    condition.mutex = mutex;
    condition.waiting.push_back(call.thread.id);
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::awaits_signal_result(const Call& call) {
    const ObjectId id = lock_of(call, Role::ConditionAt), mutex = lock_of(call, Role::MutexAt);
    if (id == no_id) return;
    awaits_signal_abandoned(call);
    note_change({.process = call.process.id, .object = id, .at = index});
    if (mutex == no_id) return;
    const Pending* const begun = call.thread.pending_of(call.enter);
    if (!begun || begun->lock != mutex) return;
    LockState& lock = *object(mutex).lock;
    if (call.result() == EOWNERDEAD) lock.health = LockState::Health::OwnerDied;
    // Whoever comes from a wait takes the mutex as if others waited too (nptl/pthread_mutex_cond_lock.c); whom ipcscope has woken
    // takes it as ever.
    const bool is_injected = (event.flags & Flag::Injected) != 0;
    const bool is_marked = !is_injected || !begun->found_free || !model.waiters(mutex).empty();
    if (has_mutex_again(call.result())) return acquire(mutex, call, HoldMode::Exclusive, is_marked);
    object(mutex).holds.push_back(begun->given_back);
    lock.has_waiters_mark = begun->had_waiters_mark;
}

// Injected at the gate: it gives the mutex back and takes it again, and never waits between.
void Fold::wakes_unasked_begin(const Call& call) {
    if (const ObjectId mutex = lock_of(call, Role::MutexAt); mutex != no_id && object(mutex).lock && give_back(mutex, call)) pending(call.thread, call.enter).found_free = true;
}

void Fold::awaits_signal_abandoned(const Call& call) {
    const ObjectId id = lock_of(call, Role::ConditionAt);
    if (id == no_id) return;
    ConditionState& condition = *object(id).condition;
    if (std::erase(condition.waiting, call.thread.id) != 0 && condition.woken > 0) --condition.woken;
    condition.woken = std::min(condition.woken, condition.waiting.size());
}

void Fold::wakes_begin(const Call& call) {
    const ObjectId id = lock_of(call);
    if (id == no_id || !object(id).condition) return;
    ConditionState& condition = *object(id).condition;
    const std::size_t waiting = condition.waiting.size() - condition.woken;
    note_change({.process = call.process.id, .object = id, .at = index});
    if (waiting == 0) {
        ++condition.lost;
        condition.last_lost = call.enter;
    } else {
        condition.woken += row_of(call.id).effect == Effect::WakesAll ? waiting : 1;
    }
}

// The same call sleeps at two places, one after the other: at the condition variable, and once it was woken, at the mutex. Which
// it is, the futex tells by its address.
void Fold::find_where_it_sleeps(Thread& thread) {
    constexpr std::int64_t futex_call = 202;   // SYS_futex of x86-64
    if (thread.state != ThreadState::Asleep || thread.calls.empty() || event.value[2] != futex_call || event.value[3] == 0) return;
    const Call call = call_at(thread, thread.call());
    if (row_of(call.id).effect != Effect::AwaitsSignal) return;
    const auto futex = static_cast<std::uint64_t>(event.value[3]);
    if (lies_in(futex, call.argument(Role::MutexAt), sizeof(pthread_mutex_t))) {
        thread.waits_for = lock_of(call, Role::MutexAt);
        if (thread.waits_for != no_id && !object(thread.waits_for).holds.empty()) object(thread.waits_for).lock->has_waiters_mark = true;
    }
    if (lies_in(futex, call.argument(Role::ConditionAt), sizeof(pthread_cond_t))) thread.waits_for = lock_of(call, Role::ConditionAt);
}

// --- Barriers --------------------------------------------------------------------------------------------

void Fold::meets_begin(const Call& call) {
    const ObjectId id = lock_of(call);
    if (id == no_id) return;
    BarrierState& barrier = *object(id).barrier;
    barrier.here.push_back(call.thread.id);
    note_change({.process = call.process.id, .object = id, .at = index});
    if (barrier.needed == 0 || barrier.here.size() < barrier.needed) return;
    barrier.here.clear();
    ++barrier.rounds;
}

void Fold::meets_abandoned(const Call& call) {
    if (const ObjectId id = lock_of(call); id != no_id) std::erase(object(id).barrier->here, call.thread.id);
}

}  // namespace ipcscope
