// eventfd, signalfd, timerfd: a count, the signals that can be read, the time that is left.
#include "app/views/stage_object.h"
#include "app/views/words.h"
#include "core/model/event_text.h"

namespace ipcscope {

namespace {

std::string tenths(std::int64_t ns) { return text_of_nanoseconds(ns / 100'000'000 * 100'000'000); }

std::string text_of_timer(const TimerState& timer) {
    if (timer.expirations != 0) return joined({"expired ", std::to_string(timer.expirations), timer.expirations == 1 ? " time" : " times"});
    return timer.left_ns == 0 ? "stopped" : joined({tenths(timer.left_ns), " left"});
}

}  // namespace

void draw_event_file_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    std::string state = painter.scene().is_faded ? "ended" : "", text;
    if (object.counter) {
        if (object.counter->is_semaphore && state.empty()) state = "takes 1 at a time";
        text = joined({"count ", std::to_string(object.counter->count)});
    }
    if (object.signals) {
        if (state.empty()) state = joined({"for ", text_of_signal_set(object.signals->mask)});
        const std::uint64_t readable = object.signals->pending & object.signals->mask;
        text = readable == 0 ? "none pending" : joined({"pending ", text_of_signal_set(readable)});
    }
    if (object.timer) {
        if (state.empty()) state = object.timer->interval_ns == 0 ? "once" : joined({"every ", text_of_nanoseconds(object.timer->interval_ns)});
        text = text_of_timer(*object.timer);
    }
    painter.draw_title(object.name, state);
    const Rect well = painter.take(30);
    painter.list()->AddRectFilled(well.min, well.max, painter.theme().ink(Ink::Well, painter.alpha()), painter.px(4));
    draw_text_in(painter.list(), painter.theme().fonts.mono, well, Align::Center, painter.theme().ink(Ink::Text, painter.alpha()), text);
    if (painter.is_compact()) return;
    painter.skip(4);
    painter.draw_waiters(painter.take(20));
}

}  // namespace ipcscope
