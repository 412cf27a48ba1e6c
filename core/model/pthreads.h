// What mutexes, read/write locks, condition variables and barriers are besides who holds them (Object::holds) and who waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/model/object_kind.h"

namespace ipcscope {

// A mutex, read/write lock or spin lock.
struct LockState {
    enum class Type : std::uint8_t { Normal, Recursive, ErrorCheck, Adaptive };
    enum class Health : std::uint8_t {
        Sound,
        OwnerDied,       // robust: its owner died with it, and nobody has called the data whole again
        NotRecoverable,  // robust: given back without that
    };
    Type type = Type::Normal;
    bool is_type_known = false;            // told by its init; else by its own word in memory
    bool is_robust = false;
    bool is_shared = false;                // PTHREAD_PROCESS_SHARED
    int protocol = 0;                      // PTHREAD_PRIO_…
    int preference = 0;                    // read/write locks: PTHREAD_RWLOCK_PREFER_…
    Health health = Health::Sound;
    ThreadId died = no_id;                 // the owner that died with it last
    bool has_waiters_mark = false;         // mutexes: its word says that somebody may sleep for it. Whoever gives it back then asks
                                           // the kernel to wake one; without the mark no system call is made (futex(7))
    EventIndex taken = no_id;              // when it was last taken

    bool operator==(const LockState&) const = default;
};

// A condition variable: a queue of threads, and nothing else.
struct ConditionState {
    bool is_shared = false;
    std::uint32_t mutex = no_id;           // ObjectId of the one that is given back by whoever waits here
    std::vector<ThreadId> waiting;         // in the order of coming, until their call returns
    std::size_t woken = 0;                 // of these, so many were signalled and have not returned yet
    std::uint64_t lost = 0;                // signals when nobody waited
    EventIndex last_lost = no_id;          // Enter of the last of them

    bool operator==(const ConditionState&) const = default;
};

struct BarrierState {
    bool is_shared = false;
    std::uint64_t needed = 0;
    std::vector<ThreadId> here;            // who has come in this round
    std::uint64_t rounds = 0;              // that are complete

    bool operator==(const BarrierState&) const = default;
};

// What kind of object an argument of this role stands for; Unknown: none.
constexpr ObjectKind kind_in_memory(Role role) {
    switch (role) {
        case Role::MutexAt:
        case Role::NewMutex: return ObjectKind::Mutex;
        case Role::ConditionAt:
        case Role::NewCondition: return ObjectKind::Condition;
        case Role::ReadWriteLockAt:
        case Role::NewReadWriteLock: return ObjectKind::ReadWriteLock;
        case Role::BarrierAt:
        case Role::NewBarrier: return ObjectKind::Barrier;
        case Role::SpinLockAt:
        case Role::NewSpinLock: return ObjectKind::SpinLock;
        default: return ObjectKind::Unknown;
    }
}

// Of the call's first such argument: its position, or -1.
constexpr int lock_argument(const CallRow& row) {
    for (int i = 0; i < row.argument_count; ++i)
        if (kind_in_memory(row.argument[static_cast<std::size_t>(i)].role) != ObjectKind::Unknown) return i;
    return -1;
}

// How a mutex is in memory (glibc's nptl/pthreadP.h): __data.__lock, __count, __owner, __nusers, __kind.
struct MutexWords {
    std::uint32_t lock, count, owner, users, kind;

    static constexpr std::uint32_t waiters = 0x80000000, owner_died = 0x40000000;                   // in `lock`, robust ones
    static constexpr std::uint32_t inconsistent = 0x7fffffff, not_recoverable = 0x7ffffffe;         // in `owner`, robust ones
    static constexpr std::uint32_t type = 3, robust = 16, inherits = 32, protects = 64, shared = 128;  // in `kind`
};
std::optional<MutexWords> mutex_words(const std::string& bytes);

}  // namespace ipcscope
