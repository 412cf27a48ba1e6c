// Each process's table of descriptors: the number, what it stands for, its open file, and who else shares that.
#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "core/model/explain.h"

namespace ipcscope {

namespace {

// Neighbouring descriptors of one terminal share a row; any other has its own.
struct Row {
    const Descriptor* first;
    const Descriptor* last;
    std::string numbers() const {
        std::string text;
        for (int number = first->number; number <= last->number; ++number)
            text += (text.empty() ? "" : " ") + std::to_string(number);
        return text;
    }
};

std::vector<Row> rows_of(const Model& model, const Process& process) {
    std::vector<Row> rows;
    for (const Descriptor& descriptor : process.descriptors) {
        const Object* object = model.object_behind(process.id, descriptor.number);
        const bool is_terminal = object && object->kind == ObjectKind::Terminal;
        const bool is_next =
            !rows.empty() && rows.back().last->file == descriptor.file && rows.back().last->number + 1 == descriptor.number;
        if (is_terminal && is_next) rows.back().last = &descriptor;
        else rows.push_back({&descriptor, &descriptor});
    }
    return rows;
}

// "shared with parent 1 2, child 0 1 2": the other descriptors of the same open file.
std::string sharers_of(const Model& model, const Process& owner, const Row& row) {
    std::string text;
    for (const Process& process : model.processes()) {
        std::string numbers;
        for (const Descriptor& other : process.descriptors) {
            const bool is_own = process.id == owner.id && other.number >= row.first->number && other.number <= row.last->number;
            if (other.file == row.first->file && !is_own) numbers += " " + std::to_string(other.number);
        }
        if (!numbers.empty()) text += (text.empty() ? "shared with " : ", ") + process.name + numbers;
    }
    return text;
}

std::string detail_of(const Model& model, const Process& process, const Row& row) {
    const Descriptor& descriptor = *row.first;
    const OpenFile* file = model.file_behind(process.id, descriptor.number);
    if (!file) return "";
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " \u00b7 ") + part; };
    const Object* object = model.object_behind(process.id, descriptor.number);
    if (object && object->kind == ObjectKind::File) add("offset " + std::to_string(file->offset));
    if (file->flags & O_NONBLOCK) add("O_NONBLOCK");
    if (file->flags & O_APPEND) add("O_APPEND");
    if (descriptor.close_on_exec) add("close-on-exec");
    if (const std::string sharers = sharers_of(model, process, row); !sharers.empty()) add(sharers);
    return text;
}

bool can_close(const ViewContext& context, const Process& process) {
    return context.player && context.is_now && process.state == ProcessState::Alive && process.is_seen;
}

void draw_row(const ViewContext& context, const Process& process, const Row& shown, float width) {
    const Descriptor& descriptor = *shown.first;
    const Theme& theme = context.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string detail = detail_of(context.model, process, shown);
    const float line = std::ceil(font_size(theme.fonts.mono) + theme.px(8));
    const float number_width = theme.px(56);
    const bool has_button = can_close(context, process) && shown.first == shown.last;
    const Button button{.label = "close", .look = ButtonLook::Quiet};
    const float button_room = has_button ? button_width(theme, button) : 0;
    const float room = width - number_width - button_room - theme.px(4);
    const float detail_height = detail.empty() ? 0 : draw_paragraph(nullptr, theme.fonts.small, {}, room, 0, detail);
    const Rect row = Rect::at(at, {width, line + detail_height});

    const Selection& chosen = context.selection;
    const bool is_chosen = chosen.process == process.id && chosen.descriptor == descriptor.number;
    const OpenFile* chosen_file =
        chosen.descriptor < 0 ? nullptr : context.model.file_behind(chosen.process, chosen.descriptor);
    const bool is_same_file = chosen_file && chosen_file->id == descriptor.file;
    const bool is_new = std::any_of(context.model.changes().begin(), context.model.changes().end(), [&](const Change& change) {
        return change.process == process.id && change.descriptor == descriptor.number;
    });
    const Press press = pressable("row", {row.min, {row.max.x - button_room, row.max.y}});
    const Rect ground{{row.min.x - theme.px(8), row.min.y}, {row.max.x + theme.px(8), row.max.y}};
    if (is_chosen || press.is_hot)
        list->AddRectFilled(ground.min, ground.max, theme.ink(Ink::Accent, is_chosen ? 0.2f : 0.08f), theme.px(4));
    else if (is_same_file) list->AddRectFilled(ground.min, ground.max, theme.ink(Ink::Object, 0.16f), theme.px(4));
    if (is_new)
        list->AddRectFilled(ground.min, {ground.min.x + theme.px(3), ground.max.y}, theme.ink(Ink::Accent), theme.px(1.5f));
    if (press.is_pressed) {
        context.selection = {};
        context.selection.process = process.id;
        context.selection.descriptor = descriptor.number;
        if (const OpenFile* file = context.model.file_behind(process.id, descriptor.number))
            context.selection.object = file->object;
    }

    draw_text_in(list, theme.fonts.mono, Rect::at(at, {number_width, line}), Align::Left, theme.ink(Ink::TextDim),
                 shown.numbers());
    draw_text_in(list, theme.fonts.mono, Rect::at({at.x + number_width, at.y}, {room, line}), Align::Left,
                 theme.process(process.id), what_is(context.model, descriptor));
    if (!detail.empty())
        draw_paragraph(list, theme.fonts.small, {at.x + number_width, at.y + line}, room, theme.ink(Ink::TextDim), detail);
    if (has_button) {
        const Rect rect = Rect::at({row.max.x - button_room, at.y}, {button_room, line});
        if (draw_button(theme, "close", rect, button)) context.intents.push_back(WantClose{process.id, descriptor.number});
        if (ImGui::IsItemHovered())
            draw_tool_tip(theme, "What if: " + process.name + " closes " + std::to_string(descriptor.number) +
                                     " now, by your hand. It leaves the lesson's path; Back comes back.");
    }
    ImGui::Dummy({width, row.height() + theme.px(2)});
}

std::string note_of(const Process& process) {
    switch (process.state) {
        case ProcessState::Zombie: return "ended; nobody has taken its status";
        case ProcessState::Gone: return "gone";
        case ProcessState::Alive: break;
    }
    return process.is_seen ? "pid " + std::to_string(process.pid)
                           : "pid " + std::to_string(process.pid) + ", not seen by the probe";
}

}  // namespace

void draw_descriptors(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    Panel panel(theme, "descriptors", position, size, {.has_card = false});
    const float width = panel.area().width();
    if (context.model.processes().empty()) {
        draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.text, ImGui::GetCursorScreenPos(), width,
                       theme.ink(Ink::TextDim), "No process has been born yet.");
        return;
    }
    for (const Process& process : context.model.processes()) {
        ImGui::PushID(static_cast<int>(process.id));
        ImDrawList* list = ImGui::GetWindowDrawList();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float line = line_height(theme.fonts.bold);
        const bool is_gone = process.state != ProcessState::Alive;
        draw_mark(list, is_gone ? Mark::Ring : Mark::Dot, {at.x + theme.px(6), at.y + line / 2}, theme.px(11),
                  theme.process(process.id));
        const Rect head{{at.x + theme.px(20), at.y}, {at.x + width, at.y + line}};
        draw_text_in(list, theme.fonts.bold, head, Align::Left, theme.ink(is_gone ? Ink::TextDim : Ink::Text), process.name);
        const float used = text_width(theme.fonts.bold, process.name) + theme.px(12);
        draw_text_in(list, theme.fonts.mono, {{head.min.x + used, head.min.y}, head.max}, Align::Right, theme.ink(Ink::TextDim),
                     note_of(process));
        ImGui::Dummy({width, line + theme.px(4)});
        for (const Row& row : rows_of(context.model, process)) {
            ImGui::PushID(row.first->number);
            draw_row(context, process, row, width);
            ImGui::PopID();
        }
        if (process.descriptors.empty()) {
            draw_text(list, theme.fonts.text, ImGui::GetCursorScreenPos(), theme.ink(Ink::TextDim), "no descriptor is open");
            ImGui::Dummy({width, line});
        }
        ImGui::Dummy({width, theme.px(14)});
        ImGui::PopID();
    }
}

}  // namespace ipcscope
