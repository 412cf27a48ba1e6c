// The first screen: the lessons by part, how far each has been learned, and the one last opened.
#include <algorithm>
#include <cmath>

#include "app/window/screens.h"

namespace ipcscope {

namespace {

constexpr float card_logical = 340;

float card_height(const Theme& theme) {
    return std::ceil(line_height(theme.fonts.bold) + 2 * line_height(theme.fonts.text) + line_height(theme.fonts.small) +
                     theme.px(46));
}

void draw_progress(const Theme& theme, const Lesson& lesson, const LessonProgress& progress, const Rect& row) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const auto steps = static_cast<int>(lesson.steps.size());
    const int done = std::min(progress.steps_done, steps);
    const bool is_done = progress.is_finished;
    std::string text = std::to_string(steps) + (steps == 1 ? " step" : " steps");
    if (is_done) text = "done";
    else if (done > 0) text = std::to_string(done) + " of " + std::to_string(steps) + " steps";
    float right = row.max.x;
    if (is_done) {
        draw_mark(list, Mark::Tick, {right - theme.px(6), row.center().y}, theme.px(12), theme.ink(Ink::Agrees));
        right -= theme.px(18);
    }
    draw_text_in(list, theme.fonts.small, {row.min, {right, row.max.y}}, Align::Right,
                 theme.ink(is_done ? Ink::Agrees : Ink::TextDim), text);
    const Rect track{{row.min.x, row.center().y - theme.px(2)},
                     {right - text_width(theme.fonts.small, "99 of 99 steps") - theme.px(12), row.center().y + theme.px(2)}};
    list->AddRectFilled(track.min, track.max, theme.ink(Ink::Well), theme.px(2));
    const float part = is_done ? 1 : steps > 0 ? static_cast<float>(done) / static_cast<float>(steps) : 0;
    if (part > 0)
        list->AddRectFilled(track.min, {track.min.x + part * track.width(), track.max.y},
                            theme.ink(is_done ? Ink::Agrees : Ink::Accent), theme.px(2));
}

void draw_entry(Desk& desk, const Theme& theme, int index, const Rect& rect) {
    const LessonEntry& entry = desk.entries()[static_cast<std::size_t>(index)];
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImGui::PushID(index);
    const Press press = pressable("entry", rect);
    ImGui::PopID();
    const bool is_chosen = index == desk.chosen;
    draw_card(list, rect, theme.ink(press.is_hot ? Ink::CardHot : theme.is_dark ? Ink::Panel : Ink::Card),
              theme.ink(is_chosen ? Ink::Accent : Ink::PanelEdge), theme.px(8), theme.px(is_chosen ? 2 : 1));
    const Rect inside = rect.inset(theme.px(18), theme.px(14));
    Rect line{inside.min, {inside.max.x, inside.min.y + line_height(theme.fonts.bold)}};
    const float text_top = line.max.y + theme.px(2);
    list->PushClipRect(inside.min, {inside.max.x, inside.max.y + theme.px(4)}, true);
    if (entry.lesson) {
        const Lesson& lesson = *entry.lesson;
        if (lesson.id == desk.progress.settings.last_lesson) {
            draw_text_in(list, theme.fonts.small, line, Align::Right, theme.ink(Ink::Accent), "last opened");
            line.max.x -= text_width(theme.fonts.small, "last opened") + theme.px(12);
        }
        if (lesson.number > 0) {
            draw_text_in(list, theme.fonts.bold, line, Align::Left, theme.ink(Ink::TextDim), std::to_string(lesson.number));
            line.min.x += std::max(theme.px(26), text_width(theme.fonts.bold, std::to_string(lesson.number)) + theme.px(10));
        }
        draw_text_in(list, theme.fonts.bold, line, Align::Left, theme.ink(Ink::Text), lesson.title);
        draw_paragraph(list, theme.fonts.text, {inside.min.x, text_top}, inside.width(), theme.ink(Ink::TextDim),
                       lesson.teaches);
        const auto kept = desk.progress.lessons.find(lesson.id);
        draw_progress(theme, lesson, kept == desk.progress.lessons.end() ? LessonProgress{} : kept->second,
                      {{inside.min.x, inside.max.y - line_height(theme.fonts.small)}, inside.max});
    } else {
        draw_mark(list, Mark::Cross, {line.min.x + theme.px(6), line.center().y}, theme.px(12), theme.ink(Ink::Error));
        line.min.x += theme.px(22);
        draw_text_in(list, theme.fonts.bold, line, Align::Left, theme.ink(Ink::Text),
                     entry.folder.substr(entry.folder.rfind('/') + 1));
        draw_paragraph(list, theme.fonts.small, {inside.min.x, text_top}, inside.width(), theme.ink(Ink::Error), entry.error);
    }
    list->PopClipRect();
    if (press.is_hot && !entry.lesson) draw_tool_tip(theme, entry.error);
    if (press.is_pressed) {
        desk.chosen = index;
        desk.opens_chosen = entry.lesson.has_value();
    }
}

void draw_empty(const Desk& desk, const Theme& theme, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_paragraph(
        list, theme.fonts.text, at, std::min(width, theme.px(640)), theme.ink(Ink::Text),
        "There is no lesson in " + desk.lessons_folder() +
            ".\nA lesson is a folder with a lesson.md and a C program in it; lessons/README.md says how to write one. "
            "Put one there, or start ipcscope with another folder.");
}

}  // namespace

void draw_key_line(const Theme& theme, const Rect& line, std::initializer_list<std::pair<const char*, const char*>> keys) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    float x = line.min.x;
    for (const auto& [key, what] : keys) {
        const float width = key_width(theme, key) + theme.px(8) + text_width(theme.fonts.small, what);
        if (x + width > line.max.x) return;
        const Rect cap = draw_key(list, theme, {x, line.center().y}, key);
        draw_text_in(list, theme.fonts.small, {{cap.max.x + theme.px(8), line.min.y}, line.max}, Align::Left,
                     theme.ink(Ink::TextDim), what);
        x += width + theme.px(24);
    }
}

namespace {

// The cards in rows under their part's name; scrolls so that the chosen one is in sight.
void draw_entries(Desk& desk, const Theme& theme, float width) {
    const int count = static_cast<int>(desk.entries().size());
    desk.entry_places.assign(static_cast<std::size_t>(count), Rect{});
    if (count == 0) draw_empty(desk, theme, width);
    const float gap = theme.px(16);
    const float columns = std::max(1.0f, std::floor((width + gap) / (theme.px(card_logical) + gap)));
    const float card = std::floor((width - gap * (columns - 1)) / columns);
    const float height = card_height(theme);
    const auto part_of = [&](int index) {
        const LessonEntry& entry = desk.entries()[static_cast<std::size_t>(index)];
        return entry.lesson ? entry.lesson->part : std::string("Not readable");
    };
    static int last_chosen = -1;   // kept in sight when the keyboard moves
    for (int i = 0; i < count;) {
        const std::string part = part_of(i);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        draw_text(ImGui::GetWindowDrawList(), theme.fonts.bold, at, theme.ink(Ink::TextDim), part);
        const float top = at.y + line_height(theme.fonts.bold) + theme.px(8);
        int in_part = 0;
        for (; i < count && part_of(i) == part; ++i, ++in_part) {
            const auto column = static_cast<float>(in_part % static_cast<int>(columns));
            const auto row = static_cast<float>(in_part / static_cast<int>(columns));
            const Rect rect = Rect::at({at.x + column * (card + gap), top + row * (height + gap)}, {card, height});
            desk.entry_places[static_cast<std::size_t>(i)] = rect;
            draw_entry(desk, theme, i, rect);
            if (i == desk.chosen && last_chosen != i) {
                last_chosen = i;
                ImGui::SetScrollFromPosY(rect.center().y - ImGui::GetWindowPos().y, 0.5f);
            }
        }
        const float rows = std::ceil(static_cast<float>(in_part) / columns);
        ImGui::SetCursorScreenPos(at);
        ImGui::Dummy({width, top - at.y + rows * (height + gap) + theme.px(10)});
    }
}

}  // namespace

void draw_list_screen(Desk& desk, const Theme& theme, const Rect& screen) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float width = std::min(screen.width() - 2 * theme.px(24), theme.px(3 * card_logical + 2 * 16 + 40));
    const float left = std::floor(screen.center().x - width / 2);
    float y = screen.min.y + theme.px(screen.height() > theme.px(500) ? 36 : 14);
    draw_text(list, theme.fonts.title, {left, y}, theme.ink(Ink::Text), "ipcscope");
    y += line_height(theme.fonts.title);
    y += draw_paragraph(list, theme.fonts.text, {left, y}, width, theme.ink(Ink::TextDim),
                        "Real programs, one call at a time, and what the kernel really did.") + theme.px(18);

    const float foot = std::ceil(font_size(theme.fonts.small) + theme.px(28));
    draw_key_line(theme, {{left, screen.max.y - foot}, {left + width, screen.max.y}},
                  {{"Arrows", "choose"},
                   {"Enter", "open"},
                   {"?", "all keys"},
                   {"T", "dark or light"},
                   {"+", "larger"},
                   {"-", "smaller"},
                   {"Q", "quit"}});
    Panel panel(theme, "lessons", {left - theme.px(18), y}, {width + 2 * theme.px(18), screen.max.y - foot - y},
                {.has_card = false, .ground = Ink::Background});
    draw_entries(desk, theme, width);
}

}  // namespace ipcscope
