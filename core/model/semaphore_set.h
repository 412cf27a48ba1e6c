// System V semaphores (semop(2)): a set of them. All that one call asks of the set is done at once, or its caller sleeps. Who
// sleeps is told by the threads (Model::waiters).
#pragma once

#include <sys/sem.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "core/events/event.h"
#include "core/trace/trace.h"

namespace ipcscope {

struct SemaphoreSet {
    std::int32_t id = -1, key = 0;
    bool is_size_known = false;              // semget with 0 asks for a set of whatever size
    struct One {
        std::int64_t value = 0;
        bool is_known = false;               // else the kernel tells at the next quiescence
        pid_t last = -1;                     // who last did something with it, as semctl(GETPID) has it; -1: the kernel tells that, too
        bool operator==(const One&) const = default;
    };
    std::vector<One> semaphores;
    // What the kernel will add to a value when this process ends, whatever it ends of (SEM_UNDO). Above 0: permits that it has
    // taken; they stand in Object::holds, too.
    struct Undo {
        ProcessId process;
        std::uint32_t number;
        std::int64_t adjustment;
        bool operator==(const Undo&) const = default;
    };
    std::vector<Undo> undos;
    std::vector<ProcessId> users;            // it has no descriptors: who has operated on it
    EventIndex operated = no_id;             // when somebody last began to
    bool is_order_known = true;              // in this step nobody else has begun to: who was last is certain

    bool operator==(const SemaphoreSet&) const = default;
};

inline constexpr std::size_t most_in_a_set = 32000;   // SEMMSL
inline constexpr int most_permits = 32767;            // SEMVMX

// What a semop asks for, as far as it was captured.
std::vector<sembuf> operations_of(const Trace& trace, const Event& enter);
// The operation that cannot be done now, if those before it were: the one that its caller sleeps for.
std::optional<sembuf> first_in_the_way(const SemaphoreSet& set, const std::vector<sembuf>& operations);

}  // namespace ipcscope
