#include <algorithm>
#include <cmath>

#include "app/window/screens.h"

namespace ipcscope {

namespace {


struct BarButton {
    const char* id;
    Button button;
    Intent intent;
};

// The speed, on a scale where each step to the right is as much faster as the one before.
void draw_speed(Desk& desk, const Theme& theme, const Rect& place) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float label = text_width(theme.fonts.small, "speed") + theme.px(12);
    draw_text_in(list, theme.fonts.small, place, Align::Left, theme.ink(Ink::TextDim), "speed");
    const Rect track{{place.min.x + label, place.center().y - theme.px(1.5f)},
                     {place.max.x, place.center().y + theme.px(1.5f)}};
    const double speed = std::clamp(desk.progress.settings.calls_a_second, slowest_run, fastest_run);
    const auto at = static_cast<float>(std::log(speed / slowest_run) / std::log(fastest_run / slowest_run));
    const float x = track.min.x + at * track.width();
    list->AddRectFilled(track.min, track.max, theme.ink(Ink::PanelEdge), theme.px(2));
    list->AddRectFilled(track.min, {x, track.max.y}, theme.ink(Ink::Accent, 0.6f), theme.px(2));
    list->AddCircleFilled({x, track.center().y}, theme.px(7), theme.ink(Ink::Accent));
    ImGui::SetCursorScreenPos({track.min.x, place.min.y});
    ImGui::InvisibleButton("speed", {track.width(), place.height()});
    if (ImGui::IsItemActive()) {
        const float wanted = std::clamp((ImGui::GetIO().MousePos.x - track.min.x) / track.width(), 0.0f, 1.0f);
        desk.intents.push_back(WantSpeed{slowest_run * std::pow(fastest_run / slowest_run, wanted)});
    }
    if (ImGui::IsItemHovered()) {
        char text[64];
        std::snprintf(text, sizeof text, "Run makes %.*f calls a second", speed < 10 ? 1 : 0, speed);
        draw_tool_tip(theme, speed >= fastest_run ? "Run makes calls as fast as it can" : text);
    }
}

}  // namespace

void draw_top_bar(Desk& desk, const Theme& theme, const ViewContext& context, const Rect& bar) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(bar.min, bar.max, theme.ink(Ink::Bar));
    if (!theme.is_dark) list->AddLine({bar.min.x, bar.max.y}, bar.max, theme.ink(Ink::PanelEdge));
    const Player& player = *context.player;
    const bool is_running = player.is_running();
    BarButton buttons[] = {
        {"back", {.label = "Back", .is_enabled = player.moves() > 0, .mark = Mark::Left}, WantBack{}},
        {"step", {.label = "Step", .look = ButtonLook::Accent, .is_enabled = !is_running, .mark = Mark::Right}, WantStep{}},
        {"run", {.label = is_running ? "Pause" : "Run", .mark = is_running ? Mark::Pause : Mark::RightTwice}, WantRun{}},
        {"restart", {.label = "Restart", .mark = Mark::Restart}, WantRestart{}},
    };
    const std::string step_text = "step " + std::to_string(player.step() + 1) + " / " + std::to_string(player.step_count());
    const float gap = theme.px(10), height = theme.px(32), speed_width = theme.px(160);
    const auto buttons_width = [&] {
        float width = 0;
        for (const BarButton& row : buttons)
            width += std::max(button_width(theme, row.button), theme.px(row.button.label.empty() ? 40 : 84)) + gap;
        return width;
    };
    // What there is no room for goes, the least needed first.
    const float step_width = text_width(theme.fonts.small, step_text) + theme.px(18);
    const float title_needs = text_width(theme.fonts.title, player.lesson().title) + theme.px(150);
    const bool has_speed = buttons_width() + step_width + speed_width + theme.px(24) + title_needs < bar.width();
    if (buttons_width() + step_width + title_needs * 0.8f > bar.width())
        for (BarButton& row : buttons) row.button.label = "";

    const float y = bar.center().y;
    float x = bar.max.x - step_width;
    draw_text_in(list, theme.fonts.small, {{x, bar.min.y}, {bar.max.x - theme.px(18), bar.max.y}}, Align::Left,
                 theme.ink(Ink::TextDim), step_text);
    x -= theme.px(14);
    if (has_speed) {
        x -= speed_width;
        draw_speed(desk, theme, {{x, y - height / 2}, {x + speed_width, y + height / 2}});
        x -= theme.px(16);
    }
    x -= buttons_width() - gap;
    const float buttons_left = x;
    for (const BarButton& row : buttons) {
        const float width = std::max(button_width(theme, row.button), theme.px(row.button.label.empty() ? 40 : 84));
        if (draw_button(theme, row.id, Rect::at({x, y - height / 2}, {width, height}), row.button)) {
            if (std::holds_alternative<WantStep>(row.intent)) desk.step();
            else desk.intents.push_back(row.intent);
        }
        x += width + gap;
    }

    x = bar.min.x + theme.px(20);
    const float right = buttons_left - theme.px(16);
    const float baseline = std::floor(y - font_size(theme.fonts.title) / 2);
    const float home_width = text_width(theme.fonts.title, "ipcscope");
    if (x + home_width + title_needs * 0.7f < right) {
        const Press press = pressable("home", {{x, bar.min.y}, {x + home_width, bar.max.y}});
        if (press.is_hot) draw_tool_tip(theme, "Back to the lessons (Esc)");
        draw_text(list, theme.fonts.title, {x, baseline}, theme.ink(Ink::Text), "ipcscope");
        x += home_width + theme.px(14);
        draw_text(list, theme.fonts.title, {x, baseline}, theme.ink(Ink::TextDim), "\u203a");
        x += theme.px(22);
        if (press.is_pressed) desk.wants_list = true;
    }
    x += draw_fitted(list, theme.fonts.title, {x, baseline}, right - x, theme.ink(Ink::Text), player.lesson().title) +
         theme.px(14);
    if (!context.is_now) {
        const std::string_view text = "an earlier moment";
        if (right - x > text_width(theme.fonts.small, text) + theme.px(70)) {
            const Rect pill =
                draw_pill(list, theme, theme.fonts.small, {x, y}, text, theme.ink(Ink::Accent, 0.25f), theme.ink(Ink::Text));
            draw_key(list, theme, {pill.max.x + theme.px(8), y}, "End");
        }
    } else if (text_width(theme.fonts.text, player.lesson().teaches) < right - x) {
        draw_text(list, theme.fonts.text,
                  {x, baseline + font_size(theme.fonts.title) - font_size(theme.fonts.text) - theme.px(1)},
                  theme.ink(Ink::TextDim), player.lesson().teaches);
    }
}

}  // namespace ipcscope
