// Which memory the program has mapped itself (mmap, shmat): loads and stores there are told, those to its stack, its variables and
// its heap are nobody's business but its own, and pass at the price of two comparisons.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/events/call_table.h"

namespace ipcscope {

struct OwnMemory {
    static constexpr std::uint32_t most = 128;    // ranges; what comes after them is not told
    struct Range {
        std::atomic<std::uint64_t> begin, end;    // begin 0: free. 1: being filled
    };
    // All ranges lie in [lowest, highest); it never shrinks.
    std::atomic<std::uint64_t> lowest, highest;
    Range range[most];
    static constexpr std::uint32_t most_segments = 32;   // the latest ones
    std::atomic<std::uint64_t> segment[most_segments];   // id << 32 | pages; 0: free
    std::atomic<std::uint32_t> next_segment;
};

extern constinit OwnMemory own_memory;

bool is_in_own_range(std::uint64_t address);    // out of line
inline bool is_own_memory(const volatile void* address) {
    const auto number = reinterpret_cast<std::uint64_t>(address);
    if (number < own_memory.lowest.load(std::memory_order_relaxed) || number >= own_memory.highest.load(std::memory_order_relaxed)) [[likely]] return false;
    return is_in_own_range(number);
}

void remember_own(std::uint64_t address, std::uint64_t length);
void forget_own(std::uint64_t address, std::uint64_t length);
// How long a System V segment is stands in the shmget that found it, not in the shmat. (One that it was asked for with 0, or that
// came by its id alone: its first page.)
void remember_segment(std::int32_t id, std::uint64_t length);
std::uint64_t length_of_segment(std::int32_t id);
void forget_own_at(std::uint64_t address);

template <CallId id>
inline constexpr bool is_noted = [] {
    switch (row_of(id).effect) {
        case Effect::Maps:
        case Effect::Unmaps:
        case Effect::MakesSegment:
        case Effect::AttachesSegment:
        case Effect::DetachesSegment: return true;
        default: return false;
    }
}();

// A call of the program's own code has succeeded with this result.
template <CallId id, class Arguments>
inline void note_own_memory(const Arguments& arguments, std::int64_t result) {
    constexpr const CallRow& row = row_of(id);
    constexpr int size = argument_with(row, Role::Size), address = argument_with(row, Role::Address);
    if constexpr (row.effect == Effect::Maps && size >= 0) remember_own(static_cast<std::uint64_t>(result), arguments.word[size]);
    if constexpr (row.effect == Effect::Unmaps && size >= 0) forget_own(arguments.word[address], arguments.word[size]);
    if constexpr (row.effect == Effect::MakesSegment) remember_segment(static_cast<std::int32_t>(result), arguments.word[size]);
    if constexpr (row.effect == Effect::AttachesSegment)
        remember_own(static_cast<std::uint64_t>(result), length_of_segment(static_cast<std::int32_t>(arguments.word[argument_with(row, Role::IpcId)])));
    if constexpr (row.effect == Effect::DetachesSegment) forget_own_at(arguments.word[address]);
}

}  // namespace ipcscope
