// The timeline's index and axis.
#include <gtest/gtest.h>

#include <random>

#include "app/views/timeline_layout.h"
#include "tests/views/long_trace.h"
#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

TEST(TimelineIndex, FedBitByBitIsTheSameAsFedAtOnce) {
    const Trace whole = long_trace(20'000, 5);
    TimelineIndex at_once;
    at_once.update(whole);

    Trace growing;
    TimelineIndex bit_by_bit;
    std::mt19937 random(7);
    for (EventIndex i = 0; i < whole.size(); ++i) {
        growing.append(whole[i], whole.payload(whole[i]));
        if (random() % 37 == 0) bit_by_bit.update(growing);
    }
    bit_by_bit.update(growing);
    EXPECT_TRUE(at_once == bit_by_bit);
}

TEST(TimelineIndex, EveryLevelCountsEveryCall) {
    const Trace trace = long_trace(50'000, 3);
    TimelineIndex index;
    index.update(trace);
    for (const TimelineLane& lane : index.lanes()) {
        std::size_t asleep = 0, failed = 0;
        for (const TimelineBar& bar : lane.bars()) asleep += bar.asleep != no_id, failed += bar.has_failed;
        EXPECT_GT(lane.bars().size(), 1000u);
        EXPECT_LE(lane.levels().back().size(), TimelineLane::fan_out);
        for (std::size_t level = 0; level < lane.levels().size(); ++level) {
            TimelineSpan sum = lane.levels()[level].front();
            for (std::size_t i = 1; i < lane.levels()[level].size(); ++i) sum.add(lane.levels()[level][i]);
            EXPECT_EQ(sum.calls, lane.bars().size()) << "level " << level;
            EXPECT_EQ(sum.asleep, asleep);
            EXPECT_EQ(sum.failed, failed);
        }
    }
}

// Whatever the zoom, what is delivered as bars and spans accounts for every call in view exactly once.
TEST(TimelineIndex, LookingKeepsTheTotals) {
    const Trace trace = long_trace(30'000, 3);
    TimelineIndex index;
    index.update(trace);
    for (const TimelineScale scale : {TimelineScale::Order, TimelineScale::RealTime}) {
        const double end = scale == TimelineScale::Order ? index.slots() : static_cast<double>(index.last_ns()) + 1;
        for (const TimelineLane& lane : index.lanes()) {
            for (const double least : {0.0, end / 5000, end / 500, end * 2}) {
                std::size_t calls = 0;
                lane.look(
                    {-1, end + 1}, scale, least, [&](const TimelineBar&) { ++calls; },
                    [&](const TimelineSpan& span) { calls += span.calls; });
                // Open bars are delivered by themselves, and once more within the spans that are too narrow.
                EXPECT_GE(calls, lane.bars().size());
                EXPECT_LE(calls, lane.bars().size() + lane.open_bars().size());
            }
        }
    }
}

TEST(TimelineIndex, ARangeDeliversWhatTouchesIt) {
    const Trace trace = long_trace(10'000, 4);
    TimelineIndex index;
    index.update(trace);
    const TimelineRange range{1000, 1100};
    for (const TimelineLane& lane : index.lanes()) {
        std::size_t expected = 0, found = 0;
        for (const TimelineBar& bar : lane.bars()) expected += !bar.is_open() && bar.range(TimelineScale::Order).touches(range);
        lane.look(
            range, TimelineScale::Order, 0, [&](const TimelineBar& bar) { found += !bar.is_open(); },
            [](const TimelineSpan&) { FAIL(); });
        EXPECT_EQ(found, expected);
    }
}

TEST(TimelineIndex, AHeldCallBeginsWhenItIsLetGo) {
    TraceBuilder t;
    t.launch("/bin/a", 2);
    t.fork(0, 3);
    t.gate(0, CallId::getpid);
    t.does(1, CallId::getppid, {}, 2);
    TimelineIndex index;
    index.update(t.trace());
    EXPECT_EQ(index.lanes()[0].bars().size(), 1u) << "what stands at the gate has not happened";
    t.go(0);
    t.leave(0, 2);
    index.update(t.trace());
    ASSERT_EQ(index.lanes()[0].bars().size(), 2u);
    EXPECT_GT(index.lanes()[0].bars()[1].slot, index.lanes()[1].bars()[0].slot);
}

TEST(TimelineIndex, BirthsKnowTheCallThatMadeThem) {
    TraceBuilder t;
    t.launch("/bin/a", 2);
    t.fork(0, 3);
    TimelineIndex index;
    index.update(t.trace());
    ASSERT_EQ(index.lanes().size(), 2u);
    const TimelineBar* bar = index.bar_of(t.trace(), index.lanes()[1].made_by);
    ASSERT_TRUE(bar);
    EXPECT_EQ(t.trace()[bar->enter].call, static_cast<std::uint16_t>(CallId::fork));
}

TEST(TimelineIndex, TheCursorOfASlotShowsThatCallDone) {
    const Trace trace = long_trace(1000, 2);
    TimelineIndex index;
    index.update(trace);
    for (const std::uint32_t slot : {0u, 1u, 57u, 200u}) {
        const EventIndex at = index.cursor_at(trace, TimelineScale::Order, slot);
        EXPECT_EQ(index.moment(trace, at).slot, slot + 1);
    }
    EXPECT_EQ(index.cursor_at(trace, TimelineScale::Order, index.slots()), no_id);
    EXPECT_EQ(index.cursor_at(trace, TimelineScale::RealTime, 1e18), no_id);
}

TEST(TimelineIndex, DamagedEventsAreHarmless) {
    std::mt19937_64 random(3);
    Trace trace;
    for (int i = 0; i < 5000; ++i) {
        Event event;
        event.kind = static_cast<EventKind>(random() % 24);
        event.process = static_cast<ProcessId>(random() % 3 == 0 ? random() : random() % 4);
        event.thread = static_cast<ThreadId>(random() % 4);
        event.call = static_cast<std::uint16_t>(random());
        event.flags = static_cast<std::uint8_t>(random());
        event.stamp = random() % 1000000;
        for (std::int64_t& value : event.value) value = static_cast<std::int64_t>(random() % 5) - 2;
        trace.append(event, {});
    }
    TimelineIndex index;
    index.update(trace);
    EXPECT_EQ(index.size(), trace.size());
}

TimelineLook look_of(double now, double end) {
    TimelineLook look;
    look.x_begin = 100, look.x_end = 1100, look.slot_px = 100, look.lead_px = 10;
    look.now = now, look.end = end;
    return look;
}

TEST(TimelineAxis, GoesThereAndBack) {
    Timeline timeline;
    const TimelineAxis axis = settle(timeline, look_of(500, 1000));
    for (const double position : {480.0, 500.0, 505.5}) EXPECT_NEAR(axis.position_at(axis.x_of(position)), position, 1e-3);
}

TEST(TimelineAxis, FollowsThePresentMoment) {
    Timeline timeline;
    EXPECT_NEAR(settle(timeline, look_of(2, 4)).x_of(0), 110, 0.01) << "what fits begins at the left";
    const TimelineAxis axis = settle(timeline, look_of(500, 502));
    EXPECT_GT(axis.x_of(500), 100);
    EXPECT_LT(axis.x_of(500), 1000);
}

TEST(TimelineAxis, ZoomKeepsWhatIsUnderThePointer) {
    Timeline timeline;
    const TimelineLook look = look_of(500, 1000);
    const double before = settle(timeline, look).position_at(640);
    for (const double factor : {1.25, 1.25, 0.8, 0.5, 3.0}) {
        zoom_at(timeline, look, 640, factor);
        EXPECT_NEAR(settle(timeline, look).position_at(640), before, 1e-6 * 1000 + 0.02);
    }
}

TEST(TimelineAxis, StaysInBounds) {
    Timeline timeline;
    const TimelineLook look = look_of(10, 50);
    settle(timeline, look);
    pan_by(timeline, look, 1e7f);
    EXPECT_NEAR(settle(timeline, look).x_of(0), 110, 0.01);
    pan_by(timeline, look, -1e7f);
    EXPECT_LE(settle(timeline, look).left, 50);
    for (int i = 0; i < 100; ++i) zoom_at(timeline, look, 600, 0.5);
    EXPECT_GE(settle(timeline, look).x_of(50), 800);
}

TEST(TimelineAxis, TimesAreRound) {
    EXPECT_EQ(round_time_step(1e-3, 90), 100'000);
    EXPECT_EQ(round_time_step(1e-6, 90), 100'000'000);
    EXPECT_EQ(round_time_step(1.0, 30), 50);
    EXPECT_EQ(text_of_time(1'500'000, 500'000), "1.5 ms");
    EXPECT_EQ(text_of_time(20'000, 10'000), "20 µs");
    EXPECT_EQ(text_of_time(0, 1e6), "0 ms");
}

}  // namespace
}  // namespace ipcscope
