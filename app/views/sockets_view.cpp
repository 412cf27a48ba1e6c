// Who talks with whom? Each IP socket of the run: the process that has it, its triple and its peer's, its queues and its state by the
// kernel's word; sockets that no process has any more, too. Below, TCP's states with every end in its own.
#include <netinet/tcp.h>

#include <algorithm>

#include "app/views/side_views.h"
#include "app/views/tcp_diagram.h"
#include "app/views/widgets.h"
#include "app/views/words.h"
#include "core/model/socket_text.h"

namespace ipcscope {

namespace {

struct Row {
    std::string who, protocol, addresses, state, queues, numbers;
    ImU32 ink = 0;
    int tcp_state = 0;                // 0: it has none
    ObjectId object = no_id;
};

std::string where(const Model& model, std::uint32_t host) {
    const HostState* const found = model.network().host(host);
    return found ? " on " + found->name : "";
}

std::string addresses_of(const SocketAddress& local, const SocketAddress& peer) {
    const std::string own = local.is_known() ? text_of_address(local) : "no address yet";
    return peer.is_known() ? joined({own, " \u2192 ", text_of_address(peer)}) : own;
}

std::string queues_of(const SocketState& socket) {
    if (socket.told_inside < 0) return "";
    if (socket.stage == SocketStage::Listening) return std::to_string(socket.told_inside) + " to accept, backlog " + std::to_string(socket.backlog);
    std::string text;
    if (socket.told_inside > 0) text = "to read " + std::to_string(socket.told_inside);
    if (socket.told_unsent > 0) text += joined({text.empty() ? "" : ", ", "to send ", std::to_string(socket.told_unsent)});
    return text;
}

// What was told before it was closed says nothing any more.
std::vector<Row> open_rows(const ViewContext& context) {
    std::vector<Row> rows;
    for (const Object& object : context.model.objects()) {
        if (!object.socket || !object.socket->is_ip() || object.has_ended) continue;
        const SocketState& socket = *object.socket;
        Row row;
        row.object = object.id;
        row.ink = context.theme.ink(Ink::TextDim);
        const std::vector<Model::Holder> holders = context.model.holders(object.id, End::None);
        for (const Model::Holder& holder : holders) {
            const Process* const process = context.model.process(holder.process);
            if (row.who.empty()) row.ink = context.theme.process(holder.process);
            row.who += joined({row.who.empty() ? "" : ", ", process ? process->name : "?", " ", std::to_string(holder.descriptor)});
        }
        if (holders.empty()) row.who = socket.listener != no_id ? "waits for accept" : "nobody";
        row.who += where(context.model, socket.host);
        row.protocol = text_of_protocol(socket);
        row.addresses = addresses_of(socket.local, socket.peer);
        if (socket.peer_process.is_known()) row.addresses += joined({"  (", text_of_peer_process(socket.peer_process), ")"});
        row.queues = queues_of(socket);
        if (socket.is_stream() && socket.told_state > 0) {
            row.tcp_state = socket.told_state;
            row.state = socket.told_state == TCP_CLOSE ? "CLOSED" : text_of_tcp_state(socket.told_state);
        }
        if (socket.numbers.round_trip_us > 0) row.numbers = text_of_tcp_numbers(socket.numbers);
        rows.push_back(std::move(row));
    }
    return rows;
}

// Of whom it was: the socket of the run with these names.
const Object* former(const Model& model, const KernelSocket& socket) {
    const Object* found = nullptr;
    for (const Object& object : model.objects())
        if (object.socket && object.socket->local == socket.local && object.socket->peer == socket.peer) found = &object;
    return found;
}

std::vector<Row> rows_of(const ViewContext& context) {
    std::vector<Row> rows = open_rows(context);
    for (const KernelSocket& socket : context.model.network().in_kernel) {
        const Object* const object = former(context.model, socket);
        const auto waiting = std::ranges::find_if(rows, [&](const Row& row) { return object && row.object == object->id; });
        if (waiting != rows.end()) {    // in a listener's queue: only the kernel's list tells its state
            waiting->tcp_state = socket.state, waiting->state = text_of_tcp_state(socket.state);
            continue;
        }
        Row row;
        row.who = joined({"only the kernel has it", where(context.model, socket.host)});
        row.protocol = "TCP";
        row.addresses = addresses_of(socket.local, socket.peer);
        row.state = text_of_kernel_socket(socket);
        row.tcp_state = socket.state;
        row.ink = context.theme.ink(Ink::TextDim);
        row.object = object ? object->id : no_id;
        rows.push_back(std::move(row));
    }
    return rows;
}

void draw_row(const ViewContext& context, const Row& row, float width) {
    const Theme& theme = context.theme;
    ImDrawList* const list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = line_height(theme.fonts.text), small = line_height(theme.fonts.mono);
    const float left = theme.px(20), note = line_height(theme.fonts.small);
    const float height = line + small + note * static_cast<float>(!row.queues.empty() + !row.numbers.empty());
    const Rect all = Rect::at(at, {width, height});
    const Press press = pressable("row", all);
    const bool is_chosen = row.object != no_id && context.selection.object == row.object;
    if (is_chosen || press.is_hot)
        list->AddRectFilled({all.min.x - theme.px(8), all.min.y}, {all.max.x + theme.px(8), all.max.y}, theme.ink(Ink::Accent, is_chosen ? 0.2f : 0.08f), theme.px(4));
    if (press.is_pressed && row.object != no_id) {
        context.selection = {};
        context.selection.object = row.object;
    }
    draw_mark(list, row.ink == theme.ink(Ink::TextDim) ? Mark::Ring : Mark::Dot, {at.x + theme.px(6), at.y + line / 2}, theme.px(11), row.ink);
    const float state = text_width(theme.fonts.bold, row.state);
    draw_text_in(list, theme.fonts.bold, {{at.x + left, at.y}, {at.x + width - state - theme.px(10), at.y + line}}, Align::Left, theme.ink(Ink::Text), row.who);
    draw_text_in(list, theme.fonts.bold, Rect::at(at, {width, line}), Align::Right, theme.ink(Ink::Text), row.state);
    draw_text_in(list, theme.fonts.mono, Rect::at({at.x + left, at.y + line}, {width - left, small}), Align::Left, theme.ink(Ink::TextDim), joined({row.protocol, " ", row.addresses}));
    float y = at.y + line + small;
    for (const std::string* text : {&row.queues, &row.numbers}) {
        if (text->empty()) continue;
        draw_text_in(list, theme.fonts.small, Rect::at({at.x + left, y}, {width - left, note}), Align::Left, theme.ink(text == &row.queues ? Ink::Text : Ink::TextDim), *text);
        y += note;
    }
    ImGui::Dummy({width, height + theme.px(8)});
}

}  // namespace

void draw_sockets(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    Panel panel(theme, "sockets", position, size, {.has_card = false});
    const float width = panel.area().width();
    const std::vector<Row> rows = rows_of(context);
    std::vector<TcpEnd> ends;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ImGui::PushID(static_cast<int>(i));
        draw_row(context, rows[i], width);
        ImGui::PopID();
        if (rows[i].tcp_state > 0) ends.push_back({rows[i].who, rows[i].ink, rows[i].tcp_state});
    }
    if (rows.empty()) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({width, draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.text, at, width, theme.ink(Ink::TextDim), "No IP socket is open now.") + theme.px(8)});
    }
    if (ends.empty()) return;
    ImGui::Dummy({width, theme.px(6)});
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room{width, tcp_diagram_height(theme, panel.area().max.y - at.y - ImGui::GetScrollY() - theme.px(8))};
    draw_tcp_diagram(theme, at, room, ends);
    ImGui::Dummy(room);
}

}  // namespace ipcscope
