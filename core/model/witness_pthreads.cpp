// What a mutex says of itself: its words in memory, as process_vm_readv found them, against the model's owner.
#include <cstdio>

#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

std::uint32_t tid_of(const Model& model, ThreadId id) {
    const Thread* const thread = model.thread(id);
    return thread ? static_cast<std::uint32_t>(thread->tid) : 0;
}

// What the words must be (glibc's nptl: lowlevellock, pthread_mutex_lock.c; futex(7) and robust-futexes for the robust ones).
MutexWords expected_of(const Model& model, const Object& mutex, const MutexWords& found) {
    const LockState& lock = *mutex.lock;
    const bool is_owner_in_lock = lock.is_robust || lock.protocol != 0;
    MutexWords words = found;   // what is not compared agrees
    const Hold* const hold = mutex.holds.empty() ? nullptr : &mutex.holds.front();
    const std::uint32_t owner = hold ? tid_of(model, hold->thread) : 0;
    words.lock = is_owner_in_lock ? owner : hold ? 1 : 0;
    if (lock.has_waiters_mark) words.lock = is_owner_in_lock ? words.lock | MutexWords::waiters : 2;
    words.owner = owner;
    if (lock.is_robust) {
        if (lock.health == LockState::Health::OwnerDied) words.owner = hold || lock.died == no_id ? MutexWords::inconsistent : tid_of(model, lock.died);
        if (lock.health == LockState::Health::OwnerDied && !hold) words.lock |= MutexWords::owner_died;
        if (lock.health == LockState::Health::NotRecoverable) words.owner = MutexWords::not_recoverable;
    }
    if (lock.type == LockState::Type::Recursive) words.count = hold ? static_cast<std::uint32_t>(hold->count) : 0;
    return words;
}

std::string text_of(const Model& model, const MutexWords& words, const Object& mutex) {
    char text[96];
    std::snprintf(text, sizeof text, mutex.lock->is_robust ? "__lock 0x%x, __owner %u" : "__lock %u, __owner %u", words.lock, words.owner);
    std::string name;
    for (const Thread& thread : model.threads())
        if (words.owner != 0 && static_cast<std::uint32_t>(thread.tid) == words.owner) name = " (" + model.name_of(thread.id) + ")";
    return text + name + (mutex.lock->type == LockState::Type::Recursive ? ", __count " + std::to_string(words.count) : "");
}

}  // namespace

void Witnesses::mutexes(const Event& fact) {
    for (const Object& mutex : model.objects()) {
        if (mutex.kind != ObjectKind::Mutex || mutex.has_ended || !mutex.lock || !mutex.bytes) continue;
        const std::optional<MutexWords> found = mutex_words(mutex.bytes->now);
        if (!found) continue;
        const MutexWords expected = expected_of(model, mutex, *found);
        WitnessLine line{mutex.name + " in memory", text_of(model, *found, mutex), text_of(model, expected, mutex), true, no_id, mutex.id};
        line.agrees = line.kernel == line.model;
        line.process = mutex.holds.empty() ? fact.process : mutex.holds.front().process;
        lines.push_back(std::move(line));
    }
}

}  // namespace ipcscope
