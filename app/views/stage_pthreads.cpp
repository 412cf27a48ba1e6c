// Locks that lie in the programs' memory: who has it, who sleeps for it, and what it guards. A condition variable is a queue
// and nothing else; a barrier has as many places as threads must come.
#include <algorithm>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float line = 21, most_places = 10;

// From left to right, as far as there is room.
class Line {
 public:
    Line(const ObjectPainter& painter, const Rect& room) : painter_(painter), room_(room), x_(room.min.x) {}

    void write(const std::string& text, ImU32 ink, float gap = 8) {
        const ImFont* const font = painter_.theme().fonts.small;
        const std::string shown = fitted(font, text, room_.max.x - x_);
        draw_text_in(painter_.list(), font, {{x_, room_.min.y}, room_.max}, Align::Left, ink, shown);
        x_ += text_width(font, shown) + painter_.px(gap);
    }
    void write_thread(ThreadId id, const std::string& more = "") {
        const Thread* const thread = painter_.model().thread(id);
        const bool is_dead = thread && thread->state == ThreadState::Ended;
        write(joined({painter_.model().name_of(id), is_dead ? ", dead" : "", more}), is_dead ? painter_.theme().ink(Ink::Error) : tint_of(id));
    }
    // A badge in the thread's colour, full for who goes on, hollow for who does not.
    void place_thread(ThreadId id, bool is_full, const std::string& more = "") {
        const Theme& theme = painter_.theme();
        const ImFont* const font = theme.fonts.small;
        const std::string text = joined({painter_.model().name_of(id), more});
        const float width = text_width(font, text) + painter_.px(14);
        if (x_ + width > room_.max.x) return write("…", painter_.dim());
        const Rect badge = Rect{{x_, room_.min.y}, {x_ + width, room_.max.y}}.inset(0, painter_.px(1.5f));
        const ImU32 fill = tint_of(id);
        draw_card(painter_.list(), badge, is_full ? fill : 0, is_full ? 0 : fill, badge.height() / 2, painter_.px(1.3f));
        draw_text_in(painter_.list(), font, badge, Align::Center, is_full ? theme.on(fill) : fill, text);
        x_ += width + painter_.px(5);
    }
    void place_moon() {
        const float moon = painter_.px(11);
        draw_moon(painter_.list(), {x_ + moon / 2, room_.center().y}, moon, painter_.theme().ink(Ink::Asleep));
        x_ += moon + painter_.px(5);
    }

 private:
    ImU32 tint_of(ThreadId id) const {
        const Thread* const thread = painter_.model().thread(id);
        return thread ? painter_.frame().tint(thread->process) : painter_.dim();
    }

    const ObjectPainter& painter_;
    const Rect room_;
    float x_;
};

// In the order in which they fell asleep.
std::vector<ThreadId> queue_at(const Model& model, ObjectId object) {
    std::vector<ThreadId> waiters = model.waiters(object);
    std::ranges::sort(waiters, {}, [&](ThreadId id) { return model.threads()[id].asleep_since; });
    return waiters;
}

std::vector<const MemoryField*> guarded_by(const Model& model, const Object& lock) {
    std::vector<const MemoryField*> fields;
    if (lock.in_memory && lock.in_memory->object != no_id)
        for (const MemoryField& field : model.fields())
            if (field.guard == lock.name) fields.push_back(&field);
    return fields;
}

// "guards balance = 10"
void draw_guarded(ObjectPainter& painter) {
    const Object& lock = painter.object();
    const std::vector<const MemoryField*> fields = guarded_by(painter.model(), lock);
    if (fields.empty()) return;
    const Object& memory = painter.model().objects()[lock.in_memory->object];
    Line row(painter, painter.take(line));
    row.write("guards", painter.dim(), 6);
    for (const MemoryField* field : fields) {
        const std::optional<std::string> value = memory.bytes ? text_of_field(*field, memory.bytes->now) : std::nullopt;
        row.write(joined({field->name, value ? " = " : "", value.value_or("")}), painter.theme().ink(Ink::Text));
    }
}

void draw_queue(ObjectPainter& painter, const Rect& room, const std::string& nobody) {
    const std::vector<ThreadId> queue = queue_at(painter.model(), painter.object().id);
    Line row(painter, room);
    if (queue.empty()) return row.write(nobody, painter.dim());
    row.place_moon();
    for (const ThreadId waiter : queue) row.place_thread(waiter, false);
}

std::string kind_of(const LockState& lock) {
    std::string text;
    const auto add = [&](bool is_so, std::string_view word) { if (is_so) text += joined({text.empty() ? "" : ", ", word}); };
    add(lock.is_robust, "robust");
    add(lock.type == LockState::Type::Recursive, "recursive");
    add(lock.type == LockState::Type::ErrorCheck, "error-checking");
    add(lock.protocol == 1, "lends its waiters’ priority");
    return text;
}

// Whoever takes a free one, or gives one back for which nobody sleeps, does it alone.
bool was_taken_alone(const ObjectPainter& painter) {
    const Object& mutex = painter.object();
    return !mutex.holds.empty() && !mutex.lock->has_waiters_mark && mutex.lock->taken != no_id && mutex.lock->taken >= painter.model().step_began();
}

void draw_owner(ObjectPainter& painter) {
    const Object& mutex = painter.object();
    const LockState& lock = *mutex.lock;
    Line row(painter, painter.take(line));
    if (lock.health == LockState::Health::NotRecoverable) return row.write("not recoverable: of no use any more", painter.theme().ink(Ink::Error));
    if (mutex.holds.empty() && lock.health == LockState::Health::OwnerDied) {
        if (lock.died == no_id) return row.write("its owner died, and whoever was warned, too", painter.theme().ink(Ink::Error));
        row.write("its owner died:", painter.theme().ink(Ink::Error), 5);
        return row.write_thread(lock.died);
    }
    if (mutex.holds.empty()) return row.write("nobody has it", painter.dim());
    const Hold& hold = mutex.holds.front();
    row.write("owner", painter.dim(), 6);
    row.place_thread(hold.thread, true, hold.count > 1 ? joined({" ×", std::to_string(hold.count)}) : "");
    const Thread* const owner = painter.model().thread(hold.thread);
    if (owner && owner->state == ThreadState::Ended) row.write("dead, and has it still", painter.theme().ink(Ink::Error));
    else if (lock.health == LockState::Health::OwnerDied) row.write("data may be half written", painter.theme().ink(Ink::Error));
    else row.write(kind_of(lock), painter.dim());
}

std::string state_of(const ObjectPainter& painter, const Object& lock) {
    if (painter.scene().is_faded) return "ended";
    if (lock.holds.empty()) return "free";
    return lock.holds.front().mode == HoldMode::Shared ? joined({std::to_string(lock.holds.size()), lock.holds.size() == 1 ? " reads" : " read"})
           : lock.kind == ObjectKind::ReadWriteLock    ? "one writes"
                                                       : "taken";
}

bool is_gone(const ObjectPainter& painter) { return painter.scene().is_faded; }

}  // namespace

float mutex_height(const Model& model, const SceneObject& object, bool) {
    return 18 + 22 + 2 * line + (guarded_by(model, model.objects()[object.id]).empty() ? 0 : line);
}

void draw_mutex_body(ObjectPainter& painter) {
    const Object& mutex = painter.object();
    painter.draw_title(mutex.name, state_of(painter, mutex));
    if (is_gone(painter) || !mutex.lock) return;
    draw_owner(painter);
    if (mutex.kind == ObjectKind::SpinLock) Line(painter, painter.take(line)).write("who wants it does not sleep, it spins", painter.dim());
    else draw_queue(painter, painter.take(line), was_taken_alone(painter) ? "taken without a system call" : "nobody sleeps for it");
    draw_guarded(painter);
}

void draw_condition_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    const ConditionState state = object.condition.value_or(ConditionState());
    painter.draw_title(object.name, is_gone(painter) ? "ended" : state.lost == 0 ? "stores nothing" : counted(state.lost, "signal lost", "signals lost"), state.lost != 0);
    if (is_gone(painter)) return;
    Line queue(painter, painter.take(line + 2));
    if (state.waiting.empty()) queue.write("nobody waits here", painter.dim());
    for (const ThreadId waiter : state.waiting) {
        // Which of several a signal has chosen shows only when that one is on its way out.
        const Thread* const thread = painter.model().thread(waiter);
        const bool is_on_its_way = thread && (thread->state != ThreadState::Asleep || thread->waits_for != object.id);
        const bool is_woken = state.woken > 0 && (state.woken == state.waiting.size() || is_on_its_way);
        if (!is_woken) queue.place_moon();
        queue.place_thread(waiter, is_woken, is_woken ? ": woken" : "");
    }
    Line mutex(painter, painter.take(line));
    if (state.mutex >= painter.model().objects().size()) return mutex.write("a queue: who waits, and nothing else", painter.dim());
    mutex.write(joined({"goes with ", painter.model().objects()[state.mutex].name}), painter.dim());
}

void draw_read_write_lock_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    painter.draw_title(object.name, state_of(painter, object));
    if (is_gone(painter) || !object.lock) return;
    Line holders(painter, painter.take(line + 2));
    if (object.holds.empty()) holders.write("nobody has it", painter.dim());
    for (const Hold& hold : object.holds) {
        const std::string times = hold.count > 1 ? joined({" ×", std::to_string(hold.count)}) : "";
        holders.place_thread(hold.thread, true, joined({hold.mode == HoldMode::Shared ? " reads" : " writes", times}));
    }
    Line queue(painter, painter.take(line));
    const std::vector<ThreadId> waiters = queue_at(painter.model(), object.id);
    for (const ThreadId waiter : waiters) {
        const EventIndex call = painter.model().threads()[waiter].call();
        const bool is_writer = call != no_id && row_of(static_cast<CallId>(painter.frame().context.trace[call].call)).effect == Effect::Locks;
        if (waiter == waiters.front()) queue.place_moon();
        queue.place_thread(waiter, false, is_writer ? " to write" : " to read");
    }
    if (waiters.empty()) queue.write(object.lock->preference == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP ? "writers go first" : "readers go first", painter.dim());
    draw_guarded(painter);
}

void draw_barrier_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    const BarrierState state = object.barrier.value_or(BarrierState());
    const std::string here = joined({std::to_string(state.here.size()), " of ", std::to_string(state.needed), " are here"});
    painter.draw_title(object.name, is_gone(painter) ? "ended" : here);
    if (is_gone(painter)) return;
    const Rect row = painter.take(line + 2);
    const float step = painter.px(19), size = painter.px(13);
    for (std::size_t i = 0; i < std::min<std::size_t>(state.needed, most_places); ++i) {
        const ImVec2 at(row.min.x + step * static_cast<float>(i), row.center().y - size / 2);
        const Rect place = Rect::at(at, {size, size});
        const Thread* const thread = i < state.here.size() ? painter.model().thread(state.here[i]) : nullptr;
        if (thread) painter.list()->AddRectFilled(place.min, place.max, painter.frame().tint(thread->process), painter.px(3));
        else draw_dashed_rect(painter.list(), place, painter.dim(), painter.px(3), painter.px(1.3f), painter.px(3));
    }
    Line names(painter, painter.take(line));
    for (const ThreadId thread : state.here) names.write_thread(thread);
    if (state.here.empty()) names.write(state.rounds == 0 ? "nobody has come yet" : joined({counted(state.rounds, "round is", "rounds are"), " over"}), painter.dim());
}

}  // namespace ipcscope
