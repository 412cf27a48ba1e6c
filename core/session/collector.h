// From the rings to the trace: sweeps the areas of all processes, brings the records into one order, and makes events of
// them. area.h says why that order is right for what calls do to each other.
//
// Some causes have no record: the end of a process, or of its program by execve, closes descriptors; the birth of a process
// copies them. What follows from these is an Exit: a read that returns 0, an EPIPE, a wait that returns; a fork that
// returns in the parent. So before such an Exit goes into the trace, the session asks whether somebody has just ended,
// and puts the Ended event in front of it. While somebody is on the way (out, into a new program, into the world), the Exit,
// and all that is younger, waits for the event that will say so (at most `patience`; on a loaded machine
// a child may take long to its first word).
#pragma once

#include <chrono>
#include <vector>

#include "core/session/ipc_objects.h"
#include "core/session/population.h"

namespace ipcscope {

// Who knows about births and ends (the session).
class LifeAndDeath {
 public:
    virtual void find_the_dead() = 0;
    // Writes the ends of those whose records are all written (has_records). True: no dead one is left.
    virtual bool end_the_dead() = 0;
    // Is somebody ending, or executing a new program? For the Exit of what makes processes: is this child (its pid as the
    // parent sees it; 0: any) not born in the trace yet?
    virtual bool is_somebody_leaving() = 0;
    virtual bool is_child_unborn(ObservedProcess& parent, pid_t child) = 0;

 protected:
    ~LifeAndDeath() = default;
};

class Collector {
 public:
    Collector(Population& population, const Timebase& timebase, Outbox& out, LifeAndDeath& life)
        : population_(population), timebase_(timebase), out_(out), life_(life) {}

    IpcObjects& ipc_objects() { return ipc_; }

    // Everything that has happened by now, as far as its causes are known. Returns how many events that made.
    std::size_t collect();
    // Everything, whether its causes are known or not: this is the end.
    void finish();
    // The fork that answers with this pid is not written yet, nor about to be.
    bool is_birth_ahead(pid_t pid, std::uint32_t host) const;
    // Some of what this process did is not written yet. (It sweeps first.) While that is so, its end, that of one of its threads,
    // or its new program cannot be written either.
    bool has_records(const ObservedProcess& process);
    // Something that the parent did before it made this child is not written yet. While that is so, the child's birth cannot be
    // written: it copies the descriptors as they stand.
    bool has_records_before_birth(const ObservedProcess& parent, pid_t child) const;
    // Records wait for a cause.
    bool is_waiting() const { return next_ < pending_.size(); }

    void set_gates_open(bool open) { are_gates_open_ = open; }
    std::uint64_t next_ticket() { return ++ticket_; }
    // Writes the Granted event of a held call; letting it through comes after.
    void write_granted(ObservedProcess& process, ObservedThread& thread, Verdict verdict = Verdict::Go, std::int32_t value = 0);

    // The status that a wait in this batch returned for a process that has been reaped, by pid as processes of its host see it.
    std::optional<int> status_from_wait(pid_t pid, std::uint32_t host) const;

 private:
    // A record on its way, its body copied to bodies_.
    struct Pending {
        std::uint64_t stamp;
        ObservedProcess* process;
        SharedArea* shared;
        RecordHeader header;
        std::uint32_t ring, tid;
        std::size_t body;
        std::uint32_t words_bytes, chunks_bytes;
    };

    void sweep();
    void write_next();
    void write_enter(const Pending& record, ObservedThread& thread);
    void write_exit(const Pending& record, ObservedThread& thread);
    void write_abandoned(const Pending& record, ObservedThread& thread);
    void write_lost(ObservedProcess& process, std::uint64_t count, LossReason why);
    void let_late_ones_through();
    enum class Cause { Recorded, End, Birth };
    Cause cause_of(const Pending& record) const;
    pid_t child_of(const Pending& record) const;
    bool is_cause_written();
    std::uint64_t word(const Pending& record, std::size_t index) const;
    Event event_of(const Pending& record, EventKind kind, ThreadId thread) const;
    void count(ObservedThread& thread, const Pending& record) const;

    static constexpr std::chrono::milliseconds patience{500};
    static constexpr std::chrono::milliseconds birth_patience{4000};    // longer than a child may take to be given up as unseen

    Population& population_;
    const Timebase& timebase_;
    Outbox& out_;
    LifeAndDeath& life_;
    IpcObjects ipc_;
    std::vector<Pending> pending_;         // by stamp from next_ on
    std::size_t next_ = 0;
    std::vector<std::byte> bodies_;
    std::uint64_t settled_until_ = 0;      // Ends that happened up to here are in the trace
    SteadyTime waiting_since_{};           // … of the next one
    bool is_waiting_ = false;
    std::uint64_t ticket_ = 0;
    bool are_gates_open_ = false;
};

}  // namespace ipcscope
