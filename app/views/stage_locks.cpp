// Locks on files. A flock lock is drawn at the open file that has it; record and OFD locks are drawn where they lie, in the
// colour of their process. Below them stand the ranges that somebody sleeps for.
#include <algorithm>
#include <cmath>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float lane_height = 24, wish_height = 22;

bool is_asleep(const Model& model, const LockWish& wish) {
    const Thread* const thread = model.thread(wish.thread);
    return thread && thread->state == ThreadState::Asleep && thread->call() == wish.enter;
}

std::vector<LockWish> sleepers(const Model& model, const Object& object) {
    std::vector<LockWish> found;
    if (object.locks)
        std::copy_if(object.locks->wishes.begin(), object.locks->wishes.end(), std::back_inserter(found),
                     [&](const LockWish& wish) { return is_asleep(model, wish); });
    return found;
}

// Where bytes stand on the bar. What reaches to the end of the file, wherever that will be, reaches to the bar's end.
class Scale {
 public:
    Scale(const Object& object, const Rect& bar) : bar_(bar), bytes_(std::max<std::int64_t>(object.file_size.value_or(0), 1)) {
        for (const Hold& hold : object.holds) include(kind_of(hold), hold.first, hold.last);
        for (const LockWish& wish : object.locks->wishes) include(wish.kind, wish.first, wish.last);
    }
    Rect place(std::int64_t first, std::int64_t last, const Rect& lane) const {
        const float end = last == end_of_file ? bar_.max.x : x_of(last + 1);
        return {{x_of(first), lane.min.y}, {std::max(end, x_of(first) + 3), lane.max.y}};
    }
    std::int64_t bytes() const { return bytes_; }

 private:
    void include(LockKind kind, std::int64_t first, std::int64_t last) {
        if (kind == LockKind::Whole) return;
        const std::int64_t furthest = last == end_of_file ? first : last;
        bytes_ = std::max(bytes_, furthest == end_of_file ? furthest : furthest + 1);
    }
    float x_of(std::int64_t byte) const {
        const double share = static_cast<double>(byte) / static_cast<double>(bytes_);
        return std::round(bar_.min.x + bar_.width() * static_cast<float>(std::min(1.0, share)));
    }

    Rect bar_;
    std::int64_t bytes_;
};

std::string range_text(std::int64_t first, std::int64_t last) {
    if (last == end_of_file) return joined({std::to_string(first), "–end"});
    return first == last ? std::to_string(first) : joined({std::to_string(first), "–", std::to_string(last)});
}

// The longest of these that fits.
std::string fitting(const ObjectPainter& painter, float width, std::initializer_list<std::string> texts) {
    for (const std::string& text : texts)
        if (text_width(painter.theme().fonts.small, text) <= width) return text;
    return "";
}

std::string name_of(const ObjectPainter& painter, ProcessId id) {
    const Process* const process = painter.model().process(id);
    return process ? process->name : "?";
}

void draw_held(const ObjectPainter& painter, const Rect& place, const Hold& hold) {
    const bool is_shared = hold.mode == HoldMode::Shared;
    const Rect inner = place.inset(painter.px(1), painter.px(2));
    const ImU32 fill = painter.frame().tint(hold.process, is_shared ? 0.35f : 1.0f);
    painter.list()->AddRectFilled(inner.min, inner.max, fill, painter.px(3));
    if (is_shared) painter.list()->AddRect(inner.min, inner.max, painter.frame().tint(hold.process), painter.px(3), 0, painter.px(1.5f));
    if (hold.since != no_id && hold.since >= painter.model().step_began()) draw_flash(painter.frame(), inner, painter.px(3));
    const std::string name = name_of(painter, hold.process), mode = is_shared ? "read" : "write", range = range_text(hold.first, hold.last);
    const std::string text = fitting(painter, inner.width() - painter.px(8),
                                     {joined({name, "  ", mode, " ", range}), joined({mode, " ", range}), range, std::string(is_shared ? "r" : "w")});
    const ImU32 ink = is_shared ? painter.theme().ink(Ink::Text) : painter.theme().on(fill);
    draw_text_in(painter.list(), painter.theme().fonts.small, inner, Align::Center, ink, text);
}

void draw_wish(const ObjectPainter& painter, const Rect& place, const LockWish& wish) {
    const Rect inner = place.inset(painter.px(1), painter.px(2));
    const ImU32 yellow = painter.theme().ink(Ink::Asleep);
    draw_dashed_rect(painter.list(), inner, yellow, painter.px(3), painter.px(1.5f), painter.px(4));
    const float moon = painter.px(11);
    const std::string name = name_of(painter, wish.process);
    const std::string text = fitting(painter, inner.width() - moon - painter.px(14),
                                     {joined({name, "  ", wish.is_exclusive ? "write" : "read", " ", range_text(wish.first, wish.last)}), name});
    const float width = moon + painter.px(5) + text_width(painter.theme().fonts.small, text);
    const float x = inner.center().x - width / 2;
    draw_moon(painter.list(), {x + moon / 2, inner.center().y}, moon, yellow);
    draw_text_in(painter.list(), painter.theme().fonts.small, {{x + moon + painter.px(5), inner.min.y}, inner.max}, Align::Left, yellow, text);
}

}  // namespace

float draw_lock_of_file(const ObjectPainter& painter, const Rect& line, const OpenFile& file) {
    const Theme& theme = painter.theme();
    const ImFont* const font = theme.fonts.small;
    for (const Hold& hold : painter.object().holds) {
        if (kind_of(hold) != LockKind::Whole || hold.file != file.id) continue;
        const std::string text = hold.mode == HoldMode::Shared ? "shared" : "exclusive";
        const float width = text_width(font, text) + painter.px(14);
        const ImU32 fill = theme.ink(Ink::Object);
        const Rect badge = Rect{{line.max.x - width, line.min.y}, line.max}.inset(0, painter.px(2));
        painter.list()->AddRectFilled(badge.min, badge.max, fill, painter.px(4));
        draw_text_in(painter.list(), font, badge, Align::Center, theme.on(fill), text);
        if (hold.since != no_id && hold.since >= painter.model().step_began()) draw_flash(painter.frame(), badge, painter.px(4));
        return width + painter.px(8);
    }
    for (const LockWish& wish : sleepers(painter.model(), painter.object())) {
        if (wish.kind != LockKind::Whole || wish.file != file.id) continue;
        const std::string text = wish.is_exclusive ? "wants exclusive" : "wants shared";
        draw_text_in(painter.list(), font, line, Align::Right, theme.ink(Ink::Asleep), text);
        return text_width(font, text) + painter.px(8);
    }
    return 0;
}

float lock_ranges_height(const Object& object) { return object.locks && object.locks->has_ranges ? lane_height + wish_height + 6 : 0; }

void draw_lock_ranges(ObjectPainter& painter) {
    const Object& object = painter.object();
    if (lock_ranges_height(object) == 0) return;
    const Rect held = painter.take(lane_height), wanted = painter.take(wish_height);
    painter.skip(6);
    const Scale scale(object, held);
    const Rect whole = scale.place(0, end_of_file, held);
    painter.list()->AddRectFilled(whole.min, whole.max, painter.theme().ink(Ink::Well), painter.px(4));
    bool is_free = true;
    for (const Hold& hold : object.holds) {
        if (kind_of(hold) == LockKind::Whole) continue;
        draw_held(painter, scale.place(hold.first, hold.last, held), hold);
        is_free = false;
    }
    if (is_free) draw_text_in(painter.list(), painter.theme().fonts.small, held, Align::Center, painter.dim(), "no byte is locked");
    for (const LockWish& wish : sleepers(painter.model(), object))
        if (wish.kind != LockKind::Whole) draw_wish(painter, scale.place(wish.first, wish.last, wanted), wish);
}

}  // namespace ipcscope
