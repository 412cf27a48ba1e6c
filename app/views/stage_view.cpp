// Who holds which end, and who sleeps on whom? Processes stand above the line, kernel objects below it.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/views/stage_draw.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

std::size_t expected_processes(const ViewContext& context) {
    if (!context.player) return 0;
    const Lesson& lesson = context.player->lesson();
    const bool expects_visitors = !lesson.has_own_network;
    return lesson.processes.size() + (expects_visitors ? 1 : 0);
}

// What the pointer does to one thing: hovering makes it hot, a click selects it.
class Pointer {
 public:
    Pointer(StageFrame& frame) : frame_(frame) {}

    // Small things come first: what is asked first gets the pointer.
    void ask() {
        for (std::size_t i = 0; i < frame_.scene.processes.size(); ++i) ask_process(i);
        for (std::size_t i = 0; i < frame_.scene.objects.size(); ++i) ask_object(i);
    }

 private:
    void ask_process(std::size_t position) {
        const SceneProcess& process = frame_.scene.processes[position];
        const CardPlace& place = frame_.layout.cards[position];
        if (process.is_visitor()) return;
        ImGui::PushID(static_cast<int>(process.id));
        for (std::size_t i = 0; i < place.rows.size(); ++i) {
            const SceneRow& row = process.rows[place.rows[i]];
            if (row.is_closed) continue;
            Selection selection;
            selection.process = process.id, selection.object = row.object, selection.descriptor = row.numbers.front();
            ask_for(std::to_string(i).c_str(), place.row_places[i], selection);
        }
        const Thread* thread = frame_.model().thread(process.thread);
        if (thread && process.threads.empty() && thread->state == ThreadState::AtGate && frame_.context.is_now && frame_.context.player) {
            const Press press = pressable("state", frame_.on_screen(place.state));
            if (press.is_hot) frame_.hot.process = process.id, frame_.hot.call = thread->call();
            if (press.is_pressed) frame_.context.intents.push_back(WantStepThread{process.thread});
        }
        for (std::size_t i = 0; i < place.threads.size(); ++i) {
            const Thread* const one = frame_.model().thread(process.threads[i]);
            if (one->state != ThreadState::AtGate || !frame_.context.is_now || !frame_.context.player) continue;
            const Press press = pressable(joined({"thread", std::to_string(i)}).c_str(), frame_.on_screen(place.threads[i]));
            if (press.is_hot) frame_.hot.process = process.id, frame_.hot.call = one->call();
            if (press.is_pressed) frame_.context.intents.push_back(WantStepThread{one->id});
        }
        Selection selection;
        selection.process = process.id;
        if (thread) selection.call = thread->call();
        ask_for("card", place.card, selection);
        ImGui::PopID();
    }

    void ask_object(std::size_t position) {
        const ObjectId object = frame_.scene.objects[position].id;
        Selection selection;
        selection.object = object;
        ask_for(joined({"object", std::to_string(object)}).c_str(), frame_.layout.objects[position].box, selection);
    }

    void ask_for(const char* id, const Rect& place, const Selection& selection) {
        const Press press = pressable(id, frame_.on_screen(place));
        if (press.is_hot) {
            frame_.hot = selection;
            frame_.hot.call = no_id;
        }
        if (!press.is_pressed) return;
        frame_.is_pressed = true;
        frame_.context.selection = frame_.context.selection == selection ? Selection{} : selection;
    }

    StageFrame& frame_;
};

void draw_ground(const StageFrame& frame, const Rect& visible) {
    const Theme& theme = frame.theme();
    const float boundary = frame.on_screen({0, frame.layout.boundary}).y;
    const Rect kernel{{visible.min.x, boundary}, visible.max};
    if (kernel.height() > 0)
        frame.list->AddRectFilled(kernel.min, kernel.max, theme.ink(Ink::Kernel), theme.px(8), ImDrawFlags_RoundCornersBottom);
    frame.list->AddLine({visible.min.x, boundary}, {visible.max.x, boundary}, theme.ink(Ink::PanelEdge), theme.px(1));
}

bool is_free(const StageFrame& frame, const Rect& place) {
    const auto overlaps = [&](const Rect& other) {
        return other.max.x > place.min.x && other.min.x < place.max.x && other.max.y > place.min.y && other.min.y < place.max.y;
    };
    for (std::size_t i = 0; i < frame.layout.edges.size(); ++i) {
        const std::vector<ImVec2>& points = frame.layout.edges[i].points;
        for (std::size_t k = 1; k < points.size(); ++k) {
            const ImVec2 a = points[k - 1], b = points[k];
            if (overlaps({{std::min(a.x, b.x), std::min(a.y, b.y)}, {std::max(a.x, b.x), std::max(a.y, b.y)}})) return false;
        }
        if (const std::optional<Rect> label = edge_label(frame, i); label && overlaps(*label)) return false;
    }
    return true;
}

// At the left, at the right, or wherever no edge passes: a name that is struck through cannot be read.
void draw_names_of_spaces(const StageFrame& frame, const Rect& visible) {
    const Theme& theme = frame.theme();
    const ImFont* const font = theme.fonts.small;
    const float height = font_size(font), gap = theme.px(5), first = theme.px(12), last = visible.width() - theme.px(12);
    const auto draw = [&](const char* name, float y, Ink ground) {
        const float width = text_width(font, name);
        const auto place = [&](float x) { return Rect::at({x, y}, {width, height}); };
        const auto is_taken = [&](float at) { return !is_free(frame, place(at).inset(-theme.px(3), -theme.px(1))); };
        float x = is_taken(first) && !is_taken(last - width) ? last - width : first;
        while (x + width <= last && is_taken(x)) x += theme.px(6);
        if (x + width > last) {
            x = first;
            const Rect patch = frame.on_screen(place(x).inset(-theme.px(3), 0));
            frame.list->AddRectFilled(patch.min, patch.max, theme.ink(ground), theme.px(3));
        }
        draw_text(frame.list, font, frame.on_screen(place(x).min), theme.ink(Ink::TextDim), name);
    };
    draw("user space", frame.layout.boundary - height - gap, Ink::Panel);
    draw("kernel", frame.layout.boundary + gap, Ink::Kernel);
}

void draw_more(const StageFrame& frame, const Rect& place, std::size_t count, const char* what) {
    if (count == 0) return;
    draw_text_in(frame.list, frame.theme().fonts.small, frame.on_screen(place), Align::Center, frame.theme().ink(Ink::TextDim),
                 joined({"and ", std::to_string(count), " more ", what, count == 1 ? "" : what == std::string_view("process") ? "es" : "s"}));
}

// Nobody can go on by itself: that is said above everything.
void draw_alarm(const StageFrame& frame) {
    if (frame.scene.alarm.empty()) return;
    const Theme& theme = frame.theme();
    const Rect strip = frame.on_screen(frame.layout.alarm);
    draw_card(frame.list, strip, theme.ink(Ink::Error, theme.is_dark ? 0.22f : 0.12f), theme.ink(Ink::Error), theme.px(6), theme.px(1.5f));
    draw_warning(frame.list, {strip.min.x + theme.px(alarm_mark) / 2, strip.center().y}, theme.px(17), theme.ink(Ink::Error), theme.ink(Ink::Panel));
    const float mark = theme.px(alarm_mark);
    const float height = draw_paragraph(nullptr, theme.fonts.small, {}, strip.width() - mark - theme.px(12), 0, frame.scene.alarm);
    draw_paragraph(frame.list, theme.fonts.small, {strip.min.x + mark, strip.center().y - height / 2}, strip.width() - mark - theme.px(12),
                   theme.ink(Ink::Text), frame.scene.alarm);
}

void draw_empty(const StageFrame& frame, const Rect& visible) {
    if (!frame.scene.processes.empty()) return;
    const std::string status = frame.context.player ? frame.context.player->status() : "";
    draw_text_in(frame.list, frame.theme().fonts.text,
                 {visible.min, {visible.max.x, frame.on_screen({0, frame.layout.boundary}).y}}, Align::Center,
                 frame.theme().ink(Ink::TextDim), status.empty() ? "No process has been born yet." : status);
}

}  // namespace

void draw_stage(const ViewContext& context, ImVec2 position, ImVec2 size) {
    Panel::Options options;
    options.padding = 0;
    options.can_scroll_across = true;
    const Panel panel(context.theme, "stage", position, size, options);

    const StageScene scene = make_scene(context.trace, context.model, expected_processes(context), context.next_thread);
    const auto lay_out = [&](ImVec2 room) {
        return lay_out_stage(context.model, scene, room, context.theme.scale, [&](const std::string& sentence, float width) {
            return draw_paragraph(nullptr, context.theme.fonts.small, {}, width, 0, sentence);
        });
    };
    StageLayout layout = lay_out(panel.area().size());
    if (layout.content.y > panel.area().height())   // the scroll bar takes some of the width
        layout = lay_out({panel.area().width() - ImGui::GetStyle().ScrollbarSize, panel.area().height()});
    StageFrame frame{context,
                     scene,
                     layout,
                     ImGui::GetWindowDrawList(),
                     ImGui::GetCursorScreenPos(),
                     {},
                     false,
                     flights_of(context.trace, context.model)};
    Pointer(frame).ask();
    draw_ground(frame, panel.area());
    draw_empty(frame, panel.area());
    draw_alarm(frame);
    for (std::size_t i = 0; i < scene.processes.size(); ++i) draw_process(frame, i);
    for (std::size_t i = 0; i < scene.objects.size(); ++i) draw_object(frame, i);
    draw_family(frame);
    for (std::size_t i = 0; i < scene.edges.size(); ++i) draw_edge(frame, i);
    draw_names_of_spaces(frame, panel.area());
    draw_flights(frame);
    draw_more(frame, layout.more_processes, scene.more_processes, "process");
    draw_more(frame, layout.more_objects, scene.more_objects, "object");
    ImGui::SetCursorScreenPos(frame.origin);
    ImGui::Dummy(layout.content);
}

// --- what the parts share

ImU32 StageFrame::tint(ProcessId process, float alpha) const {
    const ImU32 color = context.theme.process(process);
    return (color & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha * 255.0f + 0.5f) << IM_COL32_A_SHIFT);
}

void draw_changed(const StageFrame& frame, ImVec2 center) {
    const float half = frame.px(4.5f);
    frame.list->AddQuadFilled({center.x, center.y - half}, {center.x + half, center.y}, {center.x, center.y + half},
                              {center.x - half, center.y}, frame.theme().ink(Ink::Accent));
}

void draw_flash(const StageFrame& frame, const Rect& rect, float rounding) {
    const Motion& motion = frame.context.motion;
    if (!motion.is_on || motion.progress >= 1) return;
    const float out = frame.px(7) * motion.progress;
    const Rect wave = rect.inset(-out, -out);
    frame.list->AddRect(wave.min, wave.max, frame.theme().ink(Ink::Accent, 0.7f * (1 - motion.progress)), rounding + out, 0,
                        frame.px(2));
}

// A crescent, as a fan of slices between its outer and its inner arc: the ground may have any colour.
void draw_moon(ImDrawList* list, ImVec2 center, float size, ImU32 color) {
    constexpr std::size_t slices = 20;
    constexpr float turn = -0.6f, outer_open = 0.62f, inner_open = 1.05f, full_turn = 6.2831853f;
    const float radius = size / 2;
    const ImVec2 tip(std::cos(outer_open), std::sin(outer_open));
    const float inner_x = tip.x - tip.y / std::tan(inner_open);
    const float inner_radius = tip.y / std::sin(inner_open);
    const auto place = [&](float x, float y) {
        const float c = std::cos(turn), s = std::sin(turn);
        return ImVec2(center.x + (x * c - y * s) * radius, center.y + (x * s + y * c) * radius);
    };
    std::array<ImVec2, 2 * (slices + 1)> outline;
    for (std::size_t i = 0; i <= slices; ++i) {
        const float t = static_cast<float>(i) / slices;
        const float outer = outer_open + (full_turn - 2 * outer_open) * t,
                    inner = inner_open + (full_turn - 2 * inner_open) * t;
        outline[i] = place(std::cos(outer), std::sin(outer));
        outline[outline.size() - 1 - i] = place(inner_x + inner_radius * std::cos(inner), inner_radius * std::sin(inner));
    }
    // Slices with softened edges would show their seams; its two arcs soften the whole instead.
    const ImDrawListFlags flags = list->Flags;
    list->Flags &= ~ImDrawListFlags_AntiAliasedFill;
    for (std::size_t i = 0; i < slices; ++i) {
        const std::size_t across = outline.size() - 1 - i;
        list->AddQuadFilled(outline[i], outline[i + 1], outline[across - 1], outline[across], color);
    }
    list->Flags = flags;
    list->AddPolyline(outline.data(), slices + 1, color, 0, 1.0f);
    list->AddPolyline(outline.data() + slices + 1, slices + 1, color, 0, 1.0f);
}

void draw_warning(ImDrawList* list, ImVec2 center, float size, ImU32 color, ImU32 ground) {
    const float half = size / 2;
    list->AddTriangleFilled({center.x, center.y - half}, {center.x + half * 1.08f, center.y + half * 0.86f},
                            {center.x - half * 1.08f, center.y + half * 0.86f}, color);
    const float stroke = std::max(1.5f, size * 0.13f);
    list->AddLine({center.x, center.y - half * 0.4f}, {center.x, center.y + half * 0.22f}, ground, stroke);
    list->AddCircleFilled({center.x, center.y + half * 0.56f}, stroke * 0.6f, ground);
}

void draw_ring(const StageFrame& frame, const Rect& rect, float rounding) {
    const float out = frame.px(2.5f);
    const Rect ring = rect.inset(-out, -out);
    frame.list->AddRect(ring.min, ring.max, frame.theme().ink(Ink::Accent), rounding + out, 0, frame.px(2));
}

}  // namespace ipcscope
