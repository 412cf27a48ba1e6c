// What an eventfd, a signalfd and a timerfd have inside.
#pragma once

#include <cstdint>

namespace ipcscope {

struct CounterState {
    std::uint64_t count = 0;
    bool is_semaphore = false;                // EFD_SEMAPHORE: a read takes 1, not all

    bool operator==(const CounterState&) const = default;
};

struct SignalsState {
    std::uint64_t mask = 0;                   // bit n-1: signal n can be read here
    std::uint64_t pending = 0;                // of whoever has it open: as the kernel said at the last quiescence

    bool operator==(const SignalsState&) const = default;
};

struct TimerState {
    int clock = 0;
    bool is_absolute = false;
    std::int64_t value_ns = 0, interval_ns = 0;     // as set; 0: stopped, once
    std::int64_t left_ns = 0;                       // as the kernel said at the last quiescence: time goes on
    std::uint64_t expirations = 0;                  // … and so often it has expired since it was read

    bool operator==(const TimerState&) const = default;
};

}  // namespace ipcscope
