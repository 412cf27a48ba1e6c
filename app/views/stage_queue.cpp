// Message queues: cells, whole messages, in the order in which they will be taken; what comes next lies at the right.
#include <algorithm>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr std::size_t most_cells = 6;   // in a row; what does not fit is counted in the last one at the left

class QueueBody {
 public:
    explicit QueueBody(ObjectPainter& painter)
        : painter_(painter), frame_(painter.frame()), theme_(painter.theme()), object_(painter.object()), queue_(*painter.object().queue) {}

    void draw() {
        painter_.draw_title(object_.name, state(), is_full());
        painter_.skip(2);
        draw_cells(painter_.take(painter_.is_compact() ? 36 : 42));
        if (painter_.is_compact()) return;
        painter_.skip(4);
        draw_foot(painter_.take(20));
    }

 private:
    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const MessageId id : object_.inside) sum += frame_.model().messages()[id].length;
        return sum;
    }

    bool is_full() const {
        if (queue_.is_posix) return object_.inside.size() >= static_cast<std::uint64_t>(queue_.most_messages);
        return !object_.waiting.empty();
    }

    std::string state() const {
        if (object_.has_ended) return "removed";
        const std::string count = std::to_string(object_.inside.size());
        std::string text = queue_.is_posix ? joined({count, " / ", counted(static_cast<std::size_t>(queue_.most_messages), "message", "messages")})
                                           : joined({counted(object_.inside.size(), "message", "messages"), " · ", std::to_string(bytes()), " / ",
                                                     bytes_text(static_cast<std::uint64_t>(queue_.most_bytes))});
        if (is_full()) text += " · full";
        return text;
    }

    void draw_cells(const Rect& row) const {
        std::vector<const Message*> shown;
        for (const MessageId id : object_.inside)
            if (!painter_.is_on_its_way(id)) shown.push_back(&frame_.model().messages()[id]);
        const std::size_t places = queue_.is_posix ? static_cast<std::size_t>(std::max<std::int64_t>(queue_.most_messages, 1)) : shown.size() + 1;
        const std::size_t cells = std::clamp<std::size_t>(std::max(places, shown.size()), queue_.is_posix ? 1 : 3, most_cells);
        const float gap = px(4), width = (row.width() - gap * static_cast<float>(cells - 1)) / static_cast<float>(cells);
        for (std::size_t i = 0; i < cells; ++i) {
            const float right = row.max.x - static_cast<float>(i) * (width + gap);
            const Rect cell{{right - width, row.min.y}, {right, row.max.y}};
            const bool is_last = i + 1 == cells;
            if (is_last && shown.size() > cells) draw_others(cell, shown.size() - i);
            else if (i < shown.size()) draw_message(cell, *shown[i]);
            else draw_empty(cell, i == 0);
        }
    }

    void draw_message(const Rect& cell, const Message& message) const {
        const ImU32 fill = frame_.tint(message.from);
        frame_.list->AddRectFilled(cell.min, cell.max, fill, px(5));
        const Rect text = cell.inset(px(4), px(2));
        const float middle = text.min.y + text.height() * 0.56f;
        const std::string bytes = fitted(theme_.fonts.mono, short_bytes(message, 0, message.length), text.width());
        draw_text_in(frame_.list, theme_.fonts.mono, {text.min, {text.max.x, middle}}, Align::Center, theme_.on(fill), bytes);
        std::string rank = joined({queue_.is_posix ? "priority " : "type ", std::to_string(message.rank)});
        if (queue_.is_posix && text_width(theme_.fonts.small, rank) > text.width()) rank = joined({"prio ", std::to_string(message.rank)});
        draw_text_in(frame_.list, theme_.fonts.small, {{text.min.x, middle}, text.max}, Align::Center, theme_.on(fill), fitted(theme_.fonts.small, rank, text.width()));
        const bool is_new = std::any_of(frame_.flights.begin(), frame_.flights.end(),
                                        [&](const Flight& flight) { return flight.message == message.id && flight.way == Way::In; });
        if (is_new) draw_flash(frame_, cell, px(5));
        if (frame_.context.selection.message == message.id) draw_ring(frame_, cell, px(5));
        if (frame_.hot.object != object_.id || frame_.hot.process != no_id || !cell.contains(ImGui::GetIO().MousePos)) return;
        const Process* from = frame_.model().process(message.from);
        draw_tool_tip(theme_, joined({bytes_text(message.length), " from ", from ? from->name : "?", ": ", text_of_bytes(message.bytes, message.length)}));
        if (!frame_.is_pressed) return;
        Selection selection;
        selection.object = object_.id, selection.message = message.id;
        frame_.context.selection = selection;
    }

    void draw_empty(const Rect& cell, bool is_next) const {
        frame_.list->AddRectFilled(cell.min, cell.max, theme_.ink(Ink::Well, painter_.alpha()), px(5));
        if (is_next) draw_text_in(frame_.list, theme_.fonts.small, cell, Align::Center, painter_.dim(), object_.has_ended ? "gone" : "empty");
    }

    void draw_others(const Rect& cell, std::size_t count) const {
        frame_.list->AddRectFilled(cell.min, cell.max, theme_.ink(Ink::Well, painter_.alpha()), px(5));
        draw_text_in(frame_.list, theme_.fonts.small, cell, Align::Center, painter_.dim(), joined({"+", std::to_string(count), " more"}));
    }

    // Where its name stands and who can still reach it; who sleeps here.
    void draw_foot(const Rect& line) const {
        if (object_.has_ended) return;
        std::string text;
        if (!queue_.is_posix) text = joined({"id ", std::to_string(queue_.id), queue_.key == 0 ? " · no key" : joined({" · key ", text_of_flags(Role::Key, queue_.key)})});
        else if (object_.readers + object_.writers == 0) text = "nobody has it open · it stays";
        else if (object_.is_unlinked) text = "no name any more";
        else text = joined({"up to ", bytes_text(static_cast<std::uint64_t>(queue_.most_length)), " each · known from calls"});
        const bool has_waiters = !frame_.model().waiters(object_.id).empty();
        if (has_waiters) text = text.substr(0, text.find(" ·"));
        const float room = has_waiters ? line.width() * 0.6f : line.width();
        const std::string shown = fitted(theme_.fonts.small, text, room);
        draw_text_in(frame_.list, theme_.fonts.small, line, Align::Left, painter_.dim(), shown);
        painter_.draw_waiters({{line.min.x + text_width(theme_.fonts.small, shown) + px(10), line.min.y}, line.max});
    }

    float px(float logical) const { return painter_.px(logical); }

    ObjectPainter& painter_;
    const StageFrame& frame_;
    const Theme& theme_;
    const Object& object_;
    const QueueState& queue_;
};

}  // namespace

void draw_queue_body(ObjectPainter& painter) { QueueBody(painter).draw(); }

}  // namespace ipcscope
