#include <algorithm>

#include "app/views/timeline_draw.h"

namespace ipcscope {

namespace {

constexpr float least_unit_px = 14;          // logical: below it arrows would be a thicket
constexpr std::size_t looked_back = 2048;    // messages: one that was sent longer ago arrives without an arrow

// Out of a bar's lower or upper edge, down or up to another lane.
void draw_arrow(const TimelineFrame& frame, ImVec2 from, ImVec2 to, bool arrives_level, ImU32 color) {
    const float head = frame.px(8), reach = (to.y - from.y) * 0.55f;
    Curve curve{from, {from.x, from.y + reach}, {to.x, to.y - reach}, to};
    if (arrives_level)
        curve = {from, {from.x, from.y + reach * 1.4f}, {to.x - std::max(frame.px(14), (to.x - from.x) * 0.6f), to.y}, to};
    draw_curve(frame.list, curve, color, frame.px(1.6f));
    draw_arrow_head(frame.list, to, curve.direction(0.98f), head, color);
}

void draw_births(const TimelineFrame& frame) {
    const std::vector<TimelineLane>& lanes = frame.index().lanes();
    for (ProcessId process = 0; process < lanes.size(); ++process) {
        const TimelineLane& lane = lanes[process];
        const TimelineBar* made_by = lane.made_by == no_id ? nullptr : frame.index().bar_of(frame.context.trace, lane.made_by);
        if (!made_by || lane.born.at >= frame.context.cursor || (!frame.is_shown(process) && !frame.is_shown(lane.parent)))
            continue;
        const float x = frame.axis.x_of(lane.born.position(frame.timeline.scale));
        const Rect bar = frame.place_of(lane.parent, *made_by);
        if (x < frame.lanes.min.x - frame.px(40) || bar.min.x > frame.lanes.max.x) continue;
        const bool goes_down = process > lane.parent;
        const ImVec2 from(std::min(bar.center().x, x - frame.px(12)), goes_down ? bar.max.y : bar.min.y);
        draw_arrow(frame, from, {x + frame.px(3), frame.y_of_main(process)}, true, frame.tint(process));
    }
}

// Messages are in the order in which they were given; so are their bars.
std::size_t first_message_from(const TimelineFrame& frame, double position) {
    const std::vector<Message>& messages = frame.context.model.messages();
    const auto begins_before = [&](const Message& message) {
        const TimelineBar* bar = frame.index().bar_of(frame.context.trace, message.sent);
        return bar && bar->range(frame.timeline.scale).begin < position;
    };
    const auto first = std::partition_point(messages.begin(), messages.end(), begins_before) - messages.begin();
    return static_cast<std::size_t>(first);
}

void draw_messages(const TimelineFrame& frame) {
    const std::vector<Message>& messages = frame.context.model.messages();
    const std::size_t last = first_message_from(frame, frame.axis.range().end);
    const std::size_t first = first_message_from(frame, frame.axis.range().begin);
    for (std::size_t i = first - std::min(first, looked_back); i < last; ++i) {
        const Message& message = messages[i];
        const TimelineBar* sent = frame.index().bar_of(frame.context.trace, message.sent);
        if (!sent) continue;
        for (const Message::Taking& taking : message.takings) {
            if (taking.received >= frame.context.trace.size() || taking.by == message.from) continue;
            const TimelineBar* received = frame.index().bar_of(frame.context.trace, frame.context.trace[taking.received].pair);
            if (!received || (!frame.is_shown(message.from) && !frame.is_shown(taking.by))) continue;
            const Rect from = frame.place_of(message.from, *sent), to = frame.place_of(taking.by, *received);
            if (std::max(from.max.x, to.max.x) < frame.lanes.min.x || std::min(from.min.x, to.min.x) > frame.lanes.max.x)
                continue;
            const bool goes_down = taking.by > message.from;
            const bool is_selected = frame.context.selection.message == message.id;
            const ImVec2 start(from.max.x - std::min(frame.px(14), from.width() / 2), goes_down ? from.max.y : from.min.y);
            const ImVec2 end(to.max.x - std::min(frame.px(14), to.width() / 2), goes_down ? to.min.y : to.max.y);
            draw_arrow(frame, start, end, false, is_selected ? frame.theme().ink(Ink::Accent) : frame.tint(message.from));
        }
    }
}

}  // namespace

void draw_arrows(const TimelineFrame& frame) {
    draw_births(frame);
    const double share = frame.axis.units() / std::max<double>(1, static_cast<double>(frame.index().last_ns()));
    const double calls_in_view =
        frame.timeline.scale == TimelineScale::Order ? frame.axis.units() : share * frame.index().slots();
    if (calls_in_view * frame.px(least_unit_px) <= frame.lanes.width()) draw_messages(frame);
}

}  // namespace ipcscope
