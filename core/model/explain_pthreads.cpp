#include "core/model/explain_pthreads.h"

#include <errno.h>
#include <pthread.h>

#include <algorithm>

namespace ipcscope {
namespace {

// The object that the call names; null if it is not known (any more).
const Object* object_of(const Told& told, Role role = Role::None) {
    const int at = role == Role::None ? lock_argument(told.row) : argument_with(told.row, role);
    return at < 0 ? nullptr : told.model.object_in_memory(told.process.id, static_cast<std::uint64_t>(told.enter.value[at]));
}

std::string name_of(const Told& told, const Object* object) {
    if (object) return object->name;
    const int at = lock_argument(told.row);
    return at < 0 ? "it" : "a " + std::string(row_of(kind_in_memory(told.row.argument[static_cast<std::size_t>(at)].role)).noun);
}

// Between the call's beginning and its return the kernel said that it slept.
bool has_slept(const Told& told) {
    for (EventIndex i = told.enter_index; i < told.model.applied(); ++i) {
        const Event& event = told.trace[i];
        if (event.kind == EventKind::Asleep && event.pair == told.enter_index) return true;
        if (&event == told.last) break;
    }
    return false;
}

bool is_reading(const Told& told) { return told.row.effect == Effect::LocksShared || told.row.effect == Effect::TriesLockShared; }

std::string names_of_holders(const Told& told, const Object& lock) {
    std::vector<std::string> names;
    for (const Hold& hold : lock.holds) names.push_back(told.model.name_of(hold.thread) + (hold.thread == told.enter.thread ? " itself" : ""));
    return joined(names) + (names.size() == 1 ? " has" : " have");
}

std::string not_taken(const Told& told, const Object* lock) {
    const std::string name = name_of(told, lock);
    switch (told.result()) {
        case EBUSY: return " did not get " + name + ": " + (lock && !lock->holds.empty() ? names_of_holders(told, *lock) + " it (EBUSY)." : "it is taken (EBUSY).");
        case EDEADLK: return " did not get " + name + ": it has it already, and would wait for itself (EDEADLK).";
        case ETIMEDOUT: return " did not get " + name + " in time (ETIMEDOUT).";
        case ENOTRECOVERABLE: return " did not get " + name + ": it was given back with its data not made whole, and is of no use any more (ENOTRECOVERABLE).";
        default: return failure(told);
    }
}

}  // namespace

std::string told_of_start(const Told& told) {
    if (told.has_failed()) return failure(told);
    return " made one more thread: it has the same memory and the same descriptors.";
}

std::string told_of_join(const Told& told) {
    return told.has_failed() ? failure(told) : " took the end of a thread that it had made.";
}

std::string told_of_make_lock(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const made = object_of(told);
    if (!made) return " made " + name_of(told, made) + ".";
    const bool is_shared = (made->lock && made->lock->is_shared) || (made->condition && made->condition->is_shared) || (made->barrier && made->barrier->is_shared);
    const std::string whose = is_shared ? "for all processes that share the memory it lies in" : "for the threads of this process";
    const std::string state = made->kind == ObjectKind::Mutex || made->kind == ObjectKind::ReadWriteLock ? ", unlocked, " : ", ";
    return " made " + made->name + state + whose + (made->lock && made->lock->is_robust ? "; it is robust." : ".");
}

std::string told_of_lock(const Told& told) {
    const Object* const lock = object_of(told);
    const std::string name = name_of(told, lock);
    if (told.result() == EOWNERDEAD) return " has " + name + " now, and is warned: its owner died with it, so the data may be half written (EOWNERDEAD).";
    if (told.has_failed()) return not_taken(told, lock);
    const std::string how = is_reading(told) ? " for reading" : lock && lock->kind == ObjectKind::ReadWriteLock ? " for writing" : "";
    if (lock)
        for (const Hold& hold : lock->holds)
            if (hold.thread == told.enter.thread && hold.count > 1) return " has " + name + how + " " + std::to_string(hold.count) + " times now.";
    if (has_slept(told)) return " has " + name + how + " now: the one before gave it back.";
    const bool is_mutex = lock && lock->kind == ObjectKind::Mutex && lock->lock && !lock->lock->has_waiters_mark;
    return " took " + name + how + (is_mutex ? ": it was free, and no system call was needed." : ".");
}

std::string told_of_unlock(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const lock = object_of(told);
    const std::string name = name_of(told, lock);
    if (lock && lock->lock && lock->lock->health == LockState::Health::NotRecoverable)
        return " gave " + name + " back without calling its data whole: nobody can ever take it again.";
    if (!lock || lock->kind != ObjectKind::Mutex) return " gave " + name + " back.";
    const std::vector<ThreadId> waiters = told.model.waiters(lock->id);
    if (!waiters.empty()) return " gave " + name + " back, and asked the kernel to wake one who waits.";
    const bool is_held = !lock->holds.empty();
    if (is_held && lock->holds.front().thread == told.enter.thread) return " gave " + name + " back once; it has it " + std::to_string(lock->holds.front().count) + " times still.";
    return " gave " + name + " back.";
}

std::string told_of_repair(const Told& told) {
    return told.has_failed() ? failure(told) : " says that the data behind " + name_of(told, object_of(told)) + " is whole again.";
}

std::string told_of_wait(const Told& told) {
    const Object* const condition = object_of(told, Role::ConditionAt);
    const Object* const mutex = object_of(told, Role::MutexAt);
    const std::string name = name_of(told, condition), with = mutex ? ", and has " + mutex->name + " again" : "";
    if ((told.last->flags & Flag::Injected) != 0) return " woke at " + name + " without a signal" + with + ".";
    if (told.result() == ETIMEDOUT) return " waited at " + name + " until its time was over" + with + " (ETIMEDOUT).";
    if (told.has_failed()) return failure(told);
    return " was woken at " + name + with + ".";
}

std::string told_of_wake(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const condition = object_of(told);
    const bool is_all = told.row.effect == Effect::WakesAll;
    const std::string what = std::string(is_all ? " broadcast at " : " signalled ") + name_of(told, condition);
    if (!condition || !condition->condition) return what + ".";
    if (condition->condition->last_lost == told.enter_index) return what + ": nobody waits there, so nothing happens, and nothing is kept.";
    return what + (is_all ? ": all who wait there are woken." : ": one who waits there is woken.");
}

std::string told_of_meeting(const Told& told) {
    if (told.has_failed() && told.result() != PTHREAD_BARRIER_SERIAL_THREAD) return failure(told);
    const std::string name = name_of(told, object_of(told));
    return " passed " + name + ": all have come" + (told.result() == PTHREAD_BARRIER_SERIAL_THREAD ? "; it is the one that is told so (PTHREAD_BARRIER_SERIAL_THREAD)." : ".");
}

}  // namespace ipcscope
