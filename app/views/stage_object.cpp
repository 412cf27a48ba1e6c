#include "app/views/stage_object.h"

#include <algorithm>

#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float faded_alpha = 0.4f;

void draw_plain_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    painter.draw_title(object.name, painter.scene().is_faded ? "ended" : "");
    if (!painter.is_compact()) painter.draw_holders(painter.take(22));
    painter.draw_waiters(painter.take(22));
}

// Logical heights of most kinds do not depend on what is in them.
template <int whole, int compact>
float fixed_height(const Model&, const SceneObject&, bool is_compact) {
    return is_compact ? compact : whole;
}

struct BodyRow {
    ObjectKind kind;
    float (*height)(const Model&, const SceneObject&, bool is_compact);
    void (*draw)(ObjectPainter&);
};

constexpr BodyRow plain_body{ObjectKind::Unknown, fixed_height<88, 62>, draw_plain_body};
constexpr BodyRow bodies[] = {
    {ObjectKind::Pipe, fixed_height<106, 82>, draw_pipe_body},
    {ObjectKind::Fifo, fixed_height<106, 82>, draw_pipe_body},
    {ObjectKind::File, file_height, draw_file_body},
    {ObjectKind::Semaphore, fixed_height<88, 86>, draw_semaphore_body},
    {ObjectKind::SysVSemaphores, semaphore_set_height, draw_semaphore_set_body},
    {ObjectKind::SharedMemory, memory_height, draw_memory_body},
    {ObjectKind::SysVMemory, memory_height, draw_memory_body},
    {ObjectKind::AnonymousMemory, memory_height, draw_memory_body},
    {ObjectKind::PrivateMemory, memory_height, draw_memory_body},
    {ObjectKind::Terminal, fixed_height<88, 68>, draw_terminal_body},
    {ObjectKind::MessageQueue, fixed_height<112, 80>, draw_queue_body},
    {ObjectKind::SysVQueue, fixed_height<112, 80>, draw_queue_body},
    {ObjectKind::Socket, socket_height, draw_socket_body},
    {ObjectKind::Mutex, mutex_height, draw_mutex_body},
    {ObjectKind::SpinLock, mutex_height, draw_mutex_body},
    {ObjectKind::Condition, fixed_height<88, 88>, draw_condition_body},
    {ObjectKind::ReadWriteLock, fixed_height<92, 92>, draw_read_write_lock_body},
    {ObjectKind::Barrier, fixed_height<88, 88>, draw_barrier_body},
    {ObjectKind::EventFd, fixed_height<100, 74>, draw_event_file_body},
    {ObjectKind::SignalFd, fixed_height<100, 74>, draw_event_file_body},
    {ObjectKind::TimerFd, fixed_height<100, 74>, draw_event_file_body},
};

const BodyRow& body_of(ObjectKind kind) {
    const auto found = std::find_if(std::begin(bodies), std::end(bodies), [kind](const BodyRow& row) { return row.kind == kind; });
    return found == std::end(bodies) ? plain_body : *found;
}

}  // namespace

float object_height(const Model& model, const SceneObject& object, bool is_compact) {
    return body_of(model.objects()[object.id].kind).height(model, object, is_compact);
}

void draw_object(const StageFrame& frame, std::size_t position) {
    ObjectPainter painter(frame, position);
    painter.draw_ground();
    body_of(painter.object().kind).draw(painter);
}

ObjectPainter::ObjectPainter(const StageFrame& frame, std::size_t position)
    : frame_(frame), theme_(frame.theme()), scene_(frame.scene.objects[position]), place_(frame.layout.objects[position]),
      object_(frame.model().objects()[scene_.id]), box_(frame.on_screen(place_.box)), inner_(box_.inset(px(13), px(9))) {}

float ObjectPainter::alpha() const { return scene_.is_faded ? faded_alpha : 1.0f; }

void ObjectPainter::draw_ground() {
    const bool is_hot = frame_.hot.object == scene_.id;
    frame_.list->AddRectFilled(box_.min, box_.max, theme_.ink(Ink::Kernel), px(9));
    draw_card(frame_.list, box_, theme_.ink(is_hot ? Ink::CardHot : Ink::Card, alpha()), theme_.ink(Ink::Object, alpha()),
              px(9), px(2));
    if (scene_.is_changed) draw_flash(frame_, box_, px(9));
    if (frame_.context.selection.object == scene_.id && frame_.context.selection.descriptor < 0)
        draw_ring(frame_, box_, px(9));
}

Rect ObjectPainter::take(float height) {
    const Rect taken{inner_.min, {inner_.max.x, inner_.min.y + px(height)}};
    inner_.min.y += px(height);
    return taken;
}

void ObjectPainter::draw_title(const std::string& name, const std::string& state, bool is_state_grave) {
    const Rect line = take(22);
    const ImFont* font = theme_.fonts.mono;
    const float state_width = std::min(text_width(font, state), line.width() * most_of_title);
    draw_text_in(frame_.list, font, {{line.max.x - state_width, line.min.y}, line.max}, Align::Right,
                 is_state_grave ? theme_.ink(Ink::Asleep) : dim(), state);
    const float room = line.width() - state_width - px(12);
    const bool keeps_tail = row_of(object_.kind).naming != Naming::Numbered;
    const std::string shown = fitted(font, name, room, keeps_tail);
    draw_text_in(frame_.list, font, line, Align::Left, theme_.ink(scene_.is_faded ? Ink::TextDim : Ink::Text), shown);
    const float used = text_width(font, shown);
    float x = line.min.x + used + px(9);
    if (scene_.is_changed) {
        draw_changed(frame_, {x + px(2), line.center().y});
        x += px(13);
    }
    const std::string inode = joined({"pipe:[", std::to_string(object_.inode), "]"});
    const bool has_inode = object_.kind == ObjectKind::Pipe && object_.inode != 0 && !place_.is_compact;
    if (has_inode && x + text_width(theme_.fonts.small, inode) < line.max.x - state_width - px(8))
        draw_text_in(frame_.list, theme_.fonts.small, {{x, line.min.y}, line.max}, Align::Left, dim(), inode);
}

void ObjectPainter::draw_gauge(const Rect& bar, double share, bool is_full) const {
    list()->AddRectFilled(bar.min, bar.max, theme_.ink(Ink::Well, alpha()), bar.height() / 2);
    if (share <= 0) return;
    const float width = std::max(px(2), static_cast<float>(std::min(1.0, share)) * bar.width());
    list()->AddRectFilled({bar.max.x - width, bar.min.y}, bar.max, theme_.ink(is_full ? Ink::Asleep : Ink::Object), bar.height() / 2);
}

void ObjectPainter::draw_holders(const Rect& room) const {
    const ImFont* font = theme_.fonts.small;
    float x = room.min.x;
    const auto write = [&](const std::string& text, ImU32 color) {
        const std::string shown = fitted(font, text, room.max.x - x);
        draw_text_in(list(), font, {{x, room.min.y}, room.max}, Align::Left, color, shown);
        x += text_width(font, shown);
    };
    std::vector<ProcessId> named;
    for (const Hold& hold : object_.holds) {
        const Process* const holder = model().process(hold.process);
        if (!holder || std::find(named.begin(), named.end(), holder->id) != named.end()) continue;
        write(named.empty() ? (hold.mode == HoldMode::Shared ? "shared by " : "held by ") : ", ", dim());
        write(holder->name, frame_.tint(holder->id));
        named.push_back(holder->id);
    }
}

void ObjectPainter::draw_waiters(const Rect& room) const {
    std::string names;
    for (const ThreadId waiter : frame_.model().waiters(scene_.id)) {
        const Process* process = frame_.model().process(frame_.model().threads()[waiter].process);
        names += joined({names.empty() ? "" : ", ", process ? process->name : "?"});
    }
    const float moon = px(11);
    if (names.empty() || room.width() < moon + px(24)) return;
    const std::string shown = fitted(theme_.fonts.small, names, room.width() - moon - px(6));
    const float x = room.max.x - text_width(theme_.fonts.small, shown);
    draw_moon(frame_.list, {x - px(6) - moon / 2, room.center().y}, moon, theme_.ink(Ink::Asleep));
    draw_text_in(frame_.list, theme_.fonts.small, {{x, room.min.y}, room.max}, Align::Left, theme_.ink(Ink::Asleep), shown);
}

bool ObjectPainter::is_on_its_way(MessageId message) const {
    return std::any_of(frame_.flights.begin(), frame_.flights.end(), [&](const Flight& flight) {
        return flight.message == message && flight.way == Way::In && flight_progress(frame_, flight.turn) < 1;
    });
}

}  // namespace ipcscope
