// Sockets. A connection between two processes of the run is one box: its two ends by name, and between them two streams, one each
// way, each with what was sent and not yet received. A listener is drawn as its queue, a datagram socket as what has come to it.
#include <algorithm>

#include "app/views/stage_object.h"
#include "app/views/words.h"
#include "core/model/socket_queue.h"
#include "core/model/socket_text.h"

namespace ipcscope {

namespace {

constexpr std::size_t most_cells = 6;

class SocketBody {
 public:
    explicit SocketBody(ObjectPainter& painter)
        : painter_(painter), frame_(painter.frame()), theme_(painter.theme()), object_(painter.object()), socket_(*painter.object().socket) {}

    void draw() {
        if (const Object* const other = other_end(); other) return draw_connection(*other);
        if (socket_.stage == SocketStage::Listening) return draw_listener();
        draw_single();
    }

 private:
    const Object* other_end() const { return socket_.other < frame_.model().objects().size() ? &frame_.model().objects()[socket_.other] : nullptr; }

    static std::string name_of(const Object& end) {
        const SocketAddress& local = end.socket->local;
        return local.is_known() && !local.is_unnamed() ? text_of_address(local) : end.name;
    }

    // --- A connection

    void draw_connection(const Object& other) {
        const bool is_waiting = other.socket->listener != no_id;
        const bool is_reset = socket_.is_reset || other.socket->is_reset;
        std::string state = socket_.stage == SocketStage::Connecting ? "not connected yet" : is_waiting ? "not accepted yet" : "";
        if (object_.has_ended && other.has_ended) state = left_in_kernel(other);
        else if (is_reset) state = "reset";
        draw_title(joined({text_of_protocol(socket_), " connection"}), text_of_protocol(socket_), state, is_waiting ? "" : state.substr(0, state.find(',')), is_reset);
        const Rect names = painter_.take(20);
        draw_text_in(frame_.list, theme_.fonts.small, names, Align::Left, ink_of(object_), short_name_of(object_, names.width() * 0.48f));
        draw_text_in(frame_.list, theme_.fonts.small, names, Align::Right, ink_of(other), short_name_of(other, names.width() * 0.48f));
        painter_.skip(2);
        const float height = painter_.is_compact() ? 22 : 26;
        draw_stream(painter_.take(height), object_, other, true);
        painter_.skip(4);
        draw_stream(painter_.take(height), other, object_, false);
        if (painter_.is_compact()) return;
        painter_.skip(3);
        draw_foot(painter_.take(20), other);
    }

    // Each as a whole, or as short as it may be.
    void draw_title(const std::string& name, const std::string& short_name, const std::string& state, const std::string& short_state, bool is_grave) {
        const auto fits = [&](const std::string& left, const std::string& right) {
            const float room = painter_.rest().width(), state_width = text_width(theme_.fonts.mono, right);
            return text_width(theme_.fonts.mono, left) + state_width + px(30) <= room && state_width <= room * ObjectPainter::most_of_title;
        };
        const std::string& shown_name = fits(name, state) ? name : short_name;
        painter_.draw_title(shown_name, fits(shown_name, state) ? state : short_state, is_grave);
    }

    // Nobody has it open any more. Its kernel may still have something to do with it.
    std::string left_in_kernel(const Object& other) const {
        for (const KernelSocket& left : frame_.model().network().in_kernel)
            for (const Object* const end : {&object_, &other})
                if (left.local == end->socket->local && left.peer == end->socket->peer) return text_of_kernel_socket(left);
        return "closed";
    }

    // "192.0.2.1:43520", or what of it fits: ":43520"
    std::string short_name_of(const Object& end, float room) const {
        const std::string name = name_of(end);
        if (!end.socket->is_ip() || text_width(theme_.fonts.small, name) <= room) return fitted(theme_.fonts.small, name, room);
        return joined({"port ", std::to_string(end.socket->local.port)});
    }

    // The colour of who has this end open.
    ImU32 ink_of(const Object& end) const {
        const std::vector<Model::Holder> holders = frame_.model().holders(end.id, End::None);
        return holders.empty() ? painter_.dim() : frame_.tint(holders.front().process);
    }

    // What `from` has sent and `to` has not received: what leaves first lies at the receiver's side.
    void draw_stream(const Rect& row, const Object& from, const Object& to, bool goes_right) const {
        const bool has_ended = from.has_ended || from.socket->has_shut_writing || to.socket->is_reset;
        const float arrow = px(22);
        const Rect well = goes_right ? Rect{row.min, {row.max.x - arrow, row.max.y}} : Rect{{row.min.x + arrow, row.min.y}, row.max};
        frame_.list->AddRectFilled(well.min, well.max, theme_.ink(Ink::Well, painter_.alpha()), px(4));
        const ImU32 ink = has_ended ? theme_.ink(Ink::TextDim, 0.5f) : ink_of(from);
        const float middle = row.center().y;
        const ImVec2 tip{goes_right ? row.max.x - px(2) : row.min.x + px(2), middle};
        const float x = goes_right ? tip.x - px(16) : tip.x + px(16);
        frame_.list->AddLine({x, middle}, {goes_right ? tip.x - px(6) : tip.x + px(6), middle}, ink, px(2));
        if (has_ended) frame_.list->AddLine({tip.x, middle - px(7)}, {tip.x, middle + px(7)}, theme_.ink(Ink::Error, painter_.alpha()), px(2.5f));
        else draw_arrow_head(frame_.list, tip, {goes_right ? 1.0f : -1.0f, 0}, px(9), ink);
        draw_bytes(well, to, goes_right, has_ended ? "ended" : "nothing on its way");
    }

    void draw_bytes(const Rect& well, const Object& to, bool from_right, const char* if_empty) const {
        const Rect room = well.inset(px(3), px(3));
        float used = 0;
        std::size_t shown = 0;
        std::uint64_t rest = 0;
        for (const Stretch& stretch : to.lying) {
            if (painter_.is_on_its_way(stretch.message)) continue;
            const Message& message = frame_.model().messages()[stretch.message];
            const std::string text = short_bytes(message, stretch.first, stretch.count);
            const float width = std::min(text_width(theme_.fonts.mono, text) + px(14), room.width() - used);
            if (width < px(30) || (shown > 0 && text_width(theme_.fonts.mono, text) + px(14) > width)) {
                rest += stretch.count;
                continue;
            }
            const Rect place = from_right ? Rect{{room.max.x - used - width, room.min.y}, {room.max.x - used, room.max.y}}
                                          : Rect{{room.min.x + used, room.min.y}, {room.min.x + used + width, room.max.y}};
            draw_piece(place, message, text);
            used += width + px(3);
            ++shown;
        }
        if (shown == 0) draw_text_in(frame_.list, theme_.fonts.small, well, Align::Center, painter_.dim(), if_empty);
        if (rest != 0)
            draw_text_in(frame_.list, theme_.fonts.small, room, from_right ? Align::Left : Align::Right, painter_.dim(), joined({"+", bytes_text(rest)}));
    }

    void draw_piece(const Rect& place, const Message& message, const std::string& text) const {
        const ImU32 fill = frame_.tint(message.from);
        frame_.list->AddRectFilled(place.min, place.max, fill, px(3));
        draw_text_in(frame_.list, theme_.fonts.mono, place.inset(px(6), 0), Align::Center, theme_.on(fill), fitted(theme_.fonts.mono, text, place.width() - px(8)));
        const bool is_new = std::any_of(frame_.flights.begin(), frame_.flights.end(),
                                        [&](const Flight& flight) { return flight.message == message.id && flight.way == Way::In; });
        if (is_new) draw_flash(frame_, place, px(3));
        if (frame_.context.selection.message == message.id) draw_ring(frame_, place, px(3));
        if (frame_.hot.object != object_.id || frame_.hot.process != no_id || !place.contains(ImGui::GetIO().MousePos)) return;
        const Process* const from = frame_.model().process(message.from);
        draw_tool_tip(theme_, joined({bytes_text(message.length), " from ", from ? from->name : "outside", ": ", text_of_bytes(message.bytes, message.length)}));
        if (!frame_.is_pressed) return;
        Selection selection;
        selection.object = object_.id, selection.message = message.id;
        frame_.context.selection = selection;
    }

    // Who has which end open, and who sleeps here.
    void draw_foot(const Rect& line, const Object& other) const {
        const auto holders_of = [&](const Object& end) {
            std::string text;
            for (const Model::Holder& holder : frame_.model().holders(end.id, End::None)) {
                const Process* const process = frame_.model().process(holder.process);
                text += joined({text.empty() ? "" : ", ", process ? process->name : "?", " ", std::to_string(holder.descriptor)});
            }
            if (!text.empty()) return text;
            return std::string(end.socket->listener == no_id ? "closed" : is_on_its_way(frame_.model(), end.id) ? "not there yet" : !is_connected(frame_.model(), end.id) ? (end.socket->host == 0 ? "outside" : "half open") : line.width() < px(200) ? "queued" : "in the queue");
        };
        draw_text_in(frame_.list, theme_.fonts.small, line, Align::Left, painter_.dim(), fitted(theme_.fonts.small, holders_of(object_), line.width() * 0.48f));
        draw_text_in(frame_.list, theme_.fonts.small, line, Align::Right, painter_.dim(), fitted(theme_.fonts.small, holders_of(other), line.width() * 0.48f));
    }

    // --- A listener

    void draw_listener() {
        const auto places = static_cast<std::size_t>(socket_.backlog) + 1;
        const std::size_t connected = std::min(connected_in_queue(frame_.model(), object_), places);
        const auto on_way = static_cast<std::size_t>(std::count_if(socket_.queue.begin(), socket_.queue.end(), [&](ObjectId end) { return is_on_its_way(frame_.model(), end); }));
        const std::size_t knocking = socket_.queue.size() - connected - on_way;
        const std::string state = object_.has_ended ? "closed" : "listens";
        draw_title(joined({text_of_protocol(socket_), " ", name_of(object_)}), socket_.is_ip() ? joined({text_of_protocol(socket_), " ", std::to_string(socket_.local.port)}) : text_of_protocol(socket_),
                   state, state, false);
        painter_.skip(2);
        const Rect row = painter_.take(painter_.is_compact() ? 24 : 28);
        const std::size_t cells = std::clamp<std::size_t>(places, 1, most_cells);
        const float gap = px(4), width = (row.width() - gap * static_cast<float>(cells - 1)) / static_cast<float>(cells);
        for (std::size_t i = 0; i < cells; ++i) {
            const float right = row.max.x - static_cast<float>(i) * (width + gap);
            const Rect cell{{right - width, row.min.y}, {right, row.max.y}};
            if (i < connected && (i + 1 < cells || connected <= cells)) draw_waiting(cell, socket_.queue[i]);
            else draw_place(cell, i + 1 == cells && connected > cells ? joined({"+", std::to_string(connected - i)}) : i == 0 ? "nobody waits" : "");
        }
        painter_.skip(3);
        const Rect foot = painter_.take(20);
        std::string text = joined({std::to_string(connected), " of ", std::to_string(places), knocking + on_way != 0 && row.width() < px(200) ? " wait" : " wait for accept"});
        if (knocking != 0) text += joined({" · ", std::to_string(knocking), socket_.host == 0 ? " outside" : " half open"});
        if (on_way != 0) text += joined({" · ", std::to_string(on_way), " on the way"});
        draw_text_in(frame_.list, theme_.fonts.small, foot, Align::Left, knocking != 0 ? theme_.ink(Ink::Asleep) : painter_.dim(), text);
        painter_.draw_waiters({{foot.min.x + text_width(theme_.fonts.small, text) + px(10), foot.min.y}, foot.max});
    }

    void draw_waiting(const Rect& cell, ObjectId end) const {
        const Object& theirs = frame_.model().objects()[end];
        const Object* const client = theirs.socket->other < frame_.model().objects().size() ? &frame_.model().objects()[theirs.socket->other] : nullptr;
        const std::vector<Model::Holder> holders = client ? frame_.model().holders(client->id, End::None) : std::vector<Model::Holder>{};
        const Process* const process = holders.empty() ? nullptr : frame_.model().process(holders.front().process);
        const ImU32 fill = process ? frame_.tint(process->id) : theme_.ink(Ink::Object);
        frame_.list->AddRectFilled(cell.min, cell.max, fill, px(5));
        const std::string name = process ? process->name : text_of_address(theirs.socket->peer);
        const bool has_room = !process || text_width(theme_.fonts.small, name) <= cell.width() - px(6);    // (of the run's own the colour tells)
        if (has_room) draw_text_in(frame_.list, theme_.fonts.small, cell.inset(px(3), 0), Align::Center, theme_.on(fill), fitted(theme_.fonts.small, name, cell.width() - px(6)));
    }

    void draw_place(const Rect& cell, const std::string& text) const {
        frame_.list->AddRectFilled(cell.min, cell.max, theme_.ink(Ink::Well, painter_.alpha()), px(5));
        draw_text_in(frame_.list, theme_.fonts.small, cell, Align::Center, painter_.dim(), text_width(theme_.fonts.small, text) <= cell.width() ? text : "");
    }

    // --- One that has no connection in the run

    void draw_single() {
        const bool has_peer = socket_.peer.is_known() && !socket_.peer.is_unnamed();
        const bool has_name = socket_.local.is_known() && !socket_.local.is_unnamed();
        std::string state = object_.has_ended ? "closed" : socket_.stage == SocketStage::Connecting ? "connecting" : has_name ? "" : "no name yet";
        painter_.draw_title(joined({text_of_protocol(socket_), " ", has_name ? text_of_address(socket_.local) : object_.name}), state);
        painter_.skip(2);
        const Rect well = painter_.take(painter_.is_compact() ? 24 : 28);
        frame_.list->AddRectFilled(well.min, well.max, theme_.ink(Ink::Well, painter_.alpha()), px(4));
        draw_bytes(well, object_, true, has_peer || socket_.type == SOCK_DGRAM ? "nothing has come" : "not connected");
        painter_.skip(3);
        const Rect foot = painter_.take(20);
        const std::string who = text_of_peer_process(socket_.peer_process), address = has_peer ? text_of_address(socket_.peer) : "";
        const bool has_both = !who.empty() && text_width(theme_.fonts.small, who) + text_width(theme_.fonts.small, address) + px(60) <= foot.width();
        const std::string text = !who.empty() ? (has_both ? joined({"peer: ", who}) : who) : has_peer ? joined({"peer ", address}) : "no peer";
        draw_text_in(frame_.list, theme_.fonts.small, foot, Align::Left, who.empty() ? painter_.dim() : theme_.ink(Ink::Text, painter_.alpha()),
                     fitted(theme_.fonts.small, text, has_both || who.empty() ? foot.width() * 0.7f : foot.width()));
        if (has_both && frame_.model().waiters(object_.id).empty()) draw_text_in(frame_.list, theme_.fonts.small, foot, Align::Right, painter_.dim(), address);
        painter_.draw_waiters({{foot.min.x + foot.width() * 0.72f, foot.min.y}, foot.max});
    }

    float px(float logical) const { return painter_.px(logical); }

    ObjectPainter& painter_;
    const StageFrame& frame_;
    const Theme& theme_;
    const Object& object_;
    const SocketState& socket_;
};

}  // namespace

void draw_socket_body(ObjectPainter& painter) { SocketBody(painter).draw(); }

float socket_height(const Model& model, const SceneObject& scene, bool is_compact) {
    const SocketState& socket = *model.objects()[scene.id].socket;
    if (socket.other != no_id) return is_compact ? 112 : 143;
    return is_compact ? 92 : 102;
}

}  // namespace ipcscope
