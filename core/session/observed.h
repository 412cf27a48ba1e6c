// What the session remembers of the processes and threads of its run while they live. (What they did is in the trace.)
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/session/area.h"
#include "core/session/proc.h"

namespace ipcscope {

using SteadyTime = std::chrono::steady_clock::time_point;

struct OpenCall {
    std::uint16_t call = 0;      // CallId
    std::uint8_t flags = 0;      // of its Enter
    bool is_held = false;        // not granted yet
    ProcessId born_before = 0;   // processes with this id and later ones were born since it was let go
    std::uint32_t answers_with = 0;   // so many bytes at the address that it returns are watched (memory_watch.h)
};

// An area of a process, and whose its rings are.
struct ObservedThread;
struct SharedArea {
    explicit SharedArea(Area made) : area(std::move(made)), owners(area.ring_count(), nullptr) {}
    Area area;
    std::vector<ObservedThread*> owners;    // by ring
    std::uint64_t corrupt_told = 0;
};

struct RingOfThread {
    SharedArea* shared;
    std::uint32_t ring;
};

struct ObservedThread {
    ThreadId id = no_id;                 // no_id: it has made no call yet
    pid_t tid = 0, tid_here = 0;         // as its process sees it; on this machine (0: it was gone before anybody looked)
    std::vector<RingOfThread> rings;     // usually one; more if handlers interrupted the writing of a record
    std::vector<OpenCall> calls;         // entered and not returned, innermost last
    std::uint64_t waits_since = 0;       // its place in the queue at the gate
    bool is_let_through = false;         // held while the gates were opened: let it go as soon as it arrives

    // Asleep or not (quiet.cpp)
    ProcFile stat, schedstat, children;
    std::optional<std::uint64_t> slept_at;  // how often it had run when it was last found asleep
    bool is_asleep = false;                 // an Asleep event was written for its innermost call
    SteadyTime uninterruptible_since{};     // when it was first found in state D without having run since; {}: it is not
    char state = 0;                         // as last read

    // What its calls have shown, what of the rest was told (facts.cpp: Unseen), and what the kernel had counted before the
    // program began.
    IoCount shown, told, baseline;
    IoCount allowed;             // what libc may have done inside of its calls since it was last told of

    bool is_held() const { return !calls.empty() && calls.back().is_held; }
    bool is_in(Effect effect) const {
        return !calls.empty() && !calls.back().is_held && row_of(static_cast<CallId>(calls.back().call)).effect == effect;
    }
};

enum class Presence : std::uint8_t {
    Awaited,    // new, or executing a new program: its probe has not said hello yet
    Seen,       // the probe is in it
    Unseen,     // it never will be: nobody waits for it
};

// Something lies here that calls know of (memory_watch.h).
struct WatchedPlace {
    std::uint64_t address;
    std::size_t length;
};

class EndWatch;    // population.cpp

struct ObservedProcess {
    ProcessId id = no_id;                // no_id: a newcomer, not born in the trace yet
    pid_t pid = 0, pid_here = 0;
    ProcessId parent = no_id;
    std::uint32_t host = 0;              // its number; 0: this machine
    bool is_launched = false;            // by us, not by another process
    Presence presence = Presence::Awaited;
    std::vector<std::unique_ptr<SharedArea>> areas;
    std::vector<std::unique_ptr<ObservedThread>> threads;   // the first one is the main thread
    std::uint64_t main_bias = 0;
    std::uint64_t stdout_place = 0;      // where its libc has stdout; 0: not known
    bool has_buffered = false;           // something lay in its buffer when it was last asked
    bool has_mapped = false;             // it has made a mapping: its shared ones are looked at
    std::vector<WatchedPlace> watched;

    UniqueFd pidfd;
    std::shared_ptr<EndWatch> end_watch; // wakes the session when all its threads have ended
    bool has_died = false;               // … and they have
    std::size_t pending = 0;             // records that were collected and are not written yet
    SteadyTime awaited_since{}, looked_at{};
    std::string awaited_program;

    ObservedThread* thread_with(pid_t tid) const {
        for (const auto& thread : threads)
            if (thread->tid == tid) return thread.get();
        return nullptr;
    }
    // A new program is on its way: its execve was let go and has not failed.
    bool is_executing() const {
        for (const auto& thread : threads)
            if (thread->is_in(Effect::Executes)) return true;
        return false;
    }
};

}  // namespace ipcscope
