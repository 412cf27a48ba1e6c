// The trace: all events of a run, in one order, append-only. Everything else (the model, the views, a saved
// recording, a test's verdict) is computed from it and may be thrown away at any time.
//
// One owner, one thread (the UI's, or main's when there is no window). Batches come from the session.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/call_table.h"
#include "core/events/event.h"

namespace ipcscope {

// Events on their way from the session to the trace; Event::payload is an offset into `bytes` of this batch.
struct EventBatch {
    std::vector<Event> events;
    std::vector<std::byte> bytes;

    bool empty() const { return events.empty(); }
    void clear() { events.clear(), bytes.clear(); }
    // Adds `event` with these chunks (true_length may exceed text.size(): then it was cut).
    struct Piece {
        std::uint8_t argument;
        std::span<const std::byte> bytes;
        std::size_t true_length;
    };
    void add(Event event, std::span<const Piece> pieces = {});
    void add(Event event, std::string_view text);              // one chunk, argument 0
    void add_raw(Event event, std::span<const std::byte> payload);  // chunks already laid out as in event.h
};

class Trace {
 public:
    // Appends, and fills in `pair`: Exit and Abandoned meet the innermost open Enter of their call in their thread;
    // Granted, Asleep and Awake point to the innermost open Enter; a Packet to the call that its thread was granted last, which may
    // have returned by then. An Image meets the exec call that asked for it. What is
    // still open when a thread, a process or its program ends stays without a pair, as does the Exit of a fork's child (no
    // Enter in that thread). Payload that is no row of chunks is dropped and counted.
    EventIndex append(const Event& event, std::span<const std::byte> payload);
    void append(const EventBatch& batch);

    EventIndex size() const { return static_cast<EventIndex>(size_); }
    bool empty() const { return size_ == 0; }
    const Event& operator[](EventIndex index) const { return blocks_[index / block_events][index % block_events]; }

    std::span<const std::byte> payload(const Event& event) const;
    // The chunk of this argument of this event, if it was captured.
    std::optional<Chunk> chunk(const Event& event, int argument) const;
    // The same as text: bytes as they are, but for one final NUL (a path's, an argv's), which is left out.
    std::string_view text(const Event& event, int argument = 0) const;

    std::size_t damaged() const { return damaged_; }   // payloads that were no chunks, threads that cannot be
    std::size_t lost() const { return lost_; }         // sum over Lost events

 private:
    static constexpr std::size_t block_events = 1u << 12;
    static constexpr std::size_t block_bytes = 1u << 20;

    Event& at(EventIndex index) { return blocks_[index / block_events][index % block_events]; }
    void keep_payload(Event& event, std::span<const std::byte> payload);
    void pair_up(Event& event, EventIndex index);
    void end_calls_of_process(Event& event, EventIndex index);

    std::vector<std::unique_ptr<Event[]>> blocks_;      // stable addresses, no copying as it grows
    std::vector<std::vector<std::byte>> bytes_;         // payload blocks: a payload never crosses from one to the next
    std::vector<std::vector<EventIndex>> open_;         // by thread: the stack of Enters without an Exit
    std::vector<EventIndex> granted_;                   // by thread: the Enter that was granted last
    std::size_t size_ = 0;
    std::size_t damaged_ = 0;
    std::size_t lost_ = 0;
};

}  // namespace ipcscope
