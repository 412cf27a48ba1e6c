// What a mechanism costs, measured on a program that sends messages from one process to another:
//
//     PROGRAM SIZE COUNT         COUNT messages of SIZE bytes, one behind the other
//     PROGRAM SIZE COUNT echo    each is sent back before the next one goes
//
// Time is measured from outside, on the program as it runs free and unobserved (bare_run.h): the time for COUNT messages less the
// time for none, which is its start and its end. COUNT is chosen so that this takes about `time_a_run`. The calls are counted in
// two more runs, with one message and with none, under the probe and step by step: the producer goes first, and nobody has to wait.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "core/events/call_table.h"
#include "core/trace/result.h"

namespace ipcscope {

struct MeasureOptions {
    std::size_t size = 1;                          // bytes a message
    long count = 0;                                // messages a run; 0: as many as take `time_a_run`
    int repetitions = 5;                           // timed runs of each kind, after one that is not counted
    std::chrono::milliseconds time_a_run{40};
    std::chrono::milliseconds deadline{5'000};     // a program that takes longer is killed, and it is a failure
    bool is_private = true;
    bool has_one_processor = true;                 // both processes share one: where the scheduler puts them changes figures fivefold
    const std::atomic<bool>* cancel = nullptr;
};

// Of several runs: the median, and the least and the most.
struct Figure {
    double median = 0, least = 0, most = 0;
};

struct CallCosts {                                 // for one message: putting it and taking it
    double calls = 0;                              // all calls
    double system_calls = 0;                       // those that enter the kernel, also when nobody has to wait
    double bytes_copied = 0;                       // by the kernel, out of a process or into one; divided by SIZE: copies
};

struct Measured {
    Figure latency_ns;                             // half a round trip
    Figure bytes_a_second;                         // one behind the other
    CallCosts costs;
    long messages = 0;                             // in each timed run of the second kind
    bool was_private = false;
};

// Takes a second or two: call it on a thread of its own. A failure says what the program did instead: "mq_open() fails EINVAL".
Result<Measured> measure(const std::string& program, const MeasureOptions& options);
Result<CallCosts> count_calls(const std::string& program, const MeasureOptions& options);

// Whether the call enters the kernel when nobody has to wait or to be woken: a lock or a permit that is free is taken in memory
// alone (futex(7)), and libc only then asks the kernel.
bool enters_kernel(const CallRow& row);

Figure figure_of(std::vector<double> values);

}  // namespace ipcscope
