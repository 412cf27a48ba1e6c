// A long trace of several processes that read, write, fail and sleep: for tests and for the benchmark.
#pragma once

#include "core/trace/trace.h"

namespace ipcscope {

// `events` of them, about; `processes` lanes. Always the same for the same numbers.
Trace long_trace(EventIndex events, ProcessId processes);

struct TimelineCost {
    double index_ms = 0;          // taking in the whole trace
    double frame_ms = 0;          // the dearest frame of a zoom from all to one call and back, drawn headless
    double frame_everything_ms = 0;  // of the one in which everything is seen
    EventIndex events = 0;
};
TimelineCost measure_timeline(EventIndex events, ProcessId processes);

}  // namespace ipcscope
