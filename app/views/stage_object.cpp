#include <algorithm>
#include <cmath>
#include <iterator>

#include "app/views/stage_draw.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float faded_alpha = 0.4f;
constexpr std::size_t whole_text = 24;   // bytes of a message that are still written out

class ObjectPainter {
 public:
    ObjectPainter(const StageFrame& frame, std::size_t position)
        : frame_(frame), theme_(frame.theme()), scene_(frame.scene.objects[position]), place_(frame.layout.objects[position]),
          object_(frame.model().objects()[scene_.id]), box_(frame.on_screen(place_.box)), inner_(box_.inset(px(13), px(9))) {}

    void draw() {
        draw_ground();
        switch (object_.kind) {
            case ObjectKind::Pipe:
            case ObjectKind::Fifo: draw_pipe(); break;
            case ObjectKind::File: draw_file(); break;
            case ObjectKind::Terminal: draw_terminal(); break;
            default: draw_title(object_.name, ""); break;
        }
    }

 private:
    float px(float logical) const { return frame_.px(logical); }
    float alpha() const { return scene_.is_faded ? faded_alpha : 1.0f; }
    ImU32 dim() const { return theme_.ink(Ink::TextDim); }

    void draw_ground() {
        const bool is_hot = frame_.hot.object == scene_.id;
        frame_.list->AddRectFilled(box_.min, box_.max, theme_.ink(Ink::Kernel), px(9));
        draw_card(frame_.list, box_, theme_.ink(is_hot ? Ink::CardHot : Ink::Card, alpha()), theme_.ink(Ink::Object, alpha()),
                  px(9), px(2));
        if (scene_.is_changed) draw_flash(frame_, box_, px(9));
        if (frame_.context.selection.object == scene_.id && frame_.context.selection.descriptor < 0)
            draw_ring(frame_, box_, px(9));
    }

    Rect take(float height) {
        const Rect taken{inner_.min, {inner_.max.x, inner_.min.y + px(height)}};
        inner_.min.y += px(height);
        return taken;
    }

    // Name at the left, `state` at the right, and between them, if there is room, the kernel's own name for it.
    void draw_title(const std::string& name, const std::string& state, bool is_state_grave = false) {
        const Rect line = take(22);
        const ImFont* font = theme_.fonts.mono;
        const float state_width = std::min(text_width(font, state), line.width() * 0.62f);
        draw_text_in(frame_.list, font, {{line.max.x - state_width, line.min.y}, line.max}, Align::Right,
                     is_state_grave ? theme_.ink(Ink::Asleep) : dim(), state);
        const float room = line.width() - state_width - px(12);
        const bool keeps_tail = object_.kind == ObjectKind::File || object_.kind == ObjectKind::Fifo;
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

    // --- pipes and FIFOs

    void draw_pipe() {
        const std::uint64_t bytes = object_.bytes_inside();
        const std::uint64_t capacity = object_.pipe ? object_.pipe->capacity() : 0;
        const bool is_full = object_.pipe && object_.pipe->is_full();
        std::string state = joined({std::to_string(bytes), " / ", bytes_text(capacity)});
        if (is_full) state += " · full";
        if (scene_.is_faded) state = "ended";
        draw_title(object_.name, state, is_full);
        inner_.min.y += px(2);
        const Rect well = take(30);
        frame_.list->AddRectFilled(well.min, well.max, theme_.ink(Ink::Well, alpha()), px(4));
        draw_bytes(well);
        inner_.min.y += px(4);
        draw_gauge(take(5), bytes, capacity, is_full);
        if (place_.is_compact) return;
        inner_.min.y += px(4);
        draw_ends(take(20));
    }

    // True to scale: 5 of 65536 bytes are a hair's breadth, so that what lies in the well above is seen to be a lens.
    void draw_gauge(const Rect& bar, std::uint64_t bytes, std::uint64_t capacity, bool is_full) const {
        frame_.list->AddRectFilled(bar.min, bar.max, theme_.ink(Ink::Well, alpha()), bar.height() / 2);
        if (bytes == 0 || capacity == 0) return;
        const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(capacity));
        const float width = std::max(px(2), static_cast<float>(share) * bar.width());
        frame_.list->AddRectFilled({bar.max.x - width, bar.min.y}, bar.max, theme_.ink(is_full ? Ink::Asleep : Ink::Object),
                                   bar.height() / 2);
    }

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
            if (is_on_its_way(stretch.message)) continue;
            const Message& message = frame_.model().messages()[stretch.message];
            const std::string text = short_bytes(message, stretch.first, stretch.count);
            pieces.push_back({&message, text, stretch.count, text_width(theme_.fonts.mono, text) + px(14)});
            if (pieces.size() > 64) break;
        }
        if (pieces.empty()) {
            draw_text_in(frame_.list, theme_.fonts.small, well, Align::Center, dim(),
                         scene_.is_faded ? "nobody has it open" : "empty");
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
        draw_text_in(frame_.list, theme_.fonts.small, place.inset(px(5), 0), Align::Right, dim(),
                     joined({"+", std::to_string(object_.lying.size() - shown), " · ", bytes_text(bytes)}));
    }

    bool is_on_its_way(MessageId message) const {
        return std::any_of(frame_.flights.begin(), frame_.flights.end(), [&](const Flight& flight) {
            return flight.message == message && flight.way == Way::In && flight_progress(frame_, flight.turn) < 1;
        });
    }

    // "2 write ends · 1 read end", and who sleeps here.
    void draw_ends(const Rect& line) const {
        if (scene_.is_faded) return;
        const std::string ends =
            joined({counted(frame_.model().holders(scene_.id, End::Write).size(), "write end", "write ends"), " · ",
                    counted(frame_.model().holders(scene_.id, End::Read).size(), "read end", "read ends")});
        draw_text_in(frame_.list, theme_.fonts.small, line, Align::Left, dim(), ends);
        draw_waiters({{line.min.x + text_width(theme_.fonts.small, ends) + px(10), line.min.y}, line.max});
    }

    void draw_waiters(const Rect& room) const {
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

    // --- files: each open file has an offset of its own; who shares it stands beside it

    void draw_file() {
        draw_title(file_title(), object_.file_size ? bytes_text(static_cast<std::uint64_t>(*object_.file_size)) : "");
        constexpr std::size_t most = 3;
        for (std::size_t i = 0; i < std::min(scene_.files.size(), most); ++i) {
            const bool is_rest = i + 1 == most && scene_.files.size() > most;
            const Rect line = take(22);
            if (is_rest) {
                draw_text_in(frame_.list, theme_.fonts.small, line, Align::Left, dim(),
                             joined({"+", std::to_string(scene_.files.size() - i), " open files"}));
            } else {
                draw_open_file(line, frame_.model().open_files()[scene_.files[i]]);
            }
        }
        if (!place_.is_compact) draw_waiters(take(20));
    }

    std::string file_title() const { return object_.is_unlinked ? joined({object_.name, " (no name left)"}) : object_.name; }

    void draw_open_file(const Rect& line, const OpenFile& file) const {
        std::string holders;
        for (const Model::Holder& holder : frame_.model().holders(scene_.id, End::None)) {
            if (frame_.model().file_behind(holder.process, holder.descriptor) != &file) continue;
            const Process* process = frame_.model().process(holder.process);
            holders +=
                joined({holders.empty() ? "" : ", ", process ? process->name : "?", " ", std::to_string(holder.descriptor)});
        }
        const std::int64_t size = std::max<std::int64_t>(object_.file_size.value_or(0), std::max<std::int64_t>(file.offset, 1));
        const float bar_width = std::min(px(84), line.width() * 0.36f);
        const Rect bar{{line.min.x, line.center().y - px(4)}, {line.min.x + bar_width, line.center().y + px(4)}};
        frame_.list->AddRectFilled(bar.min, bar.max, theme_.ink(Ink::Well), px(3));
        const float share =
            static_cast<float>(static_cast<double>(std::clamp<std::int64_t>(file.offset, 0, size)) / static_cast<double>(size));
        const float x = std::round(bar.min.x + px(1) + (bar.width() - px(2)) * share);
        if (file.is_offset_known) {
            frame_.list->AddRectFilled(bar.min, {x, bar.max.y}, theme_.ink(Ink::Object, 0.45f), px(3));
            frame_.list->AddRectFilled({x - px(1), bar.min.y - px(3)}, {x + px(1), bar.max.y + px(3)}, theme_.ink(Ink::Object));
        }
        const std::string offset = file.is_offset_known ? joined({"offset ", std::to_string(file.offset)}) : "offset ?";
        draw_text_in(frame_.list, theme_.fonts.small, {{bar.max.x + px(9), line.min.y}, line.max}, Align::Left,
                     theme_.ink(Ink::Text), joined({offset, "  ", holders}));
    }

    // --- terminals: the last line that was printed

    void draw_terminal() {
        draw_title(object_.name, "");
        const Rect well = take(place_.is_compact ? 28 : 46);
        frame_.list->AddRectFilled(well.min, well.max, theme_.ink(Ink::Well), px(4));
        const auto columns =
            static_cast<std::size_t>(std::max(1.0f, (well.width() - px(16)) / text_width(theme_.fonts.mono, "m")));
        std::vector<std::string> lines{""};
        for (const char c : object_.terminal) {
            if (c == '\n' || lines.back().size() >= columns) lines.emplace_back();
            if (static_cast<unsigned char>(c) >= 0x20) lines.back() += c;
        }
        if (lines.back().empty() && lines.size() > 1) lines.pop_back();
        const std::size_t most = place_.is_compact ? 1 : 2, first = lines.size() - std::min(most, lines.size());
        const float height = (well.height() - px(4)) / static_cast<float>(most);
        for (std::size_t i = first; i < lines.size(); ++i) {
            const float y = well.min.y + px(2) + height * static_cast<float>(i - first);
            draw_text_in(frame_.list, theme_.fonts.mono, {{well.min.x + px(8), y}, {well.max.x - px(8), y + height}},
                         Align::Left, theme_.ink(Ink::Text), lines[i]);
        }
    }

    const StageFrame& frame_;
    const Theme& theme_;
    const SceneObject& scene_;
    const ObjectPlace& place_;
    const Object& object_;
    Rect box_, inner_;   // inner_: what is not yet taken
};

}  // namespace

std::string short_bytes(const Message& message, std::uint64_t first, std::uint64_t count) {
    if (count > whole_text || first + count > message.bytes.size()) return bytes_text(count);
    return text_of_bytes(std::string_view(message.bytes).substr(first, count), count);
}

void draw_object(const StageFrame& frame, std::size_t object) { ObjectPainter(frame, object).draw(); }

}  // namespace ipcscope
