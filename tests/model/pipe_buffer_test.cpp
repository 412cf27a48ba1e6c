// The model's pipe against the kernel's: the same writes and reads, FIONREAD compared after each.
#include "core/model/pipe_buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <vector>

namespace ipcscope {
namespace {

class RealPipe {
 public:
    RealPipe() { EXPECT_EQ(::pipe2(ends_, O_NONBLOCK | O_CLOEXEC), 0); }
    ~RealPipe() { ::close(ends_[0]), ::close(ends_[1]); }
    RealPipe(const RealPipe&) = delete;

    std::uint64_t write(std::size_t count) {
        const ssize_t written = ::write(ends_[1], buffer_.data(), count);
        EXPECT_TRUE(written >= 0 || errno == EAGAIN);
        return written < 0 ? 0 : static_cast<std::uint64_t>(written);
    }
    std::uint64_t read(std::size_t count) {
        const ssize_t got = ::read(ends_[0], buffer_.data(), count);
        EXPECT_TRUE(got >= 0 || errno == EAGAIN);
        return got < 0 ? 0 : static_cast<std::uint64_t>(got);
    }
    std::uint64_t bytes() const {
        int count = -1;
        EXPECT_EQ(::ioctl(ends_[0], FIONREAD, &count), 0);
        return static_cast<std::uint64_t>(count);
    }
    int resize(int capacity) { return ::fcntl(ends_[1], F_SETPIPE_SZ, capacity); }
    std::uint32_t capacity() const { return static_cast<std::uint32_t>(::fcntl(ends_[1], F_GETPIPE_SZ)); }

 private:
    int ends_[2];
    std::vector<char> buffer_ = std::vector<char>(1 << 20);
};

// Sizes at which something happens: around a slot, around the whole, and anything between.
std::size_t some_size(std::mt19937& random) {
    const auto below = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); };
    switch (below(5)) {
        case 0: return below(20);
        case 1: return 4096 * below(4) + below(5) + 4094;
        case 2: return below(5000);
        case 3: return below(70000);
        default: return below(4097);
    }
}

TEST(PipeBuffer, IsTheKernels) {
    constexpr int rounds = 60, operations = 400;
    for (int round = 0; round < rounds; ++round) {
        std::mt19937 random(static_cast<std::uint32_t>(round));
        RealPipe real;
        PipeBuffer model(real.capacity());
        if (round % 3 != 0) {
            const int capacity = real.resize(4096 << (round % 7));
            ASSERT_GT(capacity, 0);
            model.resize(static_cast<std::uint32_t>(capacity));
        }
        for (int i = 0; i < operations; ++i) {
            const std::size_t size = some_size(random);
            const bool is_write = random() % 100 < (i / 40 % 2 == 0 ? 65u : 35u);  // now filling, now draining
            const std::uint64_t expected = is_write ? real.write(size) : real.read(size);
            ASSERT_EQ(is_write ? model.write(size) : model.read(size), expected)
                << "round " << round << ", operation " << i << ", size " << size;
            ASSERT_EQ(model.bytes(), real.bytes()) << "round " << round << ", operation " << i;
            if (i % 50 != 49) continue;
            const int capacity = real.resize(4096 << random() % 6);  // EBUSY if what lies in it needs more slots
            if (capacity > 0) model.resize(static_cast<std::uint32_t>(capacity));
            ASSERT_EQ(model.capacity(), real.capacity());
        }
    }
}

TEST(PipeBuffer, MayBeFullWithFewBytes) {
    PipeBuffer pipe(4096 * 4);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(pipe.write(2049), 2049u);
    EXPECT_TRUE(pipe.is_full());
    EXPECT_EQ(pipe.write(2049), 0u);
    EXPECT_EQ(pipe.write(2047), 2047u);  // fits behind the last one's
    EXPECT_EQ(pipe.bytes(), 4u * 2049 + 2047);
}

TEST(PipeBuffer, AContinuedWriteMergesNothing) {
    PipeBuffer pipe(4096);
    EXPECT_EQ(pipe.write(5000), 4096u);
    EXPECT_EQ(pipe.read(4096), 4096u);
    EXPECT_EQ(pipe.write(10), 10u);
    EXPECT_EQ(pipe.write(904, true), 0u);
}

TEST(PipeBuffer, WhatIsTakenBackWasNeverThere) {
    PipeBuffer pipe;
    pipe.write(10000);
    pipe.take_back(10000);
    EXPECT_EQ(pipe, PipeBuffer());
}

}  // namespace
}  // namespace ipcscope
