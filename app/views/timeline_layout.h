// Where a moment stands on the timeline, and which moments are in view: the axis, zooming, panning and following, all
// without drawing.
#pragma once

#include "app/views/timeline_index.h"
#include "app/views/widgets.h"
#include "core/model/packet_flows.h"

namespace ipcscope {

// The visible piece of the axis. Positions are slots or nanoseconds (TimelineScale), x is in pixels.
struct TimelineAxis {
    double left = 0;          // the position at x_begin
    double unit_px = 1;       // pixels a slot, or a nanosecond
    float x_begin = 0, x_end = 0;

    float x_of(double position) const { return x_begin + static_cast<float>((position - left) * unit_px); }
    double position_at(float x) const { return left + static_cast<double>(x - x_begin) / unit_px; }
    double units() const { return static_cast<double>(x_end - x_begin) / unit_px; }
    TimelineRange range() const { return {left, left + units()}; }
};

// What the timeline keeps between frames. Owned by whoever owns the trace; a new one with every new trace.
struct Timeline {
    TimelineIndex index;
    TimelineScale scale = TimelineScale::Order;
    double left = -1e30;           // as far as it goes
    double zoom = 0;  // 1 = a slot is as wide as its text needs, or the whole run fills the view. 0: not yet chosen
    bool is_following = true;      // the moment being looked at is kept in view
    EventIndex last_cursor = no_id;   // when it moves, it is followed again
    float first_lane = 0;          // how far the lanes are scrolled up, in lanes
    PacketFlows packets;           // of the trace …
    EventIndex packets_until = 0;  // … up to here
    std::size_t packets_shown = 0; // when the ladder was last drawn
};

struct TimelineLook {
    float x_begin = 0, x_end = 0;  // of the axis
    float slot_px = 0;             // a slot at zoom 1
    float lead_px = 0;             // left free before the first call
    double now = 0;                // the position of the cursor
    double end = 0;                // of everything, what is pending included
};

// Unit and bounds for this look; keeps `now` in view while it is being followed.
TimelineAxis settle(Timeline& timeline, const TimelineLook& look);
// What stands at `x` stays there.
void zoom_at(Timeline& timeline, const TimelineLook& look, float x, double factor);
void pan_by(Timeline& timeline, const TimelineLook& look, float dx);
void choose_scale(Timeline& timeline, TimelineScale scale);

// A duration of 1, 2 or 5 times a power of ten nanoseconds that takes at least `least_px`.
double round_time_step(double ns_px, float least_px);
std::string text_of_time(double ns, double step);   // "1.5 ms"

}  // namespace ipcscope
