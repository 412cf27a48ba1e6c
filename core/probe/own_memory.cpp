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

}  // namespace ipcscope
