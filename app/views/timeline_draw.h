// What the parts of the timeline share while one frame is drawn.
#pragma once

#include <utility>

#include "app/views/timeline_layout.h"
#include "app/views/view.h"

namespace ipcscope {

struct TimelineFrame {
    const ViewContext& context;
    const Timeline& timeline;
    const TimelineAxis& axis;
    ImDrawList* list;
    Rect lanes;                      // on the screen: where bars are, names at the left of it not included
    float pitch = 0, top = 0;        // of the lanes; y of the first one's middle
    double now = 0;
    EventIndex hot = no_id;          // the Enter of the bar under the pointer

    const Theme& theme() const { return context.theme; }
    const TimelineIndex& index() const { return timeline.index; }
    float px(float logical) const { return context.theme.px(logical); }
    float y_of(ProcessId process) const { return top + pitch * static_cast<float>(process); }
    // A process with several threads has a row for each.
    std::size_t rows_of(ProcessId process) const;
    float y_of(ProcessId process, ThreadId thread) const;
    float y_of_main(ProcessId process) const;
    float bar_height(ProcessId process) const;
    // Where a bar stands; one that has not ended reaches to the present moment.
    std::pair<float, float> extent_of(const TimelineBar& bar) const;    // where it begins and ends, in pixels
    Rect place_of(ProcessId process, const TimelineBar& bar) const;
    bool is_shown(ProcessId process) const;
    ImU32 tint(ProcessId process, float alpha = 1.0f) const;
};

void draw_lane(const TimelineFrame& frame, ProcessId process);
void draw_pending(const TimelineFrame& frame);       // calls that stand at the gate, after the present moment
void draw_arrows(const TimelineFrame& frame);        // births and messages
// The Enter of the bar at this place, or no_id.
EventIndex bar_at(const TimelineFrame& frame, ImVec2 place);

}  // namespace ipcscope
