#include "app/views/timeline_layout.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ipcscope {

namespace {

constexpr double widest = 64;         // times the width at zoom 1
// Of the view's width lies before the present moment, at most; in slots, calls at the gate need room after it.
constexpr double share_before_now = 0.72, time_before_now = 0.97;

double unit_at_rest(const Timeline& timeline, const TimelineLook& look) {
    if (timeline.scale == TimelineScale::Order) return look.slot_px;
    return static_cast<double>(look.x_end - look.x_begin) / std::max(look.end * 1.08, 1.0);
}

// Out to where everything is seen at once, and a little further.
double narrowest(const Timeline& timeline, const TimelineLook& look) {
    const double whole = static_cast<double>(look.x_end - look.x_begin) / std::max(look.end * 1.1, 1.0);
    return std::min(1.0, whole / unit_at_rest(timeline, look));
}

TimelineAxis axis_of(const Timeline& timeline, const TimelineLook& look) {
    return {timeline.left, unit_at_rest(timeline, look) * timeline.zoom, look.x_begin, look.x_end};
}

void keep_in_bounds(Timeline& timeline, const TimelineLook& look) {
    const double units = axis_of(timeline, look).units();
    const double before = static_cast<double>(look.lead_px) / axis_of(timeline, look).unit_px;
    timeline.left = std::clamp(timeline.left, -before, std::max(-before, look.end - units * 0.75));
}

}  // namespace

TimelineAxis settle(Timeline& timeline, const TimelineLook& look) {
    if (timeline.zoom == 0) timeline.zoom = 1;
    const double deepest = timeline.scale == TimelineScale::Order ? widest : std::max(widest, look.end / 100);
    timeline.zoom = std::clamp(timeline.zoom, narrowest(timeline, look), deepest);
    keep_in_bounds(timeline, look);
    if (timeline.is_following) {
        const TimelineAxis axis = axis_of(timeline, look);
        const double most = timeline.scale == TimelineScale::Order ? share_before_now : time_before_now;
        const bool is_in_view = look.now >= timeline.left && look.now <= timeline.left + axis.units() * most;
        if (!is_in_view) timeline.left = look.now - axis.units() * share_before_now;
    }
    keep_in_bounds(timeline, look);
    return axis_of(timeline, look);
}

void zoom_at(Timeline& timeline, const TimelineLook& look, float x, double factor) {
    const double there = axis_of(timeline, look).position_at(x);
    timeline.zoom *= factor;
    timeline.is_following = false;
    settle(timeline, look);
    timeline.left = there - static_cast<double>(x - look.x_begin) / axis_of(timeline, look).unit_px;
    keep_in_bounds(timeline, look);
}

void pan_by(Timeline& timeline, const TimelineLook& look, float dx) {
    timeline.left -= static_cast<double>(dx) / axis_of(timeline, look).unit_px;
    timeline.is_following = false;
    keep_in_bounds(timeline, look);
}

void choose_scale(Timeline& timeline, TimelineScale scale) {
    if (timeline.scale == scale) return;
    timeline.scale = scale;
    timeline.zoom = 0;
    timeline.left = -1e30;
    timeline.is_following = true;
}

double round_time_step(double ns_px, float least_px) {
    const double least = std::max(1.0, static_cast<double>(least_px) / ns_px);
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= least) return power * factor;
    return power * 10;
}

std::string text_of_time(double ns, double step) {
    struct Unit {
        double ns;
        const char* name;
    };
    static constexpr Unit units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}};
    const Unit* unit =
        std::find_if(std::begin(units), std::end(units) - 1, [&](const Unit& u) { return std::max(ns, step) >= u.ns; });
    const int decimals = std::clamp(static_cast<int>(std::ceil(std::log10(unit->ns / step) - 1e-9)), 0, 6);
    char text[48];
    std::snprintf(text, sizeof text, "%.*f %s", decimals, ns / unit->ns, unit->name);
    return text;
}

}  // namespace ipcscope
