// What happened when, and who waited for whom? One lane a process; calls in their order, or in real time.
#include <algorithm>
#include <cmath>

#include "app/views/timeline_draw.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float pitch_min = 18, pitch_max = 92, row_pitch = 30;    // logical: of lanes, and of a thread's row in one
constexpr float head_room = 30, scrubber_height = 26, tick_height = 16;
constexpr float names_min = 56, names_max = 150;
constexpr double pending_slots = 2.4;                              // room after the present moment, for calls at the gate
constexpr double wheel_factor = 1.25;
constexpr float click_px = 4;                                      // logical: a drag shorter than this is a click

class TimelinePainter {
 public:
   TimelinePainter(const ViewContext& context, const Rect& area, const Rect& head)
       : context_(context),
         theme_(context.theme),
         timeline_(context.timeline),
         area_(area),
         head_(head),
         list_(ImGui::GetWindowDrawList()) {}

   void draw() {
       draw_scale_choice();
       if (timeline_.index.lanes().empty()) {
           draw_text_in(list_, theme_.fonts.text, area_, Align::Center, theme_.ink(Ink::TextDim), "Nothing has happened yet.");
           return;
       }
       place();
       steer();
       axis_ = settle(timeline_, look_);
       TimelineFrame frame{context_, timeline_, axis_, list_, lanes_, pitch_, top_, look_.now, no_id};
       if (is_pointed_at_) frame.hot = bar_at(frame, ImGui::GetIO().MousePos);
       draw_lanes(frame);
       draw_names(frame);
       draw_scrubber();
       draw_now(frame);
       click(frame);
    }

 private:
    float px(float logical) const { return theme_.px(logical); }

    void draw_scale_choice() {
        struct Choice {
            const char* label;
            TimelineScale scale;
        };
        float right = head_.max.x;
        for (const Choice& choice : {Choice{"real time", TimelineScale::RealTime}, Choice{"order", TimelineScale::Order}}) {
            const bool is_chosen = timeline_.scale == choice.scale;
            const float width = text_width(theme_.fonts.small, choice.label) + px(20);
            const Rect place{{right - width, head_.center().y - px(11)}, {right, head_.center().y + px(11)}};
            if (place.min.x < head_.min.x + head_.width() / 3) return;
            const Press press = pressable(choice.label, place);
            draw_card(list_, place, is_chosen ? theme_.ink(Ink::CardHot) : press.is_hot ? theme_.ink(Ink::Card) : 0, 0, px(5));
            draw_text_in(list_, theme_.fonts.small, place, Align::Center, theme_.ink(is_chosen ? Ink::Text : Ink::TextDim),
                         choice.label);
            if (press.is_pressed) choose_scale(timeline_, choice.scale);
            right -= width + px(4);
        }
    }

    void place() {
        const std::vector<TimelineLane>& lanes = timeline_.index.lanes();
        float names = px(names_min);
        for (const Process& process : context_.model.processes())
            for (const ThreadId thread : process.threads) names = std::max(names, text_width(theme_.fonts.mono, context_.model.name_of(thread)) + px(24));
        names = std::min({names, px(names_max), area_.width() * 0.3f});
        const bool has_ticks = timeline_.scale == TimelineScale::RealTime;
        const float bottom = area_.max.y - px(scrubber_height) - (has_ticks ? px(tick_height) : 0);
        lanes_ = {{area_.min.x + names, std::min(area_.min.y + px(head_room), bottom - px(pitch_min))}, {area_.max.x, bottom}};
        const auto count = static_cast<float>(lanes.size());
        std::size_t rows = 1;
        for (const Process& process : context_.model.processes()) rows = std::max(rows, process.threads.size());
        pitch_ = std::clamp(lanes_.height() / count, px(pitch_min), std::max(px(pitch_max), px(row_pitch) * static_cast<float>(rows)));
        timeline_.first_lane = std::clamp(timeline_.first_lane, 0.0f, std::max(0.0f, count - lanes_.height() / pitch_));
        const float spare = std::max(0.0f, lanes_.height() - pitch_ * count);
        top_ = lanes_.min.y + std::min(spare * 0.35f, px(20)) + pitch_ * (0.5f - timeline_.first_lane);

        const TimelineMoment now = timeline_.index.moment(context_.trace, context_.cursor);
        const bool has_slots = timeline_.scale == TimelineScale::Order;
        look_.x_begin = lanes_.min.x;
        look_.x_end = lanes_.max.x;
        look_.lead_px = px(14);
        const double expected = context_.player ? context_.player->total_moves() + pending_slots : 1e9;
        const float needed = (text_width(theme_.fonts.mono, "setsockopt") + px(16)) / 0.9f;
        look_.slot_px = std::clamp(static_cast<float>((lanes_.width() - look_.lead_px) / expected), needed, needed * 1.6f);
        look_.now = now.position(timeline_.scale);
        look_.end =
            has_slots ? timeline_.index.slots() + pending_slots : std::max(1.0, static_cast<double>(timeline_.index.last_ns()));
        if (timeline_.last_cursor != context_.cursor) timeline_.is_following = true;
        timeline_.last_cursor = context_.cursor;
    }

    void steer() {
        axis_ = settle(timeline_, look_);
        ImGui::SetCursorScreenPos(lanes_.min);
        ImGui::InvisibleButton("lanes", lanes_.size());
        const ImGuiIO& io = ImGui::GetIO();
        is_pointed_at_ = ImGui::IsItemHovered();
        if (is_pointed_at_ && io.MouseWheel != 0) {
            if (io.KeyShift) timeline_.first_lane -= io.MouseWheel;
            else zoom_at(timeline_, look_, io.MousePos.x, std::pow(wheel_factor, static_cast<double>(io.MouseWheel)));
        }
        is_held_ = ImGui::IsItemActive();
        const bool is_dragged = is_held_ && ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(click_px));
        if (is_dragged) {
            pan_by(timeline_, look_, io.MouseDelta.x);
            timeline_.first_lane -= io.MouseDelta.y / pitch_;
        }
        const ImVec2 way(io.MousePos.x - io.MouseClickedPos[0].x, io.MousePos.y - io.MouseClickedPos[0].y);
        is_clicked_ = ImGui::IsItemDeactivated() && is_pointed_at_ && std::hypot(way.x, way.y) < px(click_px);
    }

    void draw_lanes(const TimelineFrame& frame) {
        if (timeline_.scale == TimelineScale::RealTime) draw_ticks();
        list_->PushClipRect({lanes_.min.x - px(6), lanes_.min.y}, {lanes_.max.x + px(6), lanes_.max.y}, true);
        draw_arrows(frame);   // behind the bars, whose names they would strike through
        const auto count = static_cast<ProcessId>(timeline_.index.lanes().size());
        for (ProcessId process = 0; process < count; ++process)
            if (frame.is_shown(process)) draw_lane(frame, process);
        draw_pending(frame);
        list_->PopClipRect();
    }

    void draw_names(const TimelineFrame& frame) {
        list_->PushClipRect({area_.min.x - px(6), lanes_.min.y}, {lanes_.min.x, lanes_.max.y}, true);
        for (const Process& process : context_.model.processes()) {
            if (process.id >= timeline_.index.lanes().size() || !frame.is_shown(process.id)) continue;
            for (std::size_t i = 0; frame.rows_of(process.id) > 1 && i < process.threads.size(); ++i)
                draw_text_in(list_, theme_.fonts.mono, Rect::at({area_.min.x, frame.y_of(process.id, process.threads[i]) - px(12)}, {lanes_.min.x - px(12) - area_.min.x, px(24)}),
                             Align::Left, frame.tint(process.id), context_.model.name_of(process.threads[i]));
            if (frame.rows_of(process.id) > 1) continue;
            const float y = frame.y_of(process.id);
            const Rect place{{area_.min.x, y - px(12)}, {lanes_.min.x - px(12), y + px(12)}};
            const bool is_selected = context_.selection.process == process.id;
            if (is_selected)
                frame.list->AddRectFilled({place.min.x - px(8), place.min.y}, {place.min.x - px(5), place.max.y},
                                          theme_.ink(Ink::Accent), px(1));
            const ImU32 ink = frame.tint(process.id, process.state == ProcessState::Alive ? 1.0f : 0.6f);
            draw_text_in(list_, theme_.fonts.mono, place, Align::Left, ink, process.name);
        }
        list_->PopClipRect();
        const auto lanes = static_cast<float>(timeline_.index.lanes().size());
        const float below = std::ceil(lanes - timeline_.first_lane - lanes_.height() / pitch_ - 0.3f);
        if (below >= 1)
            draw_text(list_, theme_.fonts.small, {area_.min.x, lanes_.max.y + px(2)}, theme_.ink(Ink::TextDim),
                      joined({"+", std::to_string(static_cast<int>(below)), " below"}));
    }

    // The same axis as the lanes': a dot for each step, thick up to the present moment.
    void draw_scrubber() {
        const float y = area_.max.y - px(scrubber_height) * 0.45f;
        const float now = std::clamp(axis_.x_of(look_.now), lanes_.min.x, lanes_.max.x);
        list_->AddRectFilled({lanes_.min.x, y - px(1.5f)}, {lanes_.max.x, y + px(1.5f)}, theme_.ink(Ink::PanelEdge), px(1.5f));
        list_->AddRectFilled({lanes_.min.x, y - px(1.5f)}, {now, y + px(1.5f)}, theme_.ink(Ink::Accent), px(1.5f));
        const std::vector<TimelineMoment>& steps = timeline_.index.steps();
        const TimelineRange range = axis_.range();
        const auto position = [&](const TimelineMoment& step) { return step.position(timeline_.scale); };
        const auto first = std::partition_point(steps.begin(), steps.end(),
                                                [&](const TimelineMoment& s) { return position(s) < range.begin; });
        float last_x = -1e9f;
        for (auto step = first; step != steps.end() && position(*step) <= range.end; ++step) {
            const float x = axis_.x_of(position(*step));
            if (x - last_x < px(7)) continue;
            last_x = x;
            const bool is_past = step->at < context_.cursor;
            list_->AddCircleFilled({x, y}, px(3), is_past ? theme_.on(theme_.ink(Ink::Accent)) : theme_.ink(Ink::TextDim));
            if (is_past) list_->AddCircle({x, y}, px(3), theme_.ink(Ink::Accent), 0, px(1.2f));
        }
        ImGui::SetCursorScreenPos({lanes_.min.x, y - px(10)});
        ImGui::InvisibleButton("scrubber", {lanes_.width(), px(20)});
        if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
        if (ImGui::IsItemActive())
            look_at(std::round(axis_.position_at(ImGui::GetIO().MousePos.x)) - 1, axis_.position_at(ImGui::GetIO().MousePos.x));
    }

    void draw_ticks() {
        const double step = round_time_step(axis_.unit_px, px(90));
        const TimelineRange range = axis_.range();
        for (double tick = std::max(0.0, std::ceil(range.begin / step) * step); tick <= range.end; tick += step) {
            const float x = axis_.x_of(tick);
            list_->AddLine({x, lanes_.min.y}, {x, lanes_.max.y}, theme_.ink(Ink::PanelEdge, 0.5f));
            const std::string text = text_of_time(tick, step);
            if (x + text_width(theme_.fonts.small, text) + px(4) < lanes_.max.x)
                draw_text(list_, theme_.fonts.small, {x + px(4), lanes_.max.y}, theme_.ink(Ink::TextDim), text);
        }
    }

    void draw_now(const TimelineFrame& frame) {
        const float x = std::round(axis_.x_of(frame.now));
        if (x < lanes_.min.x - 1 || x > lanes_.max.x + 1) return;
        const float knob = area_.max.y - px(scrubber_height) * 0.45f;
        const std::string_view text = context_.is_now ? "now" : "here";
        const float width = text_width(theme_.fonts.bold, text) + 2 * px(14), height = px(22);
        const float left = std::clamp(x - width / 2, area_.min.x, std::max(area_.min.x, area_.max.x - width));
        const float y = area_.min.y;
        list_->AddRectFilled({x - px(1), y + height / 2}, {x + px(1), knob}, theme_.ink(Ink::Accent));
        const Rect pill{{left, y}, {left + width, y + height}};
        list_->AddRectFilled(pill.min, pill.max, theme_.ink(Ink::Accent), height / 2);
        draw_text_in(list_, theme_.fonts.bold, pill, Align::Center, theme_.on(theme_.ink(Ink::Accent)), text);
        list_->AddCircleFilled({x, knob}, px(7), theme_.ink(Ink::Accent));
        list_->AddCircleFilled({x, knob}, px(2.5f), theme_.on(theme_.ink(Ink::Accent)));
    }

    void look_at(double slot, double position) {
        const bool has_slots = timeline_.scale == TimelineScale::Order;
        const EventIndex at = timeline_.index.cursor_at(context_.trace, timeline_.scale, has_slots ? slot : position);
        if (at != (context_.is_now ? no_id : context_.cursor)) context_.intents.push_back(WantCursor{at});
    }

    void click(const TimelineFrame& frame) {
        if (frame.hot != no_id && !is_held_) {
            if (const CallLog::Entry* entry = context_.log.entry_of(frame.hot)) draw_tool_tip(theme_, entry->call.line());
        }
        if (!is_clicked_) return;
        const double position = axis_.position_at(ImGui::GetIO().MousePos.x);
        look_at(std::floor(position), position);
        if (frame.hot == no_id) return;
        Selection selection;
        selection.process = context_.trace[frame.hot].process;
        selection.call = frame.hot;
        context_.selection = selection;
    }

    const ViewContext& context_;
    const Theme& theme_;
    Timeline& timeline_;
    Rect area_, head_;
    ImDrawList* list_;
    Rect lanes_{};
    TimelineLook look_;
    TimelineAxis axis_;
    float pitch_ = 0, top_ = 0;
    bool is_pointed_at_ = false, is_held_ = false, is_clicked_ = false;
};

}  // namespace

void draw_timeline(const ViewContext& context, ImVec2 position, ImVec2 size) {
    context.timeline.index.update(context.trace);
    Panel::Options options;
    options.title = "Timeline";
    options.note = "scroll = zoom · drag = pan · click = go there";
    options.can_scroll = false;
    const Panel panel(context.theme, "timeline", position, size, options);
    // The choice stands in the panel's head, outside of what scrolls.
    ImGui::PushClipRect({panel.head().min.x, position.y}, {position.x + size.x, position.y + size.y}, false);
    TimelinePainter(context, panel.area(), panel.head()).draw();
    ImGui::PopClipRect();
}

}  // namespace ipcscope
