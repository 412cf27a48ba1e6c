// A socket of the learner's own: where it is opened, what it is told, and what arrives at it, when.
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "app/views/endpoint_shown.h"
#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float row_height = 34, gap = 6;

struct Choice {
    const char* id;
    std::string label;
    bool is_chosen = false;
    bool is_enabled = true;
    const char* tip = "";
};

// How a typed line becomes an order.
constexpr struct {
    const char *name, *order, *hint, *tip;
} ways[] = {
    {"Line", "say", "Type a line, then Enter", "What you type, and a line's end. \\n, \\xHH and the like stand for bytes"},
    {"Text", "send", "Type text, then Enter", "What you type alone, without a line's end. \\r\\n and the like stand for bytes"},
    {"Hex", "hex", "48 65 6c 6c 6f, then Enter", "Bytes, two hexadecimal digits each"},
    {"File", "file", "A file's path, then Enter", "All bytes of a file"},
};

// What the learner has typed and not sent yet. There is one endpoint, so there is one of these.
struct Form {
    bool listens = false;
    int kind = -1;                            // -1: as the program that listens
    char address[128] = "";
    char line[1024] = "";
    std::size_t way = 0;
};
Form form;

constexpr EndpointKind kinds[] = {EndpointKind::Tcp, EndpointKind::Udp, EndpointKind::UnixStream, EndpointKind::UnixDatagrams};

// A socket of the run that waits for somebody to come.
const SocketState* open_door(const Model& model) {
    for (const Object& object : model.objects()) {
        if (!object.socket || object.has_ended) continue;
        const bool waits = object.socket->stage == SocketStage::Listening || (!object.socket->is_stream() && !object.socket->peer.is_known());
        if (waits && object.socket->local.is_known() && !object.socket->local.is_unnamed()) return &*object.socket;
    }
    return nullptr;
}

EndpointKind kind_of(const SocketState& socket) {
    if (socket.is_ip()) return socket.is_stream() ? EndpointKind::Tcp : EndpointKind::Udp;
    return socket.is_stream() ? EndpointKind::UnixStream : EndpointKind::UnixDatagrams;
}

// As the learner would write it.
std::string address_text(SocketAddress address) {
    if (address.family == AF_UNIX) return address.host.starts_with('\0') ? "@" + address.host.substr(1) : address.host;
    if (address.is_any_host()) address.host = address.family == AF_INET ? std::string("\x7f\0\0\1", 4) : std::string(15, '\0') + '\1';
    return text_of_address(address);
}

std::string time_text(std::chrono::system_clock::time_point at) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char text[24];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(ms % 1000));
    return text;
}

class EndpointPainter {
 public:
    EndpointPainter(const ViewContext& context, const EndpointShown& shown, ImVec2 position, ImVec2 size)
        : context_(context), theme_(context.theme), shown_(shown), list_(ImGui::GetWindowDrawList()),
          rest_(Rect::at(position, size).inset(context.theme.px(18), 0)) {}

    void draw() {
        shown_.is_open ? draw_open() : draw_form();
        if (!shown_.complaint.empty()) paragraph(theme_.fonts.small, Ink::Error, shown_.complaint);
        if (shown_.is_open) draw_entry();
        draw_lines();
    }

 private:
    float px(float logical) const { return theme_.px(logical); }

    Rect take(float height) {
        const Rect taken{rest_.min, {rest_.max.x, rest_.min.y + height}};
        rest_.min.y = taken.max.y + px(gap);
        return taken;
    }

    void paragraph(const ImFont* font, Ink ink, std::string_view text) {
        take(draw_paragraph(list_, font, rest_.min, rest_.width(), theme_.ink(ink), text));
    }

    // From left to right, and in the next row where there is no room. The one that was pressed, or -1.
    int choose(const std::vector<Choice>& choices) {
        int pressed = -1;
        float x = rest_.min.x;
        for (std::size_t i = 0; i < choices.size(); ++i) {
            const Choice& choice = choices[i];
            const Button button{.label = choice.label, .look = choice.is_chosen ? ButtonLook::Accent : ButtonLook::Outlined, .is_enabled = choice.is_enabled};
            const float width = button_width(theme_, button);
            if (x > rest_.min.x && x + width > rest_.max.x) x = rest_.min.x, take(px(row_height));
            const Rect place = Rect::at({x, rest_.min.y}, {width, px(row_height)});
            if (draw_button(theme_, choice.id, place, button)) pressed = static_cast<int>(i);
            if (*choice.tip != 0 && place.contains(ImGui::GetIO().MousePos)) draw_tool_tip(theme_, choice.tip);
            x += width + px(8);
        }
        take(px(row_height));
        return pressed;
    }

    // True: Enter was pressed in it.
    bool input(const char* id, const char* hint, char* text, std::size_t room, float width, bool& keeps_focus) {
        ImGui::SetCursorScreenPos(rest_.min);
        ImGui::SetNextItemWidth(width);
        ImGui::PushFont(theme_.fonts.mono);
        ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {px(10), std::max(0.0f, (px(row_height) - font_size(theme_.fonts.mono)) / 2)});
        const bool is_entered = ImGui::InputTextWithHint(id, hint, text, room, ImGuiInputTextFlags_EnterReturnsTrue);
        if (is_entered && keeps_focus) ImGui::SetKeyboardFocusHere(-1);
        ImGui::PopStyleVar();
        ImGui::PopFont();
        return is_entered;
    }

    // --- Not open yet

    void draw_form() {
        const SocketState* const door = open_door(context_.model);
        const EndpointKind kind = form.kind >= 0 ? kinds[form.kind] : door ? kind_of(*door) : EndpointKind::Tcp;
        paragraph(theme_.fonts.small, Ink::TextDim, "A socket that ipcscope holds for you: be the other end yourself, byte by byte.");
        if (const int verb = choose({{"connect", "Connect", !form.listens}, {"listen", "Listen", form.listens}}); verb >= 0) form.listens = verb == 1;
        const int chosen = choose({{"tcp", "TCP", kind == kinds[0]}, {"udp", "UDP", kind == kinds[1]}, {"unix", "UNIX", kind == kinds[2]}, {"datagrams", "UNIX datagrams", kind == kinds[3]}});
        if (chosen >= 0) form.kind = chosen;
        const bool fits = door && kind_of(*door) == kind && !form.listens;
        const std::string suggestion = fits ? address_text(door->local) : is_unix(kind) ? "a name, or a path with a /" : form.listens ? "7000" : "7000, 127.0.0.1:7000, [::1]:7000";
        const Button open{.label = shown_.asks_for_elsewhere ? "Open it all the same" : "Open", .look = ButtonLook::Accent};
        const float width = button_width(theme_, open);
        bool keeps_focus = false;
        const bool is_entered = input("##address", suggestion.c_str(), form.address, sizeof form.address, rest_.width() - width - px(8), keeps_focus);
        const Rect row = take(px(row_height));
        const bool is_pressed = draw_button(theme_, "open", {{row.max.x - width, row.min.y}, row.max}, open);
        if (!is_entered && !is_pressed) return;
        const std::string address = *form.address != 0 ? form.address : fits ? suggestion : form.listens && !is_unix(kind) ? "7000" : "";
        context_.intents.push_back(WantEndpoint{WantEndpoint::What::Open, form.listens, kind, address, shown_.asks_for_elsewhere});
    }

    // --- Open

    void order(std::string text) const { context_.intents.push_back(WantEndpoint{WantEndpoint::What::Order, false, {}, std::move(text), false}); }

    std::string headline() const {
        const std::string kind = name_of(shown_.plan.kind);
        if (shown_.plan.listens) return joined({kind, " at ", address_text(shown_.state.local), ": ", counted(shown_.state.peers.size(), "peer", "peers")});
        const std::string to = address_text(shown_.plan.address);
        return shown_.state.is_over ? joined({kind, " to ", to, ": it is over"}) : joined({kind, " to ", to});
    }

    void draw_open() {
        const EndpointPace& pace = shown_.state.pace;
        const bool has_peer = !shown_.state.peers.empty() && !shown_.state.is_over, is_connection = is_stream(shown_.plan.kind);
        draw_fitted(list_, theme_.fonts.bold, rest_.min, rest_.width(), theme_.ink(Ink::Text), headline());
        take(line_height(theme_.fonts.bold) - px(gap));
        for (const EndpointPeer& peer : shown_.state.peers) {
            if (peer.number + 3 <= shown_.state.peers.back().number) continue;
            const std::string who = peer.process ? joined({", ", peer.process->name, ", pid ", std::to_string(peer.process->pid)}) : "";
            draw_fitted(list_, theme_.fonts.small, rest_.min, rest_.width(), theme_.ink(Ink::TextDim), joined({std::to_string(peer.number), ": ", text_of_address(peer.remote), who}));
            take(line_height(theme_.fonts.small) - px(gap));
        }
        take(px(2));
        const std::string slow = !pace.bytes_a_second ? "Slow: off" : *pace.bytes_a_second == 0 ? "Slow: reads nothing" : joined({"Slow: ", std::to_string(*pace.bytes_a_second), " B/s"});
        const int pressed = choose({{"half-close", "Half-close", false, has_peer && is_connection, "Send no more, and go on reading: shutdown(), FIN"},
                                    {"close", "Close", false, has_peer && (is_connection || !shown_.plan.listens), "Close, when all is sent"},
                                    {"reset", "Reset", false, has_peer && is_connection, "Destroy the connection at once: SO_LINGER 0, RST"},
                                    {"echo", pace.echoes ? "Echo: on" : "Echo: off", pace.echoes, !shown_.state.is_over, "Send back what arrives"},
                                    {"slow", slow, pace.bytes_a_second.has_value(), !shown_.state.is_over, "Read as it comes, 10 bytes a second, or nothing: then the other end's write waits"},
                                    {"end", "Put away", shown_.state.is_over, true, "Close everything, and open another one"}});
        static constexpr const char* plain_orders[] = {"half-close", "close", "reset"};
        if (pressed >= 0 && pressed < 3) order(plain_orders[pressed]);
        if (pressed == 3) order(pace.echoes ? "echo off" : "echo on");
        if (pressed == 4) order(!pace.bytes_a_second ? "slow 10" : *pace.bytes_a_second == 0 ? "slow off" : "slow 0");
        if (pressed == 5) context_.intents.push_back(WantEndpoint{WantEndpoint::What::Close, false, {}, "", false});
    }

    void draw_entry() {
        if (shown_.state.is_over) return;
        std::vector<Choice> choices;
        for (std::size_t i = 0; i < std::size(ways); ++i) choices.push_back({ways[i].name, ways[i].name, form.way == i, true, ways[i].tip});
        if (const int way = choose(choices); way >= 0) form.way = static_cast<std::size_t>(way);
        const auto& way = ways[form.way];
        bool keeps_focus = true;
        if (input("##line", way.hint, form.line, sizeof form.line, rest_.width(), keeps_focus)) {
            const bool is_empty = *form.line == 0;
            if (is_empty && form.way == 0) order("send \\n");
            else if (!is_empty) order(joined({way.order, " ", form.line}));
            form.line[0] = 0;
        }
        take(px(row_height));
    }

    // --- What has happened

    static Ink ink_of(EndpointEventKind kind) {
        switch (kind) {
            case EndpointEventKind::Failed:
            case EndpointEventKind::WasReset:
            case EndpointEventKind::Reset: return Ink::Error;
            case EndpointEventKind::Sent:
            case EndpointEventKind::Noted: return Ink::TextDim;
            default: return Ink::Text;
        }
    }

    void draw_lines() const {
        if (rest_.height() < px(30)) return;
        Panel panel(theme_, "lines", {rest_.min.x - px(18), rest_.min.y}, {rest_.width() + px(36), rest_.height()}, {.has_card = false});
        ImDrawList* const list = ImGui::GetWindowDrawList();
        const float width = panel.area().width(), indent = text_width(theme_.fonts.mono, "00:00:00.000 ");
        for (const EndpointLine& line : shown_.lines) {
            const ImVec2 at = ImGui::GetCursorScreenPos();
            draw_text(list, theme_.fonts.mono, at, theme_.ink(Ink::TextDim), time_text(line.at));
            ImGui::Dummy({width, draw_paragraph(list, theme_.fonts.mono, {at.x + indent, at.y}, width - indent, theme_.ink(ink_of(line.kind)), line.text)});
        }
        static std::size_t seen = 0;    // follows what is new
        if (std::exchange(seen, shown_.lines.size()) != shown_.lines.size()) ImGui::SetScrollHereY(1);
    }

    const ViewContext& context_;
    const Theme& theme_;
    const EndpointShown& shown_;
    ImDrawList* list_;
    Rect rest_;                               // what is not drawn on yet
};

}  // namespace

void draw_endpoint(const ViewContext& context, ImVec2 position, ImVec2 size) {
    if (context.endpoint) EndpointPainter(context, *context.endpoint, position, size).draw();
}

}  // namespace ipcscope
