// What the probe remembers: of the process, and of each thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/events/area.h"
#include "core/events/call_table.h"

namespace ipcscope {

// A thread writes to a ring of its own, without locks. A signal handler can come at any instruction, also while a record is
// half written; its calls must be recorded, published, perhaps held, before the half one can be finished. So it gets a ring
// of its own: level 0 is the thread's ring, level 1 that of a handler that interrupted a write to level 0, and so on.
// (Level 1 needs a signal within the few nanoseconds of a write; it is claimed when that first happens.)
inline constexpr std::uint32_t max_levels = 8;

struct Level {
    Ring* ring;                // null: none claimed yet
    char* data;
    AreaHeader* header;
    std::uint32_t ring_bytes;
    std::uint32_t is_stalled;  // the session did not make room in time: do not wait again until it does
    std::uint64_t tail_seen;   // a copy of ring->tail, never ahead of it
    std::uint64_t lost;        // records dropped since the last one that fitted
};

// A call that was entered and has not returned: lies on the stack of its wrapper, linked from inside to outside.
struct OpenCall {
    OpenCall* outer;
    CallId call;
    std::uint32_t depth;       // ThreadState::depth when it began: the level of its records
    std::uint32_t is_quiet;    // ThreadState::is_quiet when it began
    bool is_entered;           // its Enter is published, its Exit is not
    // At the gate (gate.cpp):
    OpenCall* outer_waiting;
    bool is_granted;
    bool must_return;          // a handler came to the gate meanwhile and the grant was for that
    std::uint32_t ticket;
    Verdict verdict;
    std::int32_t verdict_value;
};

struct MappedArea {
    AreaHeader* header;                   // null: not there yet
    std::size_t bytes;
    std::uint32_t ring_count;
    std::uint32_t ring_bytes;
};

struct ThreadState {
    std::uint32_t generation;  // equals *process.generation if the rest is about this thread in this process
    std::uint32_t depth;       // how many records are half written right now
    OpenCall* innermost;       // may be a dead frame's once the thread was cancelled: hand_jump.cpp alone follows it
    OpenCall* waiting;         // the innermost one that stands at the gate
    std::int32_t pid;
    std::int32_t tid;
    std::uint32_t is_quiet;    // > 0: what libc does inside itself now is part of a call that is recorded already
    const void* store_address; // a store that was let through; it is made by the program's own instruction
    std::size_t store_size;    // 0: there is none
    std::uint32_t spawner;     // the pid while libc makes a child that borrows this thread (posix_spawn, system, popen); else 0
    MappedArea own_area;       // of the child of a vfork, which its parent's other threads do not share
    bool has_own_area;
    bool is_mute;              // strict seccomp took the clock away (hand_prctl.cpp)
    Level level[max_levels];
};

inline constexpr std::uint32_t max_areas = 64;

inline constinit const std::uint32_t not_started = 0;

struct ProcessState {
    // A word on a page that the kernel wipes in the child of every fork, however it is made. 0: this process has no areas yet.
    const volatile std::uint32_t* generation = &not_started;
    std::uint32_t last_generation;
    bool is_observed;                     // somebody gave us an area, or will, after a fork
    bool is_refused;                      // somebody had no more rings for us
    std::uint32_t area_count;             // of `areas`; a slot is taken by adding one, and filled (header last) after that
    std::uint32_t id;                     // ProcessId, as the session gave it
    Clock clock;
    std::uint64_t main_begin, main_end, main_bias;
    MappedArea areas[max_areas];
};

// While one lives, what libc does inside itself is part of a call that is recorded already: execvp's tries along PATH, the
// read in __read_chk.
class Quiet {
 public:
    Quiet();
    ~Quiet();
    Quiet(const Quiet&) = delete;
};

extern constinit ProcessState process;
extern constinit thread_local ThreadState this_thread;

inline Quiet::Quiet() { ++this_thread.is_quiet; }
inline Quiet::~Quiet() { --this_thread.is_quiet; }

// The slow ways into a ring, in attach.cpp. Null: the call goes unrecorded (and is counted, if there is anybody to tell).
Level* find_level(ThreadState& thread);

// The ring that this thread's next record belongs to; null if it is not observed.
inline Level* level_of(ThreadState& thread) {
    if (thread.generation == *process.generation && thread.depth < max_levels && thread.level[thread.depth].ring) [[likely]]
        return &thread.level[thread.depth];
    return find_level(thread);
}

}  // namespace ipcscope
