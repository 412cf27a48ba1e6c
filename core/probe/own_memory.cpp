#include "core/probe/own_memory.h"

namespace ipcscope {

constinit OwnMemory own_memory{};

namespace {

constexpr std::uint64_t free_range = 0, being_filled = 1;

std::uint64_t whole_pages(std::uint64_t length) { return (length + 4095) & ~std::uint64_t{4095}; }

}  // namespace

bool is_in_own_range(std::uint64_t address) {
    for (const OwnMemory::Range& range : own_memory.range) {
        const std::uint64_t begin = range.begin.load(std::memory_order_acquire);
        if (begin > being_filled && address >= begin && address < range.end.load(std::memory_order_relaxed)) return true;
    }
    return false;
}

void remember_own(std::uint64_t address, std::uint64_t length) {
    const std::uint64_t end = address + whole_pages(length);
    std::uint64_t highest = own_memory.highest.load(std::memory_order_relaxed);
    while (highest < end && !own_memory.highest.compare_exchange_weak(highest, end)) {}
    std::uint64_t lowest = own_memory.lowest.load(std::memory_order_relaxed);
    while ((lowest == 0 || lowest > address) && !own_memory.lowest.compare_exchange_weak(lowest, address)) {}
    for (OwnMemory::Range& range : own_memory.range) {
        std::uint64_t expected = free_range;
        if (!range.begin.compare_exchange_strong(expected, being_filled)) continue;
        range.end.store(end, std::memory_order_relaxed);
        range.begin.store(address, std::memory_order_release);
        return;
    }
}

// Of a range that goes in part, one part is kept; a hole in the middle takes what lies behind it, too.
void forget_own(std::uint64_t address, std::uint64_t length) {
    const std::uint64_t end = address + whole_pages(length);
    for (OwnMemory::Range& range : own_memory.range) {
        const std::uint64_t first = range.begin.load(std::memory_order_acquire), last = range.end.load(std::memory_order_relaxed);
        if (first <= being_filled || last <= address || first >= end) continue;
        if (address <= first && end >= last) range.begin.store(free_range, std::memory_order_release);
        else if (address <= first) range.begin.store(end, std::memory_order_release);
        else range.end.store(address, std::memory_order_relaxed);
    }
}

void forget_own_at(std::uint64_t address) {
    for (OwnMemory::Range& range : own_memory.range)
        if (range.begin.load(std::memory_order_acquire) == address) range.begin.store(free_range, std::memory_order_release);
}

void remember_segment(std::int32_t id, std::uint64_t length) {
    const std::uint64_t pages = whole_pages(length > 0 ? length : 1) / 4096;
    const std::uint64_t known = static_cast<std::uint64_t>(static_cast<std::uint32_t>(id)) << 32 | (pages < 0xffffffff ? pages : 0xffffffff);
    const std::uint32_t next = own_memory.next_segment.fetch_add(1, std::memory_order_relaxed) % OwnMemory::most_segments;
    own_memory.segment[next].store(known, std::memory_order_relaxed);
}

std::uint64_t length_of_segment(std::int32_t id) {
    std::uint64_t pages = 1;
    for (const std::atomic<std::uint64_t>& segment : own_memory.segment) {
        const std::uint64_t known = segment.load(std::memory_order_relaxed);
        if (known >> 32 == static_cast<std::uint32_t>(id) && (known & 0xffffffff) > pages) pages = known & 0xffffffff;
    }
    return pages * 4096;
}

}  // namespace ipcscope
