// The timeline's index: bars by lane, with levels of detail, so that a million events can be drawn and searched within a
// frame. Fed from the trace as it grows; fed at once or bit by bit it is the same.
//
// Two axes: the order of calls (each call let go takes the next slot, of width 1) and real time (nanoseconds of the run).
//
// Levels of detail: of each lane's bars, sixteen make a span, sixteen spans a span of the next level, and so on:
//
//      bars     ||||||||||||||||  ||||||||||||||||  …
//      level 0  [              ]  [              ]  …      extents on both axes; how many calls, asleep, failed
//      level 1  [                                     ]
//
// Looking at a range goes down from the top and stops at spans that are too narrow to be told apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/trace/trace.h"

namespace ipcscope {

enum class TimelineScale : std::uint8_t { Order, RealTime };

struct TimelineRange {
    double begin = 0, end = 0;     // slots, or nanoseconds
    bool touches(const TimelineRange& other) const { return begin < other.end && other.begin < end; }
};

struct TimelineBar {
    EventIndex enter = no_id;
    EventIndex begin = no_id;      // when it was let go: Granted if it was held, else the Enter
    EventIndex asleep = no_id;     // the first Asleep inside it
    EventIndex end = no_id;        // Exit, Abandoned, Image, or the process's end; no_id: not yet
    std::uint32_t slot = 0, slot_end = 0;
    std::uint64_t ns = 0, ns_end = 0;
    std::uint16_t call = 0;
    std::uint8_t flags = 0;        // Flag, of the Enter
    bool has_failed = false;

    bool is_open() const { return end == no_id; }
    TimelineRange range(TimelineScale scale) const;
    bool operator==(const TimelineBar&) const = default;
};

struct TimelineSpan {
    std::uint32_t slot = 0, slot_end = 0;
    std::uint64_t ns = 0, ns_end = 0;
    std::uint32_t calls = 0, asleep = 0, failed = 0, injected = 0;

    TimelineRange range(TimelineScale scale) const;
    void add(const TimelineSpan& other);
    bool operator==(const TimelineSpan&) const = default;
};

struct TimelineMoment {
    EventIndex at = no_id;
    std::uint32_t slot = 0;
    std::uint64_t ns = 0;

    double position(TimelineScale scale) const {
        return scale == TimelineScale::Order ? static_cast<double>(slot) : static_cast<double>(ns);
    }
    bool operator==(const TimelineMoment&) const = default;
};

// One process.
class TimelineLane {
 public:
    static constexpr std::size_t fan_out = 16;

    const std::vector<TimelineBar>& bars() const { return bars_; }
    const std::vector<std::vector<TimelineSpan>>& levels() const { return levels_; }
    const std::vector<std::uint32_t>& open_bars() const { return open_; }
    TimelineMoment born, ended;
    std::int64_t wait_status = -1;
    ProcessId parent = no_id;
    EventIndex made_by = no_id;    // the Enter of the parent's call that made it, if that was seen

    // Calls `on_bar(const TimelineBar&)` for what can be told apart, and `on_span(const TimelineSpan&)` for what is narrower
    // than `least` in all, in `range`. Bars that have not ended come first.
    template <class OnBar, class OnSpan>
    void look(TimelineRange range, TimelineScale scale, double least, OnBar on_bar, OnSpan on_span) const {
        for (const std::uint32_t bar : open_)
            if (bars_[bar].range(scale).begin < range.end) on_bar(bars_[bar]);
        if (!levels_.empty()) look_at(levels_.size() - 1, 0, levels_.back().size(), range, scale, least, on_bar, on_span);
    }

    bool operator==(const TimelineLane&) const = default;

 private:
    friend class TimelineIndex;
    std::uint32_t add(const TimelineBar& bar);
    void amend(std::uint32_t bar, const TimelineSpan& more);   // what has become of it since it was added
    void close(std::uint32_t bar);

    template <class OnBar, class OnSpan>
    void look_at(std::size_t level, std::size_t first, std::size_t last, TimelineRange range, TimelineScale scale, double least,
                 OnBar& on_bar, OnSpan& on_span) const {
        for (std::size_t i = first; i < last; ++i) {
            const TimelineSpan& span = levels_[level][i];
            const TimelineRange extent = span.range(scale);
            if (!extent.touches(range)) continue;
            if (extent.end - extent.begin < least) {
                on_span(span);
                continue;
            }
            const std::size_t begin = i * fan_out;
            if (level > 0) {
                look_at(level - 1, begin, std::min(begin + fan_out, levels_[level - 1].size()), range, scale, least, on_bar,
                        on_span);
                continue;
            }
            for (std::size_t bar = begin; bar < std::min(begin + fan_out, bars_.size()); ++bar)
                if (!bars_[bar].is_open() && bars_[bar].range(scale).touches(range)) on_bar(bars_[bar]);
        }
    }

    std::vector<TimelineBar> bars_;
    std::vector<std::vector<TimelineSpan>> levels_;   // the last has at most fan_out spans
    std::vector<std::uint32_t> open_;
};

class TimelineIndex {
 public:
    // Takes in what `trace` has more than last time. It must be the same trace always.
    void update(const Trace& trace);

    const std::vector<TimelineLane>& lanes() const { return lanes_; }      // by ProcessId
    const std::vector<TimelineMoment>& steps() const { return steps_; }    // the Quiet events
    std::uint32_t slots() const { return static_cast<std::uint32_t>(slot_events_.size()); }
    std::uint64_t last_ns() const { return last_ns_; }
    EventIndex size() const { return size_; }                              // events taken in

    // How many slots began before this event; its own time.
    TimelineMoment moment(const Trace& trace, EventIndex at) const;
    // The first event that is not yet to be folded when looking at this position; no_id: all of them.
    EventIndex cursor_at(const Trace& trace, TimelineScale scale, double position) const;
    // The bar of this Enter, or null.
    const TimelineBar* bar_of(const Trace& trace, EventIndex enter) const;

    bool operator==(const TimelineIndex&) const = default;

 private:
    void take(const Trace& trace, EventIndex index);
    TimelineLane& lane(ProcessId process);
    void begin_bar(const Event& enter, EventIndex enter_at, EventIndex begin_at, const Event& begin);
    void end_bar(ProcessId process, std::uint32_t bar, const Event& event, EventIndex at);
    void end_calls(const Event& event, EventIndex at);
    void note_sleep(const Trace& trace, const Event& event, EventIndex at);
    void note_birth(const Trace& trace, const Event& event, EventIndex at);
    TimelineMoment moment_now(const Event& event, EventIndex at) const { return {at, slots(), event.stamp}; }

    std::vector<TimelineLane> lanes_;
    std::vector<TimelineMoment> steps_;
    std::vector<EventIndex> slot_events_;              // by slot: the event that let the call go
    std::vector<std::uint32_t> bar_by_enter_;          // by event: its place among its lane's bars
    std::uint64_t last_ns_ = 0;
    EventIndex size_ = 0;
};

}  // namespace ipcscope
