// The kernel agrees, or it does not: each fact read from the kernel at the last quiet moment, beside what is drawn here.
#include <algorithm>
#include <cmath>
#include <vector>

#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

float height_of_line(const Theme& theme) { return std::ceil(font_size(theme.fonts.mono) + theme.px(8)); }
float height_of_heading(const Theme& theme) { return line_height(theme.fonts.bold) + theme.px(2); }

void draw_heading(const ViewContext& context, float width) {
    const Theme& theme = context.theme;
    const auto wrong = std::count_if(context.witnesses.begin(), context.witnesses.end(),
                                     [](const WitnessLine& line) { return !line.agrees; });
    const std::string all = std::to_string(context.witnesses.size());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (wrong == 0) {
        const float used = draw_fitted(list, theme.fonts.bold, at, width, theme.ink(Ink::Agrees), "The kernel agrees");
        draw_fitted(list, theme.fonts.text, {at.x + used + theme.px(10), at.y}, width - used - theme.px(10),
                    theme.ink(Ink::TextDim), all + (context.witnesses.size() == 1 ? " fact" : " facts"));
    } else {
        draw_fitted(list, theme.fonts.bold, at, width, theme.ink(Ink::Error),
                    "The kernel disagrees: " + std::to_string(wrong) + " of " + all + " facts");
    }
    ImGui::Dummy({width, height_of_heading(theme)});
}

// What is shown first where there is no room for all: disagreements, then what this step has changed, terminals last.
int interest(const ViewContext& context, const WitnessLine& line) {
    if (!line.agrees) return 0;
    if (line.object == no_id) return 3;
    const Object* object = line.object < context.model.objects().size() ? &context.model.objects()[line.object] : nullptr;
    if (object && (object->kind == ObjectKind::Terminal || object->kind == ObjectKind::Device)) return 4;
    const bool is_changed = std::any_of(context.model.changes().begin(), context.model.changes().end(),
                                        [&](const Change& change) { return change.object == line.object; });
    return is_changed ? 1 : 2;
}

void draw_line(const ViewContext& context, const WitnessLine& line, float width) {
    const Theme& theme = context.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImFont* mono = theme.fonts.mono;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = height_of_line(theme);
    const float mark = theme.px(22), gap = theme.px(10);
    const float source_width = (width - mark) * 0.52f;
    const Rect row = Rect::at(at, {width, height});
    const bool is_chosen = (line.process != no_id && line.process == context.selection.process) ||
                           (line.object != no_id && line.object == context.selection.object);
    if (is_chosen) list->AddRectFilled({row.min.x - theme.px(8), row.min.y}, {row.max.x + theme.px(8), row.max.y},
                                       theme.ink(Ink::Accent, 0.12f), theme.px(4));
    draw_text_in(list, mono, Rect::at(at, {source_width - gap, height}), Align::Left, theme.ink(Ink::TextDim), line.source);
    draw_text_in(list, mono, Rect::at({at.x + source_width, at.y}, {width - mark - source_width, height}), Align::Left,
                 theme.ink(line.agrees ? Ink::Text : Ink::Error), shorter_rows(line.kernel));
    draw_mark(list, line.agrees ? Mark::Tick : Mark::Cross, {row.max.x - theme.px(7), row.center().y}, theme.px(11),
              theme.ink(line.agrees ? Ink::Agrees : Ink::Error));
    ImGui::Dummy({width, height});
    if (ImGui::IsItemHovered()) {
        draw_tool_tip(theme, line.source + "\nThe kernel: " + line.kernel + "\nDrawn here: " + line.model);
    }
    if (!line.agrees) {
        const ImVec2 below = ImGui::GetCursorScreenPos();
        draw_fitted(list, mono, {below.x + source_width, below.y}, width - source_width, theme.ink(Ink::TextDim),
                    "drawn here: " + line.model);
        ImGui::Dummy({width, height});
    }
}

void draw_lines(const ViewContext& context, float width, std::size_t most) {
    draw_heading(context, width);
    std::vector<const WitnessLine*> lines;
    for (const WitnessLine& line : context.witnesses) lines.push_back(&line);
    std::stable_sort(lines.begin(), lines.end(),
                     [&](const WitnessLine* a, const WitnessLine* b) { return interest(context, *a) < interest(context, *b); });
    for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) draw_line(context, *lines[i], width);
}

}  // namespace

float witness_foot_height(const Theme& theme, std::size_t lines) {
    return std::ceil(height_of_heading(theme) + height_of_line(theme) * static_cast<float>(lines));
}

// The heading says how many there are: whoever wants all has the tab.
void draw_witness_foot(const ViewContext& context, ImVec2 size) {
    const float room = size.y - witness_foot_height(context.theme, 0);
    draw_lines(context, size.x, static_cast<std::size_t>(std::max(0.0f, std::floor(room / height_of_line(context.theme)))));
}

void draw_witness(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    Panel panel(theme, "witness", position, size, {.has_card = false});
    const float width = panel.area().width();
    if (context.witnesses.empty()) {
        draw_paragraph(
            ImGui::GetWindowDrawList(), theme.fonts.text, ImGui::GetCursorScreenPos(), width, theme.ink(Ink::TextDim),
            "The kernel is asked whenever every process is at the gate, asleep or ended. Step, and its answers stand here.");
        return;
    }
    draw_lines(context, width, context.witnesses.size());
}

}  // namespace ipcscope
