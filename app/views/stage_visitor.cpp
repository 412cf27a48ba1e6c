#include "app/views/stage_draw.h"
#include "app/views/words.h"

namespace ipcscope {

// Dashed, and without a colour: it is no process of the run.
void draw_visitor(const StageFrame& frame, std::size_t position) {
    const Theme& theme = frame.theme();
    const SceneProcess& scene = frame.scene.processes[position];
    const CardPlace& place = frame.layout.cards[position];
    const Rect card = frame.on_screen(place.card), name = frame.on_screen(place.name), reason = frame.on_screen(place.reason);
    frame.list->AddRectFilled(card.min, card.max, theme.ink(Ink::Panel), theme.px(9));
    draw_card(frame.list, card, theme.ink(Ink::Card, 0.6f), 0, theme.px(9));
    draw_dashed_rect(frame.list, card, theme.ink(Ink::TextDim), theme.px(9), theme.px(2), theme.px(6));
    const bool has_pid = scene.visitor.pid > 0;
    const std::string pid = has_pid ? joined({"pid ", std::to_string(scene.visitor.pid)}) : "", who = has_pid ? scene.visitor.name : text_of_peer_process(scene.visitor);
    const float pid_width = text_width(theme.fonts.small, pid), room = name.width() - pid_width - theme.px(8);
    draw_text_in(frame.list, theme.fonts.small, name, Align::Right, theme.ink(Ink::TextDim), pid);
    draw_text_in(frame.list, theme.fonts.bold, {name.min, {name.min.x + room, name.max.y}}, Align::Left, theme.ink(Ink::Text), fitted(theme.fonts.bold, who, room));
    const Rect state = frame.on_screen(place.state);
    draw_card(frame.list, state, theme.ink(Ink::Well, 0.6f), 0, theme.px(5));
    draw_text_in(frame.list, theme.fonts.small, state.inset(theme.px(10), 0), Align::Left, theme.ink(Ink::TextDim), fitted(theme.fonts.small, "at the other end", state.width() - theme.px(20)));
    if (reason.height() > 0) draw_paragraph(frame.list, theme.fonts.small, reason.min, reason.width(), theme.ink(Ink::TextDim), scene.reason);
}

}  // namespace ipcscope
