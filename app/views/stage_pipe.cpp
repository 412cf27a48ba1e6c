// Pipes and FIFOs: the bytes as they lie, how full the buffer is, who has which end.
#include <algorithm>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr std::size_t whole_text = 24;   // bytes of a message that are still written out

class PipeBody {
 public:
    explicit PipeBody(ObjectPainter& painter)
        : painter_(painter), frame_(painter.frame()), theme_(painter.theme()), scene_(painter.scene()), object_(painter.object()) {}

    void draw() {
        const std::uint64_t bytes = object_.bytes_inside();
        const std::uint64_t capacity = object_.pipe ? object_.pipe->capacity() : 0;
        const bool is_full = object_.pipe && object_.pipe->is_full();
        std::string state = joined({std::to_string(bytes), " / ", bytes_text(capacity)});
        if (is_full) state += " · full";
        if (scene_.is_faded) state = "ended";
        else if (is_only_name()) state.clear();
        painter_.draw_title(object_.name, state, is_full);
        painter_.skip(2);
        const Rect well = painter_.take(30);
        frame_.list->AddRectFilled(well.min, well.max, theme_.ink(Ink::Well, painter_.alpha()), px(4));
        draw_bytes(well);
        painter_.skip(4);
        // True to scale: 5 of 65536 bytes are a hair's breadth, so that what lies in the well above is seen to be a lens.
        painter_.draw_gauge(painter_.take(5), capacity == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(capacity), is_full);
        if (painter_.is_compact()) return;
        painter_.skip(4);
        draw_ends(painter_.take(20));
    }

 private:
    // A FIFO that nobody has open has no buffer.
    bool is_only_name() const { return object_.kind == ObjectKind::Fifo && object_.readers == 0 && object_.writers == 0; }

    struct Piece {
        const Message* message;
        std::string text;
        std::uint64_t count;
        float wish;
    };

    // The bytes as they lie: what leaves first lies at the right, where readers take it. Neighbours of one message are one
    // piece. Each has the width its text needs; what does not fit is counted at the left.
    void draw_bytes(const Rect& well) const {
        std::vector<Piece> pieces;
        for (const Stretch& stretch : object_.lying) {
            if (painter_.is_on_its_way(stretch.message)) continue;
            const Message& message = frame_.model().messages()[stretch.message];
            const std::string text = short_bytes(message, stretch.first, stretch.count);
            pieces.push_back({&message, text, stretch.count, text_width(theme_.fonts.mono, text) + px(14)});
            if (pieces.size() > 64) break;
        }
        if (pieces.empty()) {
            draw_text_in(frame_.list, theme_.fonts.small, well, Align::Center, painter_.dim(),
                         scene_.is_faded ? "nobody has it open" : is_only_name() ? "a name; nobody has it open" : "empty");
            return;
        }
        const Rect room = well.inset(px(3), px(3));
        float right = room.max.x;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const bool is_last = i + 1 == object_.lying.size();
            const float rest = right - room.min.x;
            const float wish = pieces[i].wish;
            if (wish + (is_last ? 0 : px(64)) > rest && i > 0) {
                draw_others({room.min, {right, room.max.y}}, i);
                return;
            }
            const float width = std::min(wish, rest);
            draw_piece({{right - width, room.min.y}, {right, room.max.y}}, pieces[i]);
            right -= width + px(3);
        }
    }

    void draw_piece(const Rect& place, const Piece& piece) const {
        const ImU32 fill = frame_.tint(piece.message->from);
        frame_.list->AddRectFilled(place.min, place.max, fill, px(3));
        draw_text_in(frame_.list, theme_.fonts.mono, place.inset(px(6), 0), Align::Center, theme_.on(fill), piece.text);
        const bool is_new = std::any_of(frame_.flights.begin(), frame_.flights.end(), [&](const Flight& flight) {
            return flight.message == piece.message->id && flight.way == Way::In;
        });
        if (is_new) draw_flash(frame_, place, px(3));
        if (frame_.context.selection.message == piece.message->id) draw_ring(frame_, place, px(3));
        if (frame_.hot.object == scene_.id && frame_.hot.process == no_id && place.contains(ImGui::GetIO().MousePos))
            point_at(piece);
    }

    // A piece lies on its object: what the pointer does to the object there is meant for the piece.
    void point_at(const Piece& piece) const {
        const Process* from = frame_.model().process(piece.message->from);
        const std::string bytes = text_of_bytes(piece.message->bytes, piece.message->length);
        draw_tool_tip(theme_, joined({bytes_text(piece.count), " from ", from ? from->name : "?", ": ", bytes}));
        if (!frame_.is_pressed) return;
        Selection selection;
        selection.object = scene_.id, selection.message = piece.message->id;
        frame_.context.selection = selection;
    }

    void draw_others(const Rect& place, std::size_t shown) const {
        std::uint64_t bytes = 0;
        for (std::size_t i = shown; i < object_.lying.size(); ++i) bytes += object_.lying[i].count;
        draw_text_in(frame_.list, theme_.fonts.small, place.inset(px(5), 0), Align::Right, painter_.dim(),
                     joined({"+", std::to_string(object_.lying.size() - shown), " · ", bytes_text(bytes)}));
    }

    // "2 write ends · 1 read end", and who sleeps here.
    void draw_ends(const Rect& line) const {
        if (scene_.is_faded) return;
        const std::string ends =
            joined({counted(frame_.model().holders(scene_.id, End::Write).size(), "write end", "write ends"), " · ",
                    counted(frame_.model().holders(scene_.id, End::Read).size(), "read end", "read ends")});
        draw_text_in(frame_.list, theme_.fonts.small, line, Align::Left, painter_.dim(), ends);
        painter_.draw_waiters({{line.min.x + text_width(theme_.fonts.small, ends) + px(10), line.min.y}, line.max});
    }

    float px(float logical) const { return painter_.px(logical); }

    ObjectPainter& painter_;
    const StageFrame& frame_;
    const Theme& theme_;
    const SceneObject& scene_;
    const Object& object_;
};

}  // namespace

void draw_pipe_body(ObjectPainter& painter) { PipeBody(painter).draw(); }

std::string short_bytes(const Message& message, std::uint64_t first, std::uint64_t count) {
    if (count > whole_text || first + count > message.bytes.size()) return bytes_text(count);
    return text_of_bytes(std::string_view(message.bytes).substr(first, count), count);
}

}  // namespace ipcscope
