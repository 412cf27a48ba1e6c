// Writing one record into this thread's ring.
//
//   depth += 1 | find room | write body, stamp, header | head = behind it (release) | depth -= 1
//                                                        ^ from here on it exists
//
// A kill at any instruction leaves a ring that ends before or after the record. A handler that comes in between finds
// depth > 0 and writes to another level's ring. A jump out of that handler sets depth back (hand_jump.cpp), and what was half
// written never existed. The cursor lives in the ring only (ring->head), so that the child of a fork made in such a handler
// comes back into a write whose ring is gone, finishes it into memory that nobody reads, and does no harm.
#pragma once

#include <time.h>
#include <x86intrin.h>

#include <cstring>

#include "core/events/event.h"
#include "core/probe/state.h"
#include "core/probe/system.h"

namespace ipcscope {

inline std::uint64_t stamp_now() {
    if (process.clock == Clock::Tsc) [[likely]] return __rdtsc();
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

// Waits, for a bounded time, until the session has made room. In ring_writer.cpp, as is what follows a loss.
bool wait_for_room(Level& level, std::uint64_t end);
void write_lost(Level& level);

// Room for `bytes` (a multiple of 8, one record), or null. `end` is where head goes when the record is written.
inline char* reserve(Level& level, std::size_t bytes, std::uint64_t& end) {
    const std::uint64_t head = level.ring->head.load(std::memory_order_relaxed);
    const std::uint32_t offset = static_cast<std::uint32_t>(head & (level.ring_bytes - 1));
    const std::uint32_t to_edge = level.ring_bytes - offset;
    const std::uint32_t pad = bytes > to_edge ? to_edge : 0;
    end = head + pad + bytes;
    if (end - level.tail_seen > level.ring_bytes) [[unlikely]]
        if (!wait_for_room(level, end)) return nullptr;
    if (!pad) [[likely]] return level.data + offset;
    const RecordHeader header{static_cast<std::uint16_t>(pad / 8), RecordKind::Pad, 0, 0, 0, 0};
    std::memcpy(level.data + offset, &header, 8);
    return level.data;
}

// Writes one record. `fill(char*)` writes the body; body_bytes is a multiple of 8.
template <class Fill>
inline void append(ThreadState& thread, Level& level, RecordHeader header, std::size_t body_bytes, Fill&& fill) {
    const std::uint32_t depth = thread.depth;
    thread.depth = depth + 1;
    handler_fence();
    if (level.lost) [[unlikely]] write_lost(level);
    const std::size_t bytes = sizeof header + body_bytes;
    std::uint64_t end;
    if (char* const record = reserve(level, bytes, end)) [[likely]] {
        header.words = static_cast<std::uint16_t>(bytes / 8);
        fill(record + sizeof header);
        header.stamp = stamp_now();
        std::memcpy(record, &header, sizeof header);
        level.ring->head.store(end, std::memory_order_release);
    } else {
        level.lost += 1;
        level.ring->lost.store(level.ring->lost.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    handler_fence();
    thread.depth = depth;
}

}  // namespace ipcscope
