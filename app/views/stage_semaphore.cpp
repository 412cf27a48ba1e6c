// Semaphores: the permits that are there, as many dots, and the queue of those who sleep for one. Nobody owns it. Of a System V set
// each semaphore has a line, and on it who has permits that SEM_UNDO brings back.
#include <algorithm>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr std::int64_t most_dots = 10;
constexpr std::size_t most_lines = 4;   // semaphores of a set that are drawn
constexpr float set_line = 26;

// A dot a permit; an empty ring where there is none. More than ten are a number.
void draw_permits(const ObjectPainter& painter, const Rect& room, std::int64_t value, bool is_known) {
    const Theme& theme = painter.theme();
    const float radius = painter.px(6), step = painter.px(18);
    const ImVec2 first(room.min.x + radius + painter.px(2), room.center().y);
    if (!is_known || value > most_dots) {
        draw_text_in(painter.list(), theme.fonts.mono, room, Align::Left, theme.ink(Ink::Text), is_known ? joined({std::to_string(value), " permits"}) : "?");
        return;
    }
    if (value <= 0) painter.list()->AddCircle(first, radius, painter.dim(), 0, painter.px(1.5f));
    for (std::int64_t i = 0; i < value; ++i)
        painter.list()->AddCircleFilled({first.x + step * static_cast<float>(i), first.y}, radius, theme.ink(Ink::Object, painter.alpha()));
}

// "child has 1, undo", in the child's colour. Answers where it begins.
float draw_debts(const ObjectPainter& painter, const Rect& room, std::size_t number) {
    const ImFont* const font = painter.theme().fonts.small;
    float right = room.max.x;
    for (const Hold& hold : painter.object().holds) {
        if (hold.mode != HoldMode::Permit || static_cast<std::size_t>(hold.first) != number) continue;
        const Process* const process = painter.model().process(hold.process);
        const std::string text = fitted(font, joined({process ? process->name : "?", " has ", std::to_string(hold.count), ", undo"}), right - room.min.x);
        const float width = text_width(font, text);
        draw_text_in(painter.list(), font, {{right - width, room.min.y}, {right, room.max.y}}, Align::Left, painter.frame().tint(hold.process), text);
        right -= width + painter.px(10);
    }
    return right;
}

std::string value_text(std::int64_t value, bool is_known) { return is_known ? joined({"value ", std::to_string(value)}) : "value ?"; }

}  // namespace

float semaphore_set_height(const Model& model, const SceneObject& object, bool) {
    const Object& drawn = model.objects()[object.id];
    const std::size_t lines = std::clamp<std::size_t>(drawn.semaphore_set ? drawn.semaphore_set->semaphores.size() : 1, 1, most_lines);
    return 62 + set_line * static_cast<float>(lines);
}

void draw_semaphore_set_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    const SemaphoreSet set = object.semaphore_set.value_or(SemaphoreSet());
    const std::size_t count = painter.scene().is_faded ? 0 : set.semaphores.size();   // the removed ones are no more
    const ImFont* const font = painter.theme().fonts.small;
    painter.draw_title(object.name, painter.scene().is_faded ? "removed"
                                    : count == 1 ? value_text(set.semaphores[0].value, set.semaphores[0].is_known) : joined({std::to_string(count), " semaphores"}));
    for (std::size_t i = 0; i < std::min(count, most_lines); ++i) {
        Rect line = painter.take(set_line);
        if (count > most_lines && i + 1 == most_lines) {
            draw_text_in(painter.list(), font, line, Align::Left, painter.dim(), joined({"and ", std::to_string(count - i), " more"}));
            break;
        }
        if (count > 1) {
            const std::string number = joined({"[", std::to_string(i), "]"});
            draw_text_in(painter.list(), font, line, Align::Left, painter.dim(), number);
            line.min.x += text_width(font, number) + painter.px(10);
        }
        line.max.x = draw_debts(painter, line, i);
        draw_permits(painter, line, set.semaphores[i].value, set.semaphores[i].is_known);
    }
    const Rect foot = painter.take(20);
    const std::string named = painter.scene().is_faded ? "" : joined({"id ", std::to_string(set.id), set.key == 0 ? " · no key" : joined({" · key ", text_of_flags(Role::Key, set.key)})});
    const std::string shown = fitted(font, named, foot.width() * 0.6f);
    draw_text_in(painter.list(), font, foot, Align::Left, painter.dim(), shown);
    painter.draw_waiters({{foot.min.x + text_width(font, shown) + painter.px(10), foot.min.y}, foot.max});
}

void draw_semaphore_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    const SemaphoreState state = object.semaphore.value_or(SemaphoreState());
    painter.draw_title(object.is_unlinked ? joined({object.name, " (no name left)"}) : object.name,
                       painter.scene().is_faded ? "ended" : value_text(state.value, state.is_value_known));
    draw_permits(painter, painter.take(26), state.value, state.is_value_known);
    painter.draw_waiters(painter.take(20));
}

}  // namespace ipcscope
