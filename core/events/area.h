// The area: memory that one observed process shares with the session. This is a contract between two
// programs, one of which may be damaged at any instruction; so it is drawn here in full.
//
//   offset 0                     ring_offset                         data_offset
//   +-------------+--------+-----+----------+----------+-----+-------+----------------+---------------+----
//   | AreaHeader  |  (page)      | Ring 0   | Ring 1   | …   | (page)| data of ring 0 | data of ring 1| …
//   +-------------+--------+-----+----------+----------+-----+-------+----------------+---------------+----
//                                 one Ring a thread, ring_count of them; data: ring_bytes each, a power of two
//
// It is a memfd, sealed against shrinking and growing, made by the session and handed to the probe by
// SCM_RIGHTS (hello.h). The probe maps it and closes it: the observed process keeps no descriptor.
// A child made by fork asks for an area of its own before it does anything else.
//
// Who writes what:
//   AreaHeader       the session writes it once; after that it writes only `gate_closed` and `capture_limit`
//   Ring.owner       the probe's thread claims a ring: 0 -> its tid (compare-and-swap). The session frees it: tid -> 0,
//                    when the thread is gone and the ring is drained
//   Ring.head        the owning thread only.   bytes ever written; the record at `head & (ring_bytes-1)` is next
//   Ring.tail        the session only.         bytes ever read.  0 <= head - tail <= ring_bytes
//   Ring.arrived     the owning thread only.   how many times it has come to the gate
//   Ring.granted     the session only.         how many times it may have passed; a thread waits (futex) on this word
//                                              until granted >= arrived
//   Ring.verdict…    the session only, before it raises `granted`
//   data             the owning thread only
//
// The session never trusts: every field it reads is read once, checked, and counted if it is wrong.
// (A head that seems to lie behind the tail for a moment is "nothing new", not an error: ring_writer.h says why.)
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ipcscope {

inline constexpr std::uint64_t area_magic = 0x3165706f63736370;  // "pcscope1", little-endian
inline constexpr std::uint32_t area_version = 1;
inline constexpr std::uint32_t default_ring_count = 64;
inline constexpr std::uint32_t default_ring_bytes = 1u << 20;
inline constexpr std::uint32_t max_ring_count = 4096;
inline constexpr std::uint32_t min_ring_bytes = 1u << 16;
inline constexpr std::uint32_t max_ring_bytes = 1u << 26;
inline constexpr std::uint32_t max_capture = 4096;  // bytes a chunk
inline constexpr std::size_t page_bytes = 4096;

enum class Clock : std::uint32_t { Tsc, Monotonic };  // Tsc only where the kernel itself trusts it as a clock source

struct AreaHeader {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t ring_count;
    std::uint32_t ring_bytes;
    std::uint32_t process;                     // the ProcessId that the session gave; a forked child says it when it asks
    Clock clock;
    std::atomic<std::uint32_t> gate_closed;    // 1: every call of the program's own code waits at the gate
    std::atomic<std::uint32_t> capture_limit;  // bytes captured a chunk, at most max_capture
};

struct alignas(64) Ring {
    std::atomic<std::uint32_t> owner;
    std::uint32_t unused0;
    std::atomic<std::uint64_t> head;
    std::atomic<std::uint64_t> lost;           // records that did not fit, ever; the probe's word only

    alignas(64) std::atomic<std::uint64_t> tail;

    alignas(64) std::atomic<std::uint32_t> arrived;
    alignas(64) std::atomic<std::uint32_t> granted;
    std::atomic<std::uint32_t> verdict;        // Verdict
    std::atomic<std::int32_t> verdict_value;
};
static_assert(sizeof(Ring) == 256);
static_assert(sizeof(AreaHeader) <= page_bytes);

// What the session says of a held call. (Given at the gate and marked as injected on the screen.)
enum class Verdict : std::uint32_t {
    Go,
    Fail,      // do not call; return the error, with errno = verdict_value. (A wait at a condition variable, verdict_value 0: it wakes
               // without a signal, and has the mutex again)
    Shorten,   // call with at most verdict_value as the byte count
};

// Where a ring's record stands. Records are multiples of 8 bytes and never wrap: where one would not fit before the end
// of the data, a Pad fills the rest.
enum class RecordKind : std::uint8_t { Pad, Enter, Exit, Abandoned, Lost };

struct RecordHeader {          // 16 bytes
    std::uint16_t words;       // size of the whole record, header included, in units of 8 bytes; at least 2 (a Pad: 1, its stamp missing)
    RecordKind kind;
    std::uint8_t flags;        // Flag (event.h)
    std::uint16_t call;        // CallId
    std::uint16_t error;       // Exit: errno or 0.
    std::uint64_t stamp;       // Clock::Tsc: ticks; Clock::Monotonic: nanoseconds
};
static_assert(sizeof(RecordHeader) == 16);
// Enter:     header, site (u64), one word an argument as the table's row says, chunks (event.h) of what goes in
// Exit:      header, result (i64), chunks of what came out
// Abandoned: header                      the innermost open call of this thread will not return
// Lost:      header, how many (u64)
// A Pad longer than 65535 words cannot be: rings end at a record or at a Pad of at most one record's size.

inline constexpr std::size_t max_record_bytes = 65535 * 8;

constexpr std::size_t ring_offset() { return page_bytes; }
constexpr std::size_t data_offset(std::uint32_t ring_count) {
    return (ring_offset() + ring_count * sizeof(Ring) + page_bytes - 1) / page_bytes * page_bytes;
}
constexpr std::size_t area_size(std::uint32_t ring_count, std::uint32_t ring_bytes) {
    return data_offset(ring_count) + std::size_t{ring_count} * ring_bytes;
}

inline Ring* ring_at(void* area, std::uint32_t index) {
    return reinterpret_cast<Ring*>(static_cast<char*>(area) + ring_offset()) + index;
}
inline char* data_at(void* area, std::uint32_t index) {
    const AreaHeader* header = static_cast<const AreaHeader*>(area);
    return static_cast<char*>(area) + data_offset(header->ring_count) + std::size_t{index} * header->ring_bytes;
}

static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace ipcscope
