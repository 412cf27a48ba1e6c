// A program that runs free and unobserved: no probe, no gates, nothing of ipcscope in its way, so that its time is its own. It has
// an empty directory, and the namespaces of a private run where the machine allows them; what it leaves there goes with the run.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "core/trace/result.h"

namespace ipcscope {

struct BareLaunch {
    std::vector<std::string> argv;                 // argv[0]: its path
    bool is_private = true;
    bool has_one_processor = false;                // all its processes share one of ours; else the scheduler chooses
    std::chrono::milliseconds deadline{5'000};     // then everything is killed
    const std::atomic<bool>* cancel = nullptr;     // true: the same, at once
};

struct BareEnd {
    enum class How { Ended, Late, Cancelled };
    How how = How::Ended;
    std::chrono::nanoseconds lasted{};             // from its execve to its end, as they are heard of: within about 0.1 ms
    int status = 0;                                // as waitpid(2) gives it
    bool was_private = false;
};

// Runs it and waits. To be called on a thread that lives meanwhile: the keeper ends with it.
// A failure: it could not be started.
Result<BareEnd> run_bare(const BareLaunch& launch);

}  // namespace ipcscope
