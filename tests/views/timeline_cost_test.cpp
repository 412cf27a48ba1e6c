// A million events must scroll smoothly. The bound is for any machine and any build; the benchmark has the number.
#include <gtest/gtest.h>

#include "tests/views/long_trace.h"

namespace ipcscope {
namespace {

TEST(TimelineCost, ManyEventsAreDrawnWithinAFrame) {
    const TimelineCost cost = measure_timeline(300'000, 6);
    RecordProperty("index_ms", std::to_string(cost.index_ms));
    RecordProperty("frame_ms", std::to_string(cost.frame_ms));
    EXPECT_LT(cost.frame_everything_ms, 100);
}

}  // namespace
}  // namespace ipcscope
