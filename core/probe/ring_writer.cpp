#include "core/probe/ring_writer.h"

namespace ipcscope {

// A full ring is waited for, so that nothing is lost while the session lives; but not for ever, and not again and again.
// No system call here: the thread may be one that the kernel allows none.
bool wait_for_room(Level& level, std::uint64_t end) {
    const std::uint64_t patience = process.clock == Clock::Tsc ? 750'000'000 : 250'000'000;    // about a quarter of a second
    const std::uint64_t start = stamp_now();
    for (;;) {
        level.tail_seen = level.ring->tail.load(std::memory_order_acquire);
        if (end - level.tail_seen <= level.ring_bytes) {
            level.is_stalled = false;
            return true;
        }
        if (level.is_stalled || stamp_now() - start > patience) {
            level.is_stalled = true;
            return false;
        }
        _mm_pause();
    }
}

void write_lost(Level& level) {
    const std::uint64_t how_many = level.lost;
    RecordHeader header{3, RecordKind::Lost, 0, 0, 0, 0};
    std::uint64_t end;
    char* const record = reserve(level, sizeof header + sizeof how_many, end);
    if (!record) return;
    header.stamp = stamp_now();
    std::memcpy(record + sizeof header, &how_many, sizeof how_many);
    std::memcpy(record, &header, sizeof header);
    level.ring->head.store(end, std::memory_order_release);
    level.lost = 0;
}

}  // namespace ipcscope
