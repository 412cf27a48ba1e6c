// What lies in the programs' memory, read at every quiescence by process_vm_readv(2), which takes and stops nothing: the first
// bytes of every mapping that a call has made, and the bytes at addresses that calls were handed for something that is known
// to lie there (watched_bytes).
#pragma once

#include <pthread.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/events/call_table.h"
#include "core/session/observed.h"
#include "core/session/outbox.h"

namespace ipcscope {

inline constexpr std::size_t most_watched = 4096;   // bytes of a mapping

// How many bytes lie at an address that stands in an argument of this role; 0: nothing that is watched.
constexpr std::size_t watched_bytes(Role role) {
    switch (role) {
        case Role::SemaphoreAt:
        case Role::NewSemaphore: return sizeof(std::uint64_t);   // value and sleepers
        case Role::MutexAt:
        case Role::NewMutex: return offsetof(pthread_mutex_t, __data.__spins);
        case Role::ReadWriteLockAt:
        case Role::NewReadWriteLock: return offsetof(pthread_rwlock_t, __data.__shared);
        default: return 0;
    }
}

constexpr bool maps(Effect effect) { return effect == Effect::Maps || effect == Effect::AttachesSegment; }

// Does the call map something, or say where something lies?
inline constexpr auto calls_to_watch = [] {
    std::array<bool, call_count> table{};
    for (std::size_t call = 0; call < call_count; ++call) {
        table[call] = maps(call_table[call].effect);
        for (std::size_t i = 0; i < call_table[call].argument_count; ++i) table[call] |= watched_bytes(call_table[call].argument[i].role) != 0;
    }
    return table;
}();

// Such a call was entered. Answers how many bytes are to be watched at the address that it will return.
std::uint32_t watch_arguments(ObservedProcess& process, CallId call, const std::int64_t (&value)[6]);
void watch(ObservedProcess& process, std::uint64_t address, std::size_t length);

class MemoryWatch {
 public:
    explicit MemoryWatch(Outbox& out) : out_(out) {}

    // Facts on this process's shared mappings (Mapping, MappingCount), and what has changed in its memory (Memory).
    void read(const ObservedProcess& process);
    // What was read since the last keep() was told, or it was not: then it is told again.
    void keep();
    void drop() { fresh_.clear(); }

 private:
    // A place in memory that has the same bytes for all who map it: (object, offset), or (process, address).
    using Key = std::pair<std::string, std::uint64_t>;
    void read_mappings(const ObservedProcess& process);
    void read_bytes(const ObservedProcess& process, std::uint64_t address, std::size_t length, Key key);

    Outbox& out_;
    std::map<Key, std::string> known_, fresh_;
};

}  // namespace ipcscope
