// The main screen: which pane stands where at this size. Panes that find no room of their own share one place behind tabs,
// so that nothing is ever out of reach.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/views/view.h"
#include "app/window/screens.h"

namespace ipcscope {

namespace {

struct Placed {
    int pane;
    Rect rect;
};

struct Layout {
    std::vector<Placed> panes;   // with a place of their own
    std::vector<int> tabs;       // sharing one
    Rect tab_place;
};

const char* title_of(int pane) {
    static constexpr const char* titles[] = {"Lesson", "Stage", "Source", "Timeline", "Wire"};
    return pane < pane::first_side ? titles[pane] : side_views[static_cast<std::size_t>(pane - pane::first_side)].title;
}

DrawView draw_of(int pane) {
    static constexpr DrawView draws[] = {draw_lesson, draw_stage, draw_source, draw_timeline, draw_wire};
    return pane < pane::first_side ? draws[pane] : side_views[static_cast<std::size_t>(pane - pane::first_side)].draw;
}

bool has_wire(const ViewContext& context) {
    const std::vector<HostState>& hosts = context.model.network().hosts;
    return !hosts.empty() && hosts.front().mtu > 0;
}

bool is_there(int pane, const ViewContext& context) {
    if (pane == pane::wire) return has_wire(context);
    if (pane < pane::first_side) return true;
    const auto needs = side_views[static_cast<std::size_t>(pane - pane::first_side)].is_there;
    return !needs || needs(context);
}

std::vector<int> all_panes(const ViewContext& context) {
    std::vector<int> panes;
    for (int pane = pane::lesson; pane < pane::first_side + static_cast<int>(side_views.size()); ++pane)
        if (is_there(pane, context)) panes.push_back(pane);
    return panes;
}

Rect cut_left(Rect& rest, float width, float gap) {
    const Rect cut{rest.min, {std::floor(rest.min.x + width), rest.max.y}};
    rest.min.x = cut.max.x + gap;
    return cut;
}

Rect cut_right(Rect& rest, float width, float gap) {
    const Rect cut{{std::floor(rest.max.x - width), rest.min.y}, rest.max};
    rest.max.x = cut.min.x - gap;
    return cut;
}

Rect cut_bottom(Rect& rest, float height, float gap) {
    const Rect cut{{rest.min.x, std::floor(rest.max.y - height)}, rest.max};
    rest.max.y = cut.min.y - gap;
    return cut;
}

// Sizes are judged in logical pixels, so that larger text and a smaller window are the same thing.
Layout layout_for(const ViewContext& context, Rect rest, bool is_full) {
    const Theme& theme = context.theme;
    const auto panes_from = [&](int first) {
        std::vector<int> panes = all_panes(context);
        std::erase_if(panes, [&](int pane) { return pane < first; });
        return panes;
    };
    const float gap = theme.px(12);
    const float width = rest.width() / theme.scale, height = rest.height() / theme.scale;
    Layout layout;
    if (is_full || width < 600) {
        layout.tabs = panes_from(pane::lesson);
        layout.tab_place = rest;
    } else if (width < 880 || height < 480) {
        layout.panes = {{pane::lesson, cut_left(rest, rest.width() * 0.45f, gap)}};
        layout.tabs = panes_from(pane::stage);
        layout.tab_place = rest;
    } else if (width < 1240) {
        const bool has_timeline = height >= 760;
        layout.panes.push_back({pane::lesson, cut_left(rest, theme.px(std::clamp(width * 0.34f, 320.0f, 420.0f)), gap)});
        if (has_timeline) layout.panes.push_back({pane::timeline, cut_bottom(rest, theme.px(height * 0.24f), gap)});
        layout.tab_place = cut_bottom(rest, rest.height() * 0.42f, gap);
        layout.panes.push_back({pane::stage, rest});
        layout.tabs = panes_from(has_timeline ? pane::first_side : pane::timeline);
        layout.tabs.insert(layout.tabs.begin(), pane::source);
        if (has_timeline && has_wire(context)) layout.tabs.insert(layout.tabs.begin(), pane::wire);
    } else {
        // Where it is low, the text gets the whole height, and the timeline what is left beside it.
        const auto cut_timeline = [&] {
            layout.panes.push_back({pane::timeline, cut_bottom(rest, theme.px(std::clamp(height * 0.29f, 132.0f, 420.0f)), gap)});
        };
        const bool is_low = height < 860;
        if (!is_low) cut_timeline();
        layout.panes.push_back({pane::lesson, cut_left(rest, theme.px(std::clamp(width * 0.225f, 320.0f, 480.0f)), gap)});
        if (is_low) cut_timeline();
        layout.tab_place = cut_right(rest, theme.px(std::clamp(width * 0.27f, 350.0f, 560.0f)), gap);
        // Where there is a wire, it is what is looked at, and the source goes behind the tabs.
        layout.panes.push_back(has_wire(context) ? Placed{pane::wire, cut_bottom(rest, rest.height() * 0.44f, gap)}
                                                 : Placed{pane::source, cut_bottom(rest, rest.height() * 0.36f, gap)});
        layout.panes.push_back({pane::stage, rest});
        layout.tabs = panes_from(pane::first_side);
        if (has_wire(context)) layout.tabs.insert(layout.tabs.begin(), pane::source);
    }
    return layout;
}

// Which of the tabs are seen, from `first` to before `end`: all, or as many as fit, the top one among them.
struct TabSpan {
    std::size_t first, end;
};

TabSpan fitting_tabs(const std::vector<float>& widths, std::size_t top, float gap, float room) {
    TabSpan span{top, top + 1};
    float used = widths[top];
    while (span.end < widths.size() && used + gap + widths[span.end] <= room) used += gap + widths[span.end++];
    while (span.first > 0 && used + gap + widths[span.first - 1] <= room) used += gap + widths[--span.first];
    return span;
}

// The titles in a row, the one on top underlined. Where not all fit, a mark at the end says so and goes on.
void draw_tabs(Desk& desk, const Theme& theme, const Rect& row) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    std::vector<float> widths;
    for (const int pane : desk.tab_panes) widths.push_back(text_width(theme.fonts.bold, title_of(pane)));
    const float all = std::accumulate(widths.begin(), widths.end(), 0.0f);
    const auto gaps = static_cast<float>(std::max<std::size_t>(1, widths.size() - 1));
    const float gap = std::clamp((row.width() - all) / gaps, theme.px(10), theme.px(26));
    const bool has_all = all + gap * gaps <= row.width() + 1;
    const auto top = static_cast<std::size_t>(std::find(desk.tab_panes.begin(), desk.tab_panes.end(), desk.top_pane()) -
                                              desk.tab_panes.begin());
    const float mark_room = has_all ? 0 : theme.px(28);
    const TabSpan seen = has_all ? TabSpan{0, widths.size()} : fitting_tabs(widths, top, gap, row.width() - mark_room);
    float x = row.min.x;
    for (std::size_t i = seen.first; i < seen.end; ++i) {
        const int pane = desk.tab_panes[i];
        const Rect rect{{x, row.min.y}, {x + widths[i], row.max.y}};
        const Press press = pressable(title_of(pane), {{x - gap / 2, row.min.y}, {x + widths[i] + gap / 2, row.max.y}});
        draw_text_in(list, theme.fonts.bold, rect, Align::Left, theme.ink(i == top || press.is_hot ? Ink::Text : Ink::TextDim),
                     title_of(pane));
        if (i == top)
            list->AddRectFilled({x, row.max.y - theme.px(3)}, {rect.max.x, row.max.y - theme.px(1)}, theme.ink(Ink::Accent),
                                theme.px(1));
        if (press.is_pressed) desk.show_pane(pane);
        if (press.is_hot && pane >= pane::first_side)
            draw_tool_tip(theme, side_views[static_cast<std::size_t>(pane - pane::first_side)].question);
        x = rect.max.x + gap;
    }
    if (has_all) return;
    const Rect more{{row.max.x - mark_room, row.min.y}, row.max};
    const Press press = pressable("more", more);
    draw_mark(list, Mark::Right, more.center(), theme.px(10), theme.ink(press.is_hot ? Ink::Text : Ink::TextDim));
    if (press.is_hot) draw_tool_tip(theme, "More (Tab)");
    if (press.is_pressed) desk.turn_tab(1);
}

void draw_tab_place(Desk& desk, const Theme& theme, const ViewContext& context, const Rect& place) {
    const int top = desk.top_pane();
    const bool is_card = top >= pane::first_side;   // the others draw their own
    const bool is_mixed = desk.tab_panes.front() < pane::first_side;
    const float tab_height = std::ceil(font_size(theme.fonts.bold) + theme.px(16));
    Rect body = place;
    Rect row{{place.min.x + theme.px(is_mixed ? 6 : 18), place.min.y + theme.px(is_mixed ? 0 : 8)},
             {place.max.x - theme.px(is_mixed ? 6 : 18), 0}};
    row.max.y = row.min.y + tab_height;
    if (is_mixed) body.min.y = row.max.y + theme.px(8);
    if (is_card) {
        draw_card(ImGui::GetWindowDrawList(), body, theme.ink(Ink::Panel), theme.is_dark ? 0 : theme.ink(Ink::PanelEdge),
                  theme.px(8), std::max(1.0f, theme.px(1)));
        body.min.y = is_mixed ? body.min.y + theme.px(14) : row.max.y + theme.px(12);
    }
    draw_tabs(desk, theme, row);
    ImGui::PushID(top);
    draw_of(top)(context, body.min, body.size());
    ImGui::PopID();
}

void follow_pointer(Desk& desk, const Theme& theme, int pane, const Rect& rect) {
    const ImVec2 pointer = ImGui::GetIO().MousePos;
    if (!rect.contains(pointer)) return;
    desk.pane_under_pointer = pane;
    const bool is_title = pointer.y < rect.min.y + theme.px(40);
    if (is_title && ImGui::IsMouseDoubleClicked(0) && !ImGui::IsAnyItemHovered())
        desk.full_pane = desk.full_pane < 0 ? pane : -1;
}

}  // namespace

void draw_lesson_screen(Desk& desk, const Theme& theme, const Rect& screen) {
    const ViewContext context = desk.context(theme);
    const float margin = theme.px(12);
    const Rect bar{screen.min, {screen.max.x, screen.min.y + theme.px(52)}};
    draw_top_bar(desk, theme, context, bar);
    Rect rest{{screen.min.x + margin, bar.max.y + margin}, {screen.max.x - margin, screen.max.y - margin}};
    const Layout layout = layout_for(context, rest, desk.full_pane >= 0);
    desk.tab_panes = layout.tabs;
    desk.pane_under_pointer = -1;
    for (const Placed& placed : layout.panes) {
        ImGui::PushID(placed.pane);
        draw_of(placed.pane)(context, placed.rect.min, placed.rect.size());
        ImGui::PopID();
        follow_pointer(desk, theme, placed.pane, placed.rect);
    }
    draw_tab_place(desk, theme, context, layout.tab_place);
    follow_pointer(desk, theme, desk.top_pane(), layout.tab_place);
}

}  // namespace ipcscope
