#include "core/model/pipe_buffer.h"

#include <algorithm>
#include <limits>

namespace ipcscope {

std::uint64_t PipeBuffer::write(std::uint64_t count, bool is_continuing) {
    std::uint64_t taken = 0;
    const std::uint64_t tail = count % slot_bytes;
    if (!is_continuing && tail != 0 && !slots_.empty()) {
        Slot& last = slots_.back();
        if (last.first + last.length + tail <= slot_bytes) {
            last.length += static_cast<std::uint32_t>(tail);
            taken = tail;
        }
    }
    bytes_ += taken;
    return taken + fill_slots(count - taken, slot_count_);
}

void PipeBuffer::write_over(std::uint64_t count) {
    if (count > capacity()) {  // more than ever fits at once: damaged data, which shall not cost memory
        slots_.push_back({0, static_cast<std::uint32_t>(count - capacity())});
        bytes_ += slots_.back().length;
        count = capacity();
    }
    fill_slots(count, std::numeric_limits<std::size_t>::max());
}

std::uint64_t PipeBuffer::fill_slots(std::uint64_t count, std::size_t limit) {
    std::uint64_t taken = 0;
    while (taken < count && slots_.size() < limit) {
        const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(count - taken, slot_bytes));
        slots_.push_back({0, part});
        taken += part;
    }
    bytes_ += taken;
    return taken;
}

std::uint64_t PipeBuffer::read(std::uint64_t count) {
    std::uint64_t taken = 0;
    while (taken < count && !slots_.empty()) {
        Slot& slot = slots_.front();
        const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(count - taken, slot.length));
        slot.first += part;
        slot.length -= part;
        taken += part;
        if (slot.length == 0) slots_.pop_front();
    }
    bytes_ -= taken;
    return taken;
}

void PipeBuffer::take_back(std::uint64_t count) {
    while (count != 0 && !slots_.empty()) {
        Slot& slot = slots_.back();
        const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, slot.length));
        slot.length -= part;
        bytes_ -= part;
        count -= part;
        if (slot.length == 0) slots_.pop_back();
    }
}

}  // namespace ipcscope
