// How full a pipe is, as the kernel counts: not in bytes but in page-sized slots (fs/pipe.c). A write's odd tail is
// merged into the last slot if it fits there; everything else takes new slots; a slot is free again only when its last
// byte was read. So a pipe of 65536 bytes may be full with far fewer bytes in it, and PIPE_BUF is one slot.
// Checked against FIONREAD at every step by the witnesses.
#pragma once

#include <cstdint>
#include <deque>

namespace ipcscope {

class PipeBuffer {
 public:
    static constexpr std::uint32_t slot_bytes = 4096;
    explicit PipeBuffer(std::uint32_t capacity = 65536) : slot_count_(capacity / slot_bytes) {}

    std::uint64_t capacity() const { return std::uint64_t{slot_count_} * slot_bytes; }
    std::uint64_t bytes() const { return bytes_; }
    bool is_empty() const { return bytes_ == 0; }
    bool is_full() const { return slots_.size() >= slot_count_; }
    std::uint64_t lowest_free() const { return is_full() ? 0 : (slot_count_ - slots_.size()) * std::uint64_t{slot_bytes}; }

    // One write of `count` bytes: how many the kernel takes before the writer would have to sleep.
    // `is_continuing`: the writer slept and goes on with the rest (then nothing is merged).
    std::uint64_t write(std::uint64_t count, bool is_continuing = false);
    // One read of at most `count` bytes: how many there are.
    std::uint64_t read(std::uint64_t count);
    void resize(std::uint32_t capacity) { slot_count_ = capacity / slot_bytes; }

    // For a fold that sees the returns of two calls in the other order than the kernel made them:
    void write_over(std::uint64_t count);   // the kernel has taken them, so the read that made room is still to come
    void take_back(std::uint64_t count);    // written last, and yet not taken

    bool operator==(const PipeBuffer&) const = default;

 private:
    struct Slot {
        std::uint32_t first, length;
        bool operator==(const Slot&) const = default;
    };
    std::uint64_t fill_slots(std::uint64_t count, std::size_t limit);
    std::uint32_t slot_count_;
    std::deque<Slot> slots_;
    std::uint64_t bytes_ = 0;
};

}  // namespace ipcscope
