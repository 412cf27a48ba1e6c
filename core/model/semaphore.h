// Semaphores: a count of permits, and whoever sleeps until there is one. No owner: anybody may give a permit that somebody
// else has taken. Who sleeps is told by the threads (Model::waiters).
#pragma once

#include <cstdint>
#include <vector>

#include "core/events/event.h"

namespace ipcscope {

// POSIX (sem_overview(7)). An unnamed one lies where the program put it; a named one is a file in /dev/shm that each process
// maps.
struct SemaphoreState {
    std::int64_t value = 0;                  // permits that are there
    bool is_value_known = false;             // else the bytes in memory tell at the next quiescence
    bool is_shared = false;                  // between processes (pshared)
    struct Opening {
        ProcessId process;
        std::uint32_t count;                 // sem_opens of this name: all of them give the same address
        bool operator==(const Opening&) const = default;
    };
    std::vector<Opening> openings;           // named ones
    std::uint64_t left_asleep = 0;           // threads that were killed while they slept here: the bytes still count them

    bool operator==(const SemaphoreState&) const = default;
};

}  // namespace ipcscope
