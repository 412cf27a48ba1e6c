// The session's side of the memory shared with one observed process (core/events/area.h draws it).
//
// Order. The trace has one order in which Enter(cause) stands before Exit(effect), and this is how it is kept.
// A probe publishes an Enter before it makes the real call, and stamps an Exit after the call has returned. So for a cause
// and its effect:   Enter published  <  kernel does it  <  Exit stamped.   The session does, for all areas of a run,
//
//     T = clock_now(clock);   for each area: area.sweep(T, collect);   sort what was collected by stamp
//
// If the Exit is in this batch, its stamp is <= T; then its cause was published before T, before the sweep began, and is in
// this batch too (or in an earlier one) with a smaller stamp. What is stamped after T waits for the next sweep: sweep() stops
// in each ring at the first such record. Nothing waits for anybody: a killed process leaves no hole that must be filled.
//
// Distrust. The other side may be damaged at any instruction, or hostile. Every word is read once into memory of our own,
// then checked; the positions that matter (tail, granted) are kept here and only published there. A ring that makes no
// sense is skipped to its head, and counted. The memfd is sealed: nobody can shrink it under our feet.
//
// One owner, one thread (the session's). Every function is bounded by the size of the area.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/events/area.h"
#include "core/events/event.h"
#include "core/trace/result.h"

namespace ipcscope {

// The clock that the probes of this machine can read most cheaply and that all its cores agree upon.
Clock best_clock();
std::uint64_t clock_now(Clock clock);

// Turns stamps into the nanoseconds of a trace. It measures the clock's rate once (10 ms, for Tsc), when it is made; the
// moment it is made is 0, and stamps from before that (there are none in an honest ring) are 0 too.
class Timebase {
 public:
    explicit Timebase(Clock clock);
    Clock clock() const { return clock_; }
    std::uint64_t ns_from_stamp(std::uint64_t stamp) const;

 private:
    Clock clock_;
    std::uint64_t start_;
    double ns_per_tick_ = 1;
};

// One record, copied out of its ring and checked: `body` is as area.h says for its kind, and its chunks are chunks.
// Pads are not delivered.
struct RingRecord {
    RecordHeader header;
    std::uint32_t ring;
    std::uint32_t tid;                 // as that process sees it
    std::span<const std::byte> body;   // valid during the callback only

    // The 64-bit word at this position of the body: 0 = site, 1… = arguments (Enter); 0 = result (Exit); 0 = how many (Lost).
    std::uint64_t word(std::size_t index) const {
        std::uint64_t value;
        std::memcpy(&value, body.data() + index * sizeof value, sizeof value);
        return value;
    }
    // What follows the words: chunks, for Enter and Exit; otherwise empty.
    std::span<const std::byte> chunks() const;
};

struct AreaOptions {
    ProcessId process = no_id;
    Clock clock = Clock::Monotonic;
    bool gate_closed = false;
    std::uint32_t capture_limit = 256;                // at most max_capture
    std::uint32_t ring_count = default_ring_count;    // at most max_ring_count
    std::uint32_t ring_bytes = default_ring_bytes;    // a power of two, min_ring_bytes … max_ring_bytes
};

class Area {
 public:
    // A new sealed memfd and its mapping. Pages cost nothing until a thread writes to them.
    static Result<Area> create(const AreaOptions& options);
    Area(Area&& other) noexcept;
    Area& operator=(Area&& other) noexcept;
    ~Area();

    int descriptor() const { return descriptor_; }    // to be sent by SCM_RIGHTS; close-on-exec
    std::size_t size() const { return area_size(ring_count_, ring_bytes_); }
    ProcessId process() const { return process_; }
    std::uint32_t ring_count() const { return ring_count_; }
    void close_descriptor();                          // once it was sent, it is not needed here either

    // Opening it lets everybody go who waits there; who was on the way there just then, the next sweep lets go.
    void set_gate_closed(bool closed);
    void set_capture_limit(std::uint32_t bytes);

    // Delivers every record stamped <= until, ring by ring, each ring in its order: sink(const RingRecord&).
    // Returns how many. The sink must not call back into this area.
    template <class Sink>
    std::size_t sweep(std::uint64_t until, Sink&& sink) {
        std::size_t delivered = 0;
        RingRecord record;
        for (std::uint32_t ring = 0; ring < ring_count_; ++ring) {
            Position position;
            if (!begin(ring, position)) continue;
            while (take(position, until, record)) {
                sink(static_cast<const RingRecord&>(record));
                ++delivered;
            }
            finish(position);
        }
        return delivered;
    }

    // The gate of one thread. It is at the gate when it has arrived there more often than it was let through.
    bool is_at_gate(std::uint32_t ring) const;
    void grant(std::uint32_t ring, Verdict verdict = Verdict::Go, std::int32_t value = 0);

    // The thread (tid as that process sees it) whose ring this is, or 0. Once that thread is gone and the ring is drained,
    // it may be given to another one. A thread may own more than one ring: a signal handler that comes while the probe is
    // writing a record writes its own ones to another ring (core/probe/ring_writer.h), and comes to the gate there.
    std::uint32_t owner(std::uint32_t ring) const;
    bool is_drained(std::uint32_t ring) const;
    void free_ring(std::uint32_t ring);
    // Frees the ring only if it is still this thread's.
    void free_ring_of(std::uint32_t tid);

    // A number that changes whenever that thread has published something or come to the gate: equal twice = it did neither.
    std::uint64_t progress(std::uint32_t ring) const;

    std::uint64_t corrupt() const { return corrupt_; }    // times a ring made no sense and was skipped to its head
    std::uint64_t lost() const;                           // records that did not fit, by the probe's own word; Lost records say where

 private:
    // Where a sweep stands in one ring. Positions count bytes ever written; `head` was read once.
    struct Position {
        std::uint32_t ring;
        std::uint32_t tid;
        std::uint64_t tail;
        std::uint64_t head;
    };
    // What the session alone knows of a ring; the words in shared memory are copies for the probe to read.
    struct Mine {
        std::uint64_t tail = 0;
        std::uint32_t granted = 0;
    };

    Area() = default;
    Ring& ring(std::uint32_t index) const { return *ring_at(memory_, index); }
    AreaHeader& header() const { return *static_cast<AreaHeader*>(memory_); }
    const std::byte* data(std::uint32_t index) const;
    bool begin(std::uint32_t ring, Position& position);
    bool take(Position& position, std::uint64_t until, RingRecord& record);
    bool skip_corrupt(Position& position);
    void finish(const Position& position);
    void let_through(std::uint32_t ring, std::uint32_t arrived);

    void* memory_ = nullptr;
    int descriptor_ = -1;
    ProcessId process_ = no_id;
    std::uint32_t ring_count_ = 0;
    std::uint32_t ring_bytes_ = 0;
    bool gate_closed_ = false;
    std::uint64_t corrupt_ = 0;
    std::vector<Mine> mine_;
    std::vector<std::byte> copy_;    // the record being looked at
};

}  // namespace ipcscope
