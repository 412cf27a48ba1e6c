#include <algorithm>
#include <cmath>
#include <optional>

#include "app/views/stage_scene.h"
#include "app/views/timeline_draw.h"
#include "app/views/words.h"
#include "core/model/explain.h"

namespace ipcscope {

namespace {

constexpr float told_apart_px = 2;      // bars narrower than this become blocks
constexpr float text_room_px = 22;      // logical: in less, no text is begun
constexpr float future_alpha = 0.32f;
constexpr float share_of_rows = 0.92f;  // of a lane's height, that the rows of several threads take
constexpr double gap_slots = 0.05;      // between neighbours

ImU32 faded(ImU32 color, float alpha) {
    const auto old = static_cast<float>(color >> IM_COL32_A_SHIFT);
    return (color & ~IM_COL32_A_MASK) | (static_cast<ImU32>(old * alpha + 0.5f) << IM_COL32_A_SHIFT);
}

class LanePainter {
 public:
   LanePainter(const TimelineFrame& frame, ProcessId process)
       : frame_(frame),
         theme_(frame.theme()),
         process_(process),
         lane_(frame.index().lanes()[process]),
         y_(frame.y_of(process)) {}

   void draw() {
       draw_line();
       const double least = told_apart_px / frame_.axis.unit_px;
       lane_.look(
           frame_.axis.range(), frame_.timeline.scale, least, [&](const TimelineBar& bar) { draw_bar(bar); },
           [&](const TimelineSpan& span) { add_to_block(span); });
       draw_block();
       draw_end();
    }

 private:
    float px(float logical) const { return frame_.px(logical); }

    void draw_line() const {
        if (lane_.born.at == no_id) return;
        const float born = frame_.axis.x_of(lane_.born.position(frame_.timeline.scale));
        const float begin = std::max(frame_.lanes.min.x, born);
        float end = frame_.lanes.max.x;
        if (lane_.ended.at != no_id) end = std::min(end, frame_.axis.x_of(lane_.ended.position(frame_.timeline.scale)));
        for (std::size_t row = 0; row < frame_.rows_of(process_) && end > begin; ++row) {
            const float y = row == 0 ? frame_.y_of_main(process_) : frame_.y_of(process_, frame_.context.model.process(process_)->threads[row]);
            frame_.list->AddLine({begin, y}, {end, y}, theme_.ink(Ink::PanelEdge), px(1.5f));
        }
        if (lane_.made_by == no_id && born >= frame_.lanes.min.x && born < frame_.lanes.max.x)
            draw_mark(frame_.list, Mark::Ring, {born - px(4), frame_.y_of_main(process_)}, px(8), frame_.tint(process_));
    }

    // Killed: a cross. Ended by itself: a short upright line.
    void draw_end() const {
        if (lane_.ended.at == no_id) return;
        const float x = frame_.axis.x_of(lane_.ended.position(frame_.timeline.scale));
        if (x < frame_.lanes.min.x - px(12) || x > frame_.lanes.max.x) return;
        const bool is_killed = lane_.wait_status >= 0 && (lane_.wait_status & 0x7f) != 0;
        const float alpha = lane_.ended.at < frame_.context.cursor ? 1 : future_alpha;
        const ImVec2 center(x + px(9), y_);
        if (is_killed) {
            frame_.list->AddCircleFilled(center, px(9), theme_.ink(Ink::Panel));
            draw_mark(frame_.list, Mark::Cross, center, px(13), theme_.ink(Ink::Error, alpha));
        } else {
            frame_.list->AddRectFilled({center.x - px(1.5f), y_ - px(8)}, {center.x + px(1.5f), y_ + px(8)},
                                       faded(frame_.tint(process_), alpha), px(1.5f));
        }
    }

    void draw_bar(const TimelineBar& bar) {
        if (bar.is_open() && bar.begin >= frame_.context.cursor) return;
        const auto [begin, end] = frame_.extent_of(bar);
        if (end < frame_.lanes.min.x || begin > frame_.lanes.max.x) return;
        // Of a bar like this there may be tens of thousands: its event is not looked up.
        if (end - begin < told_apart_px) return add_to_block(begin, end, 1, bar.asleep != no_id, bar.has_failed);
        const Rect place = frame_.place_of(process_, bar);
        const float alpha = bar.begin < frame_.context.cursor ? 1 : future_alpha;
        const float rounding = std::min(px(5), place.width() / 3);
        if (bar.asleep != no_id && bar.asleep < frame_.context.cursor) draw_asleep(bar, place, rounding, alpha);
        else draw_call(bar, place, rounding, alpha);
        const Selection& selection = frame_.context.selection;
        if (selection.call == bar.enter || frame_.hot == bar.enter) {
            const Rect ring = place.inset(-px(2.5f), -px(2.5f));
            frame_.list->AddRect(ring.min, ring.max, theme_.ink(selection.call == bar.enter ? Ink::Accent : Ink::TextDim),
                                 rounding + px(2), 0, px(2));
        }
    }

    void draw_call(const TimelineBar& bar, const Rect& place, float rounding, float alpha) const {
        const bool is_injected = (bar.flags & Flag::Injected) != 0, is_inside = (bar.flags & Flag::Inside) != 0;
        const ImU32 own = is_injected ? theme_.ink(Ink::Injected) : frame_.tint(process_);
        // What a library did inside is drawn hollow: the program's own calls are the solid ones.
        if (is_inside) draw_card(frame_.list, place, theme_.ink(Ink::Panel), faded(own, alpha), rounding, px(1.5f));
        else
            draw_card(frame_.list, place, theme_.ink(Ink::Panel), 0, rounding),
                frame_.list->AddRectFilled(place.min, place.max, faded(own, alpha), rounding);
        float right = place.max.x - px(7);
        if (bar.has_failed && place.width() > px(16)) {
            const float mark = px(9);
            frame_.list->AddCircleFilled({right - mark / 2, place.center().y}, mark * 0.85f, theme_.ink(Ink::Panel));
            draw_mark(frame_.list, Mark::Cross, {right - mark / 2, place.center().y}, mark, theme_.ink(Ink::Error));
            right -= mark + px(6);
        }
        const bool is_faint = alpha < 1 || is_inside;
        draw_label(place, right, is_faint ? theme_.ink(alpha < 1 ? Ink::TextDim : Ink::Text) : theme_.on(own),
                   brief_call_text(frame_.context.trace[bar.enter]));
    }

    void draw_asleep(const TimelineBar& bar, const Rect& place, float rounding, float alpha) const {
        const bool is_wide = place.width() > px(10);
        frame_.list->AddRectFilled(place.min, place.max, theme_.ink(Ink::Panel), rounding);
        frame_.list->AddRectFilled(place.min, place.max, theme_.ink(Ink::Asleep, (theme_.is_dark ? 0.26f : 0.16f) * alpha),
                                   rounding);
        if (is_wide) draw_dashed_rect(frame_.list, place, theme_.ink(Ink::Asleep, alpha), rounding, px(1.5f), px(4.5f));
        const std::string call = brief_call_text(frame_.context.trace[bar.enter]), why = reason(bar);
        const std::string asleep = joined({call, " — asleep"});
        const float room = std::min(place.max.x, frame_.lanes.max.x) - std::max(place.min.x, frame_.lanes.min.x) - px(14);
        const auto fits = [&](const std::string& text) { return text_width(theme_.fonts.mono, text) <= room; };
        const std::string whole = why.empty() ? asleep : joined({asleep, ": ", why});
        draw_label(place, place.max.x - px(7), theme_.ink(Ink::Asleep), fits(whole) ? whole : fits(asleep) ? asleep : call);
    }

    // Known only for who sleeps at the moment that is looked at.
    std::string reason(const TimelineBar& bar) const {
        const Thread* thread = frame_.context.model.thread(frame_.context.trace[bar.enter].thread);
        if (!thread || thread->state != ThreadState::Asleep || thread->call() != bar.enter) return "";
        return short_reason_asleep(frame_.context.trace, frame_.context.model, thread->id);
    }

    // In the visible part of its bar.
    void draw_label(const Rect& place, float right, ImU32 ink, const std::string& text) const {
        const float x = std::max(place.min.x, frame_.lanes.min.x) + px(7);
        const float end = std::min(right, frame_.lanes.max.x - px(4));
        if (end - x < px(text_room_px)) return;
        const std::string_view name = text_width(theme_.fonts.mono, text) <= end - x ? std::string_view(text) : std::string_view(text).substr(0, text.find('('));
        draw_text_in(frame_.list, theme_.fonts.mono, {{x, place.min.y}, {end, place.max.y}}, Align::Left, ink, name);
    }

    // --- What is too narrow to be told apart: blocks, the denser the stronger.

    struct Block {
        float begin, end;
        double calls;
        bool has_asleep, has_failed;
    };

    void add_to_block(const TimelineSpan& span) {
        const TimelineRange range = span.range(frame_.timeline.scale);
        add_to_block(frame_.axis.x_of(range.begin), frame_.axis.x_of(range.end), span.calls, span.asleep > 0, span.failed > 0);
    }

    void add_to_block(float left, float right, double calls, bool has_asleep, bool has_failed) {
        const float begin = std::max(left, frame_.lanes.min.x), end = std::max(right, begin + 1);
        if (block_ && begin - block_->end < 1.5f && end - block_->begin < px(8)) {
            block_->end = std::max(block_->end, end);
            block_->calls += calls;
            block_->has_asleep |= has_asleep;
            block_->has_failed |= has_failed;
            return;
        }
        draw_block();
        block_ = Block{begin, end, calls, has_asleep, has_failed};
    }

    void draw_block() {
        if (!block_) return;
        const float half = frame_.bar_height(process_) * 0.5f;
        const double density = block_->calls / std::max(1.0f, block_->end - block_->begin);
        const float fade = block_->begin < frame_.axis.x_of(frame_.now) ? 1 : future_alpha;
        const float alpha = fade * static_cast<float>(std::clamp(0.35 + 0.65 * std::log2(1 + density) / 8, 0.35, 1.0));
        frame_.list->AddRectFilled({block_->begin, y_ - half}, {block_->end, y_ + half}, frame_.tint(process_, alpha));
        if (block_->has_asleep)
            frame_.list->AddRectFilled({block_->begin, y_ + half - px(4)}, {block_->end, y_ + half},
                                       theme_.ink(Ink::Asleep, fade));
        if (block_->has_failed)
            frame_.list->AddRectFilled({block_->begin, y_ - half}, {block_->end, y_ - half + px(3)},
                                       theme_.ink(Ink::Error, fade));
        block_.reset();
    }

    const TimelineFrame& frame_;
    const Theme& theme_;
    ProcessId process_;
    const TimelineLane& lane_;
    float y_;
    std::optional<Block> block_;
};

}  // namespace

std::size_t TimelineFrame::rows_of(ProcessId process) const {
    const Process* const known = context.model.process(process);
    return known ? std::max<std::size_t>(1, known->threads.size()) : 1;
}

float TimelineFrame::y_of(ProcessId process, ThreadId thread) const {
    const std::size_t rows = rows_of(process);
    if (rows == 1) return y_of(process);
    const std::vector<ThreadId>& threads = context.model.process(process)->threads;
    const auto row = std::min(static_cast<std::size_t>(std::ranges::find(threads, thread) - threads.begin()), rows - 1);
    return y_of(process) + pitch * share_of_rows * ((static_cast<float>(row) + 0.5f) / static_cast<float>(rows) - 0.5f);
}

float TimelineFrame::y_of_main(ProcessId process) const {
    return rows_of(process) == 1 ? y_of(process) : y_of(process, context.model.process(process)->threads.front());
}

float TimelineFrame::bar_height(ProcessId process) const {
    const std::size_t rows = rows_of(process);
    const float room = rows == 1 ? pitch : pitch * share_of_rows / static_cast<float>(rows);
    return std::min(px(25), room - std::clamp(room - px(18), px(2), px(5)));
}

std::pair<float, float> TimelineFrame::extent_of(const TimelineBar& bar) const {
    TimelineRange range = bar.range(timeline.scale);
    const bool is_going_on = bar.is_open() || (bar.end >= context.cursor && bar.begin < context.cursor);
    if (is_going_on) range.end = std::max(range.end, now);
    if (bar.is_open()) range.end = std::max(now, range.begin);
    const bool has_slots = timeline.scale == TimelineScale::Order;
    const double gap = has_slots ? gap_slots : 0;
    const float x = axis.x_of(range.begin + gap), end = axis.x_of(range.end - (is_going_on ? 0 : gap));
    return {std::max(x, lanes.min.x - px(20)), std::min(std::max(end, x + 1), lanes.max.x + px(20))};
}

Rect TimelineFrame::place_of(ProcessId process, const TimelineBar& bar) const {
    const auto [x, end] = extent_of(bar);
    const float y = y_of(process, context.trace[bar.enter].thread), half = bar_height(process) / 2;
    return {{x, std::round(y - half)}, {end, std::round(y + half)}};
}

bool TimelineFrame::is_shown(ProcessId process) const {
    const float y = y_of(process);
    return y + pitch / 2 > lanes.min.y && y - pitch / 2 < lanes.max.y;
}

ImU32 TimelineFrame::tint(ProcessId process, float alpha) const { return faded(context.theme.process(process), alpha); }

void draw_lane(const TimelineFrame& frame, ProcessId process) { LanePainter(frame, process).draw(); }

static void draw_pending(const TimelineFrame& frame, ProcessId process, ThreadId id) {
    const Thread* thread = frame.context.model.thread(id);
    if (!thread || thread->state != ThreadState::AtGate || thread->call() == no_id) return;
    const bool is_next = id == frame.context.next_thread;
    const std::string text = joined({brief_call_text(frame.context.trace[thread->call()]), is_next ? " next" : ""});
    const ImFont* font = frame.theme().fonts.mono;
    const float x = frame.axis.x_of(frame.now + 0.3), half = frame.bar_height(process) / 2, y = frame.y_of(process, id);
    const Rect place{{x, std::round(y - half)}, {x + text_width(font, text) + frame.px(18), std::round(y + half)}};
    if (place.min.x > frame.lanes.max.x) return;
    frame.list->AddRectFilled(place.min, place.max, frame.theme().ink(Ink::Panel), frame.px(5));
    frame.list->AddRectFilled(place.min, place.max, frame.tint(process, is_next ? 0.26f : 0.1f), frame.px(5));
    draw_dashed_rect(frame.list, place, frame.tint(process, is_next ? 1.0f : 0.6f), frame.px(5), frame.px(1.5f), frame.px(4.5f));
    draw_text_in(frame.list, font, place, Align::Center, frame.tint(process), text);
}

void draw_pending(const TimelineFrame& frame) {
    if (frame.timeline.scale != TimelineScale::Order || !frame.context.is_now) return;
    for (const Process& process : frame.context.model.processes()) {
        if (process.state != ProcessState::Alive || !frame.is_shown(process.id)) continue;
        for (const ThreadId thread : process.threads) draw_pending(frame, process.id, thread);
    }
}

EventIndex bar_at(const TimelineFrame& frame, ImVec2 place) {
    const std::vector<TimelineLane>& lanes = frame.index().lanes();
    const float lane = std::floor((place.y - frame.top) / frame.pitch + 0.5f);
    if (!frame.lanes.contains(place) || lane < 0 || lane >= static_cast<float>(lanes.size())) return no_id;
    const auto process = static_cast<ProcessId>(lane);
    const double position = frame.axis.position_at(place.x);
    EventIndex found = no_id;
    lanes[process].look({position, position + 1e-6}, frame.timeline.scale, told_apart_px / frame.axis.unit_px,
                        [&](const TimelineBar& bar) {
                            if (frame.place_of(process, bar).contains(place)) found = bar.enter;
                        },
                        [](const TimelineSpan&) {});
    return found;
}

}  // namespace ipcscope
