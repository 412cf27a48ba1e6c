#include <algorithm>
#include <cmath>

#include "app/window/keys.h"
#include "app/window/screens.h"

namespace ipcscope {

namespace {

// A card in the middle of the darkened screen, over everything; a window of its own, so that nothing below is pressed.
class Overlay {
 public:
    Overlay(const Theme& theme, const char* id, const Rect& screen, float width, float height) {
        ImGui::SetNextWindowPos(screen.min);
        ImGui::SetNextWindowSize(screen.size());
        ImGui::SetNextWindowFocus();
        ImGui::Begin(
            id, nullptr,
            ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNav);
        ImGui::GetWindowDrawList()->AddRectFilled(screen.min, screen.max,
                                                  theme.is_dark ? IM_COL32(0, 0, 0, 150) : IM_COL32(20, 26, 34, 110));
        const float margin = theme.px(16);
        width = std::min(width, screen.width() - 2 * margin);
        height = std::min(height, screen.height() - 2 * margin);
        card_ =
            Rect::at({std::floor(screen.center().x - width / 2), std::floor(screen.center().y - height / 2)}, {width, height});
    }
    ~Overlay() { ImGui::End(); }
    Overlay(const Overlay&) = delete;
    const Rect& card() const { return card_; }

 private:
    Rect card_;
};

void draw_keys(const Theme& theme, const Rect& screen) {
    struct Section { Where where; const char* title; };
    static constexpr Section sections[] = {
        {Where::Lesson, "In a lesson"}, {Where::List, "In the list of lessons"}, {Where::Anywhere, "Everywhere"}};
    const float line = std::ceil(font_size(theme.fonts.text) + theme.px(12));
    const float key_room = theme.px(150);
    const auto is_listed = [](const KeyRow& row, Where where) { return row.is_shown && row.where == where; };
    float height = theme.px(72);
    for (const Section& section : sections) {
        height += line_height(theme.fonts.bold) + theme.px(20);
        for (const KeyRow& row : key_rows()) height += is_listed(row, section.where) ? line : 0;
    }
    // Two columns where one would be too high.
    const bool is_double = height > screen.height() - theme.px(32) && screen.width() > theme.px(1000);
    const float column = theme.px(500);
    const Overlay overlay(theme, "keys", screen, is_double ? 2 * column + theme.px(76) : column + theme.px(56),
                          is_double ? height * 0.68f : height);
    const Panel::Options options{.title = "Keys", .note = "any key puts this away", .padding = 28};
    Panel panel(theme, "keys", overlay.card().min, overlay.card().size(), options);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float width = is_double ? column : panel.area().width();
    ImVec2 at{start.x, start.y + theme.px(6)};
    float bottom = at.y;
    for (const Section& section : sections) {
        if (is_double && section.where == Where::List) at = {start.x + column + theme.px(20), start.y + theme.px(6)};
        draw_text(list, theme.fonts.bold, at, theme.ink(Ink::TextDim), section.title);
        at.y += line_height(theme.fonts.bold) + theme.px(4);
        for (const KeyRow& row : key_rows()) {
            if (!is_listed(row, section.where)) continue;
            float x = at.x;
            for (std::string_view keys = row.shown; !keys.empty();) {
                const std::size_t length = std::min(keys.find(' '), keys.size());
                x = draw_key(list, theme, {x, at.y + line / 2}, keys.substr(0, length)).max.x + theme.px(6);
                keys.remove_prefix(std::min(length + 1, keys.size()));
            }
            draw_text_in(list, theme.fonts.text, {{at.x + key_room, at.y}, {at.x + width, at.y + line}}, Align::Left,
                         theme.ink(Ink::Text), row.what);
            at.y += line;
        }
        at.y += theme.px(16);
        bottom = std::max(bottom, at.y);
    }
    ImGui::Dummy({panel.area().width(), bottom - start.y});
}

// "cc client.c, then ./client": of each host its own.
std::string commands_of(const Lesson& lesson) {
    std::vector<std::string> programs = {lesson.program};
    for (const LessonHost& host : lesson.hosts)
        if (std::ranges::find(programs, host.program) == programs.end()) programs.push_back(host.program);
    std::string text;
    for (const std::string& program : programs) text += (text.empty() ? "cc " : "; cc ") + program + ", then ./" + program.substr(0, program.rfind('.'));
    return text;
}

// The command line and the folder of programs that did not come with ipcscope.
void draw_confirmation(Desk& desk, const Theme& theme, const Rect& screen) {
    const Lesson& lesson = *desk.unconfirmed();
    struct Line { const ImFont* font; Ink ink; std::string text; float gap; };
    const Line lines[] = {
        {theme.fonts.title, Ink::Text, "Run this program?", 6},
        {theme.fonts.text, Ink::TextDim,
         "This lesson did not come with ipcscope. Its program runs as you, with your rights. "
         "Look at it first if you do not know who wrote it.",
         12},
        {theme.fonts.mono, Ink::Text, commands_of(lesson), 0},
        {theme.fonts.mono, Ink::TextDim, "in " + lesson.folder, 20},
    };
    const float wanted = std::min(theme.px(620), screen.width() - theme.px(32));
    const float button = std::ceil(font_size(theme.fonts.bold) + theme.px(20));
    float height = button + 2 * theme.px(24);
    for (const Line& line : lines)
        height += draw_paragraph(nullptr, line.font, {}, wanted - 2 * theme.px(28), 0, line.text) + theme.px(line.gap);
    const Overlay overlay(theme, "confirm", screen, wanted, height);
    Panel panel(theme, "confirm", overlay.card().min, overlay.card().size(), {.padding = 28});
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float width = panel.area().width();
    for (const Line& line : lines) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({width, draw_paragraph(list, line.font, at, width, theme.ink(line.ink), line.text) + theme.px(line.gap)});
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Button yes{.label = "Run it", .look = ButtonLook::Accent, .key = "Enter"},
        no{.label = "Leave it", .look = ButtonLook::Outlined, .key = "Esc"};
    const float yes_width = button_width(theme, yes), no_width = button_width(theme, no);
    const bool is_yes = draw_button(theme, "yes", Rect::at(at, {yes_width, button}), yes);
    const bool is_no = draw_button(theme, "no", Rect::at({at.x + yes_width + theme.px(12), at.y}, {no_width, button}), no);
    ImGui::Dummy({width, button});
    if (is_yes || is_no) desk.answer_confirm = is_yes ? 1 : 0;
}

void draw_complaint(Desk& desk, const Theme& theme, const Rect& screen) {
    const float width = std::min(theme.px(620), screen.width() - theme.px(32));
    const float text = draw_paragraph(nullptr, theme.fonts.text, {}, width - theme.px(70), 0, desk.complaint());
    const float height = text + theme.px(28);
    const Rect card =
        Rect::at({std::floor(screen.center().x - width / 2), screen.max.y - height - theme.px(56)}, {width, height});
    ImDrawList* list = ImGui::GetForegroundDrawList();
    draw_card(list, card, theme.ink(theme.is_dark ? Ink::Card : Ink::Panel), theme.ink(Ink::Error), theme.px(8),
              theme.px(1.5f));
    draw_mark(list, Mark::Cross, {card.min.x + theme.px(24), card.min.y + theme.px(14) + line_height(theme.fonts.text) / 2},
              theme.px(14), theme.ink(Ink::Error));
    draw_paragraph(list, theme.fonts.text, {card.min.x + theme.px(46), card.min.y + theme.px(16)}, width - theme.px(70),
                   theme.ink(Ink::Text), desk.complaint());
}

}  // namespace

void draw_overlays(Desk& desk, const Theme& theme, const Rect& screen) {
    if (desk.unconfirmed()) draw_confirmation(desk, theme, screen);
    else if (desk.is_help_open) draw_keys(theme, screen);
    if (!desk.complaint().empty()) draw_complaint(desk, theme, screen);
}

}  // namespace ipcscope
