#include "app/views/tcp_diagram.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <cmath>

#include "app/views/widgets.h"
#include "core/model/socket_text.h"

namespace ipcscope {

namespace {

// Where a state stands: columns 0 to 2, rows from 0.
struct Place {
    int state;
    int column, row;
};

constexpr Place places[] = {
    {TCP_CLOSE, 1, 0},     {TCP_LISTEN, 0, 1},    {TCP_SYN_SENT, 2, 1},   {TCP_SYN_RECV, 0, 2}, {TCP_ESTABLISHED, 1, 3}, {TCP_FIN_WAIT1, 0, 4},
    {TCP_CLOSE_WAIT, 2, 4}, {TCP_FIN_WAIT2, 0, 5}, {TCP_CLOSING, 1, 5},    {TCP_LAST_ACK, 2, 5}, {TCP_TIME_WAIT, 1, 6},
};
constexpr int rows = 7;

// What happens, on the left of the stroke, and what is sent then.
struct Way {
    int from, to;
    const char* why;
};

constexpr Way ways[] = {
    {TCP_CLOSE, TCP_LISTEN, "listen()"},
    {TCP_CLOSE, TCP_SYN_SENT, "connect() / SYN"},
    {TCP_LISTEN, TCP_SYN_RECV, "SYN / SYN ACK"},
    {TCP_SYN_SENT, TCP_SYN_RECV, "SYN / SYN ACK"},
    {TCP_SYN_RECV, TCP_ESTABLISHED, "ACK"},
    {TCP_SYN_SENT, TCP_ESTABLISHED, "SYN ACK / ACK"},
    {TCP_ESTABLISHED, TCP_FIN_WAIT1, "close() / FIN"},
    {TCP_ESTABLISHED, TCP_CLOSE_WAIT, "FIN / ACK"},
    {TCP_FIN_WAIT1, TCP_FIN_WAIT2, "ACK"},
    {TCP_FIN_WAIT1, TCP_CLOSING, "FIN / ACK"},
    {TCP_FIN_WAIT2, TCP_TIME_WAIT, "FIN / ACK"},
    {TCP_CLOSING, TCP_TIME_WAIT, "ACK"},
    {TCP_CLOSE_WAIT, TCP_LAST_ACK, "close() / FIN"},
};

constexpr float most_row_height = 74, least_row_height = 56, box_width = 104, box_height = 26, chip_height = 20, below = box_height + chip_height + 8;

class Diagram {
 public:
    Diagram(const Theme& theme, ImVec2 position, ImVec2 size, const std::vector<TcpEnd>& ends)
        : theme_(theme), list_(ImGui::GetWindowDrawList()), position_(position), width_(size.x), step_((size.y - theme.px(below)) / (rows - 1)), ends_(ends) {}

    void draw() const {
        for (const Way& way : ways) draw_way(way, false);
        for (const Way& way : ways) draw_way(way, true);
        for (const Place& place : places) draw_state(place);
    }

 private:
    float px(float logical) const { return theme_.px(logical); }
    static const Place& place_of(int state) {
        return *std::ranges::find(places, state, &Place::state);
    }
    Rect box_of(int state) const {
        const Place& place = place_of(state);
        const float width = std::min(px(box_width), (width_ - px(24)) / 3), step = (width_ - width) / 2;
        return Rect::at({position_.x + step * static_cast<float>(place.column), position_.y + step_ * static_cast<float>(place.row)}, {width, px(box_height)});
    }
    bool is_lit(int state) const {
        return std::ranges::any_of(ends_, [&](const TcpEnd& end) { return end.state == state; });
    }

    // From who is in it, the ways on are told; the others are only there.
    void draw_way(const Way& way, bool is_told) const {
        if (is_lit(way.from) != is_told) return;
        const Rect from = box_of(way.from), to = box_of(way.to);
        const ImU32 ink = theme_.ink(Ink::TextDim, is_told ? 0.9f : 0.35f);
        const bool is_level = place_of(way.from).row == place_of(way.to).row;
        const bool is_upright = place_of(way.from).column == place_of(way.to).column;
        ImVec2 begin, end;
        if (is_level) {
            const bool goes_right = to.min.x > from.min.x;
            begin = {goes_right ? from.max.x : from.min.x, from.center().y}, end = {goes_right ? to.min.x : to.max.x, to.center().y};
        } else {
            const float lean = is_upright ? 0 : (to.center().x > from.center().x ? 1.0f : -1.0f) * from.width() * 0.22f;
            begin = {from.center().x + lean, from.max.y}, end = {to.center().x - lean, to.min.y};
        }
        const float length = std::max(1.0f, std::hypot(end.x - begin.x, end.y - begin.y));
        const ImVec2 direction{(end.x - begin.x) / length, (end.y - begin.y) / length};
        list_->AddLine(begin, {end.x - direction.x * px(5), end.y - direction.y * px(5)}, ink, px(is_told ? 1.8f : 1.2f));
        draw_arrow_head(list_, end, direction, px(8), ink);
        if (is_told) draw_why(way, begin, end, is_upright);
    }

    void draw_why(const Way& way, ImVec2 begin, ImVec2 end, bool is_upright) const {
        const float width = text_width(theme_.fonts.small, way.why), height = font_size(theme_.fonts.small);
        const ImVec2 middle{(begin.x + end.x) / 2, (begin.y + end.y) / 2 + px(place_of(way.to).row == 4 ? 4.0f : 6.0f)};
        float x = is_upright ? middle.x + px(6) : middle.x - width / 2;
        x = std::clamp(x, position_.x, std::max(position_.x, position_.x + width_ - width));
        const Rect ground = Rect::at({x - px(3), middle.y - height / 2 - px(1)}, {width + px(6), height + px(2)});
        list_->AddRectFilled(ground.min, ground.max, theme_.ink(Ink::Panel), px(3));
        draw_text(list_, theme_.fonts.small, {x, middle.y - height / 2}, theme_.ink(Ink::Text), way.why);
    }

    void draw_state(const Place& place) const {
        const Rect box = box_of(place.state);
        const bool is_here = is_lit(place.state);
        draw_card(list_, box, theme_.ink(is_here ? Ink::Well : Ink::Panel), theme_.ink(is_here ? Ink::Accent : Ink::TextDim, is_here ? 1.0f : 0.5f), px(6), px(is_here ? 2.0f : 1.0f));
        const std::string name = place.state == TCP_CLOSE ? "CLOSED" : text_of_tcp_state(place.state);
        draw_text_in(list_, is_here ? theme_.fonts.bold : theme_.fonts.small, box, Align::Center, theme_.ink(is_here ? Ink::Text : Ink::TextDim), name);
        draw_ends(place.state, box);
        const char* const last = place.state == TCP_TIME_WAIT ? "a minute: CLOSED" : place.state == TCP_LAST_ACK ? "ACK: CLOSED" : nullptr;
        if (!last || !is_here) return;
        const ImVec2 at = place.state == TCP_TIME_WAIT ? ImVec2{box.max.x + px(8), box.center().y - font_size(theme_.fonts.small) / 2}
                                                       : ImVec2{box.max.x - text_width(theme_.fonts.small, last), box.max.y + px(chip_height + 2)};
        draw_text(list_, theme_.fonts.small, at, theme_.ink(Ink::Text), last);
    }

    // Who is in it: below the box, one behind the other, all names or how many.
    void draw_ends(int state, const Rect& box) const {
        std::vector<const TcpEnd*> here;
        for (const TcpEnd& end : ends_)
            if (end.state == state) here.push_back(&end);
        if (here.empty()) return;
        constexpr std::size_t most = 2;
        float total = 0;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < here.size() && i < most; ++i) names.push_back(here[i]->name);
        if (here.size() > most) names.back() = std::to_string(here.size() - most + 1) + " more";
        for (const std::string& name : names) total += text_width(theme_.fonts.small, name) + px(20);
        float x = std::clamp(box.center().x - total / 2, position_.x, std::max(position_.x, position_.x + width_ - total));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const ImU32 fill = i + 1 == most && here.size() > most ? theme_.ink(Ink::TextDim) : here[i]->ink;
            const Rect chip = draw_pill(list_, theme_, theme_.fonts.small, {x, box.max.y + px(chip_height / 2 - 3)}, names[i], fill, theme_.on(fill));
            x = chip.max.x + px(4);
        }
    }

    const Theme& theme_;
    ImDrawList* const list_;
    const ImVec2 position_;
    const float width_, step_;          // from one row to the next
    const std::vector<TcpEnd>& ends_;
};

}  // namespace

float tcp_diagram_height(const Theme& theme, float room) {
    const float step = std::clamp((room - theme.px(below)) / (rows - 1), theme.px(least_row_height), theme.px(most_row_height));
    return step * (rows - 1) + theme.px(below);
}

void draw_tcp_diagram(const Theme& theme, ImVec2 position, ImVec2 size, const std::vector<TcpEnd>& ends) { Diagram(theme, position, size, ends).draw(); }

}  // namespace ipcscope
