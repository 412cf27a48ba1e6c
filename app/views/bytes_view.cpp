// What has become of the bytes? Of each pipe, queue and direction of a connection: what each call put in, as a block in its sender's
// colour, and below which call took it out. So it is seen where borders are kept (queues, datagrams), and where they are not.
#include <algorithm>
#include <map>

#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "app/views/words.h"
#include "core/events/call_table.h"
#include "core/model/canonical.h"
#include "core/model/socket_text.h"

namespace ipcscope {

namespace {

constexpr std::size_t most_looked_at = 4096;   // messages, the newest ones
constexpr std::size_t most_of_one_stream = 48;
constexpr float part_width = 76;               // logical: of a block that several calls took, each part
constexpr std::size_t whole_text = 32;         // bytes of a message that are written out

struct Stream {
    ObjectId object = no_id;
    std::vector<const Message*> messages;      // oldest first
    bool has_earlier = false;
};

// Those with the newest message first.
std::vector<Stream> streams_of(const Model& model) {
    std::vector<Stream> streams;
    const std::vector<Message>& messages = model.messages();
    const std::size_t first = messages.size() > most_looked_at ? messages.size() - most_looked_at : 0;
    for (std::size_t i = messages.size(); i-- > first;) {
        const Message& message = messages[i];
        auto stream = std::ranges::find(streams, message.object, &Stream::object);
        if (message.is_settled && message.length == 0) continue;
        if (stream == streams.end()) stream = streams.insert(streams.end(), {message.object, {}, first > 0});
        if (stream->messages.size() < most_of_one_stream) stream->messages.push_back(&message);
        else stream->has_earlier = true;
    }
    for (Stream& stream : streams) std::ranges::reverse(stream.messages);
    return streams;
}

class BytesPainter {
 public:
    BytesPainter(const ViewContext& context, float width) : context_(context), theme_(context.theme), model_(context.model), list_(ImGui::GetWindowDrawList()), width_(width) {}

    void draw(const Stream& stream) {
        const Object& object = model_.objects()[stream.object];
        draw_head(stream, object);
        x_ = 0, row_ = ImGui::GetCursorScreenPos(), takings_.clear();
        for (const Message* const message : stream.messages) draw_message(*message);
        draw_takings();
        ImGui::Dummy({width_, row_.y + row_height() - ImGui::GetCursorScreenPos().y + px(14)});
    }

 private:
    struct Taken {
        EventIndex by = no_id;                 // Exit of the call; no_id: nobody has taken it
        ProcessId process = no_id;
        std::uint64_t count = 0;
        Rect below;
    };

    float px(float logical) const { return theme_.px(logical); }
    float block_height() const { return line_height(theme_.fonts.mono); }
    float row_height() const { return block_height() + px(10) + line_height(theme_.fonts.small); }

    std::string names_of(const std::vector<ProcessId>& processes) const {
        std::string names;
        for (const ProcessId id : processes)
            if (const Process* const process = model_.process(id)) names += joined({names.empty() ? "" : ", ", process->name});
        return names.empty() ? "somebody outside" : names;
    }

    static void add(std::vector<ProcessId>& processes, ProcessId id) {
        if (std::ranges::find(processes, id) == processes.end()) processes.push_back(id);
    }

    // "client → server", and what is between them.
    void draw_head(const Stream& stream, const Object& object) {
        std::vector<ProcessId> from, to;
        std::uint64_t sent = 0, taken = 0;
        for (const Message* const message : stream.messages) {
            add(from, message->from);
            sent += message->accepted, taken += message->taken;
            for (const Message::Taking& taking : message->takings) add(to, taking.by);
        }
        if (to.empty())
            for (const Model::Holder& holder : model_.holders(object.id, object.socket ? End::None : End::Read)) add(to, holder.process);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float line = line_height(theme_.fonts.bold), small = line_height(theme_.fonts.small);
        const std::string ends = joined({names_of(from), " \u2192 ", to.empty() ? "nobody" : names_of(to)});
        draw_text_in(list_, theme_.fonts.bold, Rect::at(at, {width_, line}), Align::Left, theme_.ink(Ink::Text), ends);
        const bool has_addresses = object.socket && object.socket->is_ip() && object.socket->peer.is_known();
        const std::string between = has_addresses ? joined({text_of_protocol(*object.socket), " ", text_of_address(object.socket->peer), " \u2192 ", text_of_address(object.socket->local)}) : object.name;
        draw_text_in(list_, theme_.fonts.small, Rect::at({at.x, at.y + line}, {width_, small}), Align::Left, theme_.ink(Ink::TextDim),
                     joined({between, "  \u00b7  ", bytes_text(sent), " put in, ", bytes_text(taken), " taken out", stream.has_earlier ? "; the newest of them:" : ""}));
        ImGui::Dummy({width_, line + small + px(6)});
    }

    void draw_message(const Message& message) {
        const bool is_whole = message.length <= whole_text && message.bytes.size() >= message.length;
        const std::string text = is_whole ? text_of_bytes(message.bytes, message.length) : bytes_text(message.length);
        const std::size_t parts = message.takings.size() + (message.taken < message.accepted ? 1 : 0) + (message.accepted < message.length ? 1 : 0);
        const float wide = std::min(width_, std::max(text_width(theme_.fonts.mono, text) + px(14), parts > 1 ? px(part_width) * static_cast<float>(parts) : 0));
        if (x_ > 0 && x_ + wide > width_) x_ = 0, row_.y += row_height() + px(6);
        const Rect block = Rect::at({row_.x + x_, row_.y}, {wide, block_height()});
        x_ += wide + px(3);
        const ImU32 color = theme_.process(message.from);
        const bool is_inside = message.accepted > 0;
        if (is_inside) list_->AddRectFilled(block.min, block.max, color, px(4));
        else draw_dashed_rect(list_, block, color, px(4), 1.5f, px(5));    // its sender sleeps: there was no room yet
        draw_text_in(list_, theme_.fonts.mono, block.inset(px(5), 0), Align::Center, is_inside ? theme_.on(color) : theme_.ink(Ink::Text), text);
        if (context_.selection.message == message.id) list_->AddRect({block.min.x - px(2), block.min.y - px(2)}, {block.max.x + px(2), block.max.y + px(2)}, theme_.ink(Ink::Accent), px(5), 0, px(2));
        point_at(message, block);
        note_takings(message, block);
    }

    void point_at(const Message& message, const Rect& block) {
        ImGui::PushID(static_cast<int>(message.id));
        const Press press = pressable("message", block);
        ImGui::PopID();
        if (press.is_hot) {
            const CallRow& sender = row_of(static_cast<CallId>(context_.trace[message.sent].call));
            draw_tool_tip(theme_, joined({names_of({message.from}), " put ", bytes_text(message.length), " in by ", sender.name, ": ", text_of_bytes(message.bytes, message.length, 256)}));
        }
        if (!press.is_pressed) return;
        Selection selection;
        selection.object = message.object, selection.message = message.id;
        context_.selection = selection;
    }

    // Below the block, true to scale: one stretch for each part that a call took, one for what is still inside.
    void note_takings(const Message& message, const Rect& block) {
        const double length = static_cast<double>(std::max<std::uint64_t>(message.length, 1));
        const auto stretch = [&](std::uint64_t first, std::uint64_t count, EventIndex by, ProcessId process) {
            const float from = block.min.x + block.width() * static_cast<float>(static_cast<double>(first) / length);
            const float to = block.min.x + block.width() * static_cast<float>(static_cast<double>(first + count) / length);
            const Rect below{{from, block.max.y + px(4)}, {to, block.max.y + px(8)}};
            if (!takings_.empty() && takings_.back().by == by && takings_.back().below.min.y == below.min.y) {
                takings_.back().below.max.x = below.max.x, takings_.back().count += count;
                return;
            }
            takings_.push_back({by, process, count, below});
        };
        std::uint64_t done = 0;
        for (const Message::Taking& taking : message.takings) {
            stretch(taking.first, taking.count, taking.received, taking.by);
            done = std::max(done, taking.first + taking.count);
        }
        if (done < message.accepted) stretch(done, message.accepted - done, no_id, no_id);
    }

    void draw_takings() const {
        const float height = line_height(theme_.fonts.small);
        for (const Taken& taken : takings_) {
            const bool is_taken = taken.by != no_id;
            const ImU32 color = is_taken ? theme_.process(taken.process) : theme_.ink(Ink::TextDim);
            const float y = taken.below.center().y;
            if (is_taken) {
                list_->AddLine({taken.below.min.x + px(1), y}, {taken.below.max.x - px(1), y}, color, px(2));
                for (const float x : {taken.below.min.x + px(1), taken.below.max.x - px(1)}) list_->AddLine({x, y - px(4)}, {x, y + px(1)}, color, px(2));
            } else draw_dashed_line(list_, {taken.below.min.x, y}, {taken.below.max.x, y}, color, px(1.5f), px(4));
            const Rect label{{taken.below.min.x, taken.below.max.y + px(2)}, {taken.below.max.x, taken.below.max.y + px(2) + height}};
            draw_text_in(list_, theme_.fonts.small, label, Align::Center, theme_.ink(is_taken ? Ink::Text : Ink::TextDim), label_of(taken, label.width()));
        }
    }

    // The longest that has room.
    std::string label_of(const Taken& taken, float room) const {
        const std::string count = std::to_string(taken.count);
        const std::string call = taken.by == no_id ? "" : std::string(row_of(static_cast<CallId>(context_.trace[taken.by].call)).name);
        const auto longer = taken.by == no_id ? joined({count, " B inside"}) : joined({call, " = ", count});
        return text_width(theme_.fonts.small, longer) <= room ? longer : text_width(theme_.fonts.small, count) <= room ? count : "";
    }

    const ViewContext& context_;
    const Theme& theme_;
    const Model& model_;
    ImDrawList* list_;
    float width_, x_ = 0;
    ImVec2 row_;                               // where the row of blocks begins
    std::vector<Taken> takings_;
};

}  // namespace

void draw_bytes(const ViewContext& context, ImVec2 position, ImVec2 size) {
    Panel panel(context.theme, "bytes", position, size, {.has_card = false});
    const float width = panel.area().width();
    const std::vector<Stream> streams = streams_of(context.model);
    BytesPainter painter(context, width);
    for (const Stream& stream : streams) painter.draw(stream);
    if (!streams.empty()) return;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy({width, draw_paragraph(ImGui::GetWindowDrawList(), context.theme.fonts.text, at, width, context.theme.ink(Ink::TextDim),
                                        "Nothing has been sent yet. Here you will see what each call puts into a pipe, a queue or a connection, and which call takes it out.")});
}

}  // namespace ipcscope
