// Semaphores: the permits that are there, as many dots, and the queue of those who sleep for one. Nobody owns it.
#include <algorithm>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr std::int64_t most_dots = 10;

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

std::string value_text(std::int64_t value, bool is_known) { return is_known ? joined({"value ", std::to_string(value)}) : "value ?"; }

}  // namespace

void draw_semaphore_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    const SemaphoreState state = object.semaphore.value_or(SemaphoreState());
    painter.draw_title(object.is_unlinked ? joined({object.name, " (no name left)"}) : object.name,
                       painter.scene().is_faded ? "ended" : value_text(state.value, state.is_value_known));
    draw_permits(painter, painter.take(26), state.value, state.is_value_known);
    painter.draw_waiters(painter.take(20));
}

}  // namespace ipcscope
