// A lesson's mechanisms measured side by side: bars for latency and throughput, marks for the calls of one message.
#include <algorithm>
#include <cmath>

#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "app/views/words.h"
#include "core/lesson/figures.h"

namespace ipcscope {

namespace {

using State = ComparedRow::State;
constexpr double least_ratio_for_log = 30;   // between the longest bar and the shortest

// What a bar's length means.
struct Scale {
    double first = 0, last = 1;
    bool is_log = false;

    float at(double value) const {
        const double t = is_log ? (std::log10(value) - first) / (last - first) : value / last;
        return static_cast<float>(std::clamp(t, 0.0, 1.0));
    }
};

struct Metric {
    const char* title;
    const char* better;
    Figure Measured::*figure;
    std::string (*text)(double);
};
constexpr Metric metrics[] = {
    {"Latency", "half a round trip; shorter is better", &Measured::latency_ns, duration_text},
    {"Throughput", "one behind the other; longer is better", &Measured::bytes_a_second, rate_text},
};

constexpr int metric_count = static_cast<int>(std::size(metrics)), section_count = metric_count + 1;   // the last: the calls

Scale scale_for(const std::vector<ComparedRow>& rows, const Metric& metric) {
    double least = 0, most = 0;
    for (const ComparedRow& row : rows) {
        if (row.state != State::Done) continue;
        const Figure& figure = row.measured.*metric.figure;
        least = least == 0 ? figure.least : std::min(least, figure.least);
        most = std::max(most, figure.most);
    }
    if (least <= 0 || most < least * least_ratio_for_log) return {0, most > 0 ? most * 1.04 : 1, false};
    return {std::floor(std::log10(least / 1.5)), std::log10(most * 1.2), true};
}

// Where things stand in a section of this width.
struct Columns {
    float label, bars, value, end;   // where each begins
    float row;                       // height
};

class Chart {
 public:
    // `room`: for the rows of one section, if there is much of it; they are never lower than their text.
    Chart(const Theme& theme, const ComparisonShown& shown, float room)
        : theme_(theme), shown_(shown), list_(ImGui::GetWindowDrawList()), least_row_(std::ceil(font_size(theme.fonts.text) + theme.px(9))) {
        row_ = std::clamp(std::floor(room / static_cast<float>(std::max<std::size_t>(shown.compared.rows.size(), 1))), least_row_, 2 * least_row_);
    }

    // Each draws at `at`, and returns its height.
    float draw_metric(const Metric& metric, ImVec2 at, float width) const {
        const Scale scale = scale_for(shown_.compared.rows, metric);
        const Columns columns = columns_for(width);
        float y = at.y + draw_title(at, width, metric.title, std::string(metric.better) + (scale.is_log ? "; logarithmic" : ""));
        const float top = y, bottom = y + columns.row * static_cast<float>(shown_.compared.rows.size());
        if (scale.is_log) draw_decades({at.x + columns.bars, top}, columns.value - columns.bars, bottom, scale);
        for (const ComparedRow& row : shown_.compared.rows) {
            draw_bar(row, metric, scale, columns, {at.x, y});
            y += columns.row;
        }
        if (scale.is_log) y += draw_axis({at.x + columns.bars, y}, columns.value - columns.bars, scale, metric);
        return y - at.y + theme_.px(16);
    }

    float draw_calls(ImVec2 at, float width) const {
        const Columns columns = columns_for(width);
        float y = at.y + draw_title(at, width, "Calls for one message", "put and taken, when nobody has to wait");
        for (const ComparedRow& row : shown_.compared.rows) {
            draw_marks(row, columns, {at.x, y});
            y += columns.row;
        }
        y += theme_.px(4);
        y += draw_paragraph(list_, theme_.fonts.small, {at.x, y}, width, theme_.ink(Ink::TextDim),
                            "Filled: a system call. Hollow: done in memory alone; the kernel is asked only if somebody must wait or be woken. "
                            "Copies: how often the kernel copies each byte.");
        return y - at.y + theme_.px(16);
    }

    // What will be measured: the mechanisms and their programs.
    float draw_list(ImVec2 at, float width) const {
        const Columns columns = columns_for(width);
        float y = at.y;
        for (const ComparedRow& row : shown_.compared.rows) {
            draw_text_in(list_, theme_.fonts.text, Rect::at({at.x, y}, {columns.bars - theme_.px(10), columns.row}), Align::Left, theme_.ink(Ink::Text), row.label);
            draw_text_in(list_, theme_.fonts.mono, {{at.x + columns.bars, y}, {at.x + columns.end, y + columns.row}}, Align::Left, theme_.ink(Ink::TextDim),
                         row.program);
            y += columns.row;
        }
        return y - at.y;
    }

    // Of a section, without its rows.
    float frame_height() const { return line_height(theme_.fonts.bold) + 3 * line_height(theme_.fonts.small) + theme_.px(24); }

 private:
    Columns columns_for(float width) const {
        float label = 0, value = 0;
        for (const ComparedRow& row : shown_.compared.rows) label = std::max(label, text_width(theme_.fonts.text, row.label));
        value = text_width(theme_.fonts.mono, "8.88 GB/s");
        const float gap = theme_.px(10);
        label = std::min(label, width * 0.46f);
        return {0, label + gap, width - value, width, row_};
    }

    float draw_title(ImVec2 at, float width, std::string_view title, std::string_view note) const {
        const float used = text_width(theme_.fonts.bold, title) + theme_.px(8);
        const bool is_beside = used + text_width(theme_.fonts.small, note) <= width;
        const float line = line_height(theme_.fonts.bold);
        draw_text(list_, theme_.fonts.bold, at, theme_.ink(Ink::Text), title);
        if (is_beside) {
            const float lower = font_size(theme_.fonts.bold) - font_size(theme_.fonts.small);
            draw_text(list_, theme_.fonts.small, {at.x + used, at.y + lower}, theme_.ink(Ink::TextDim), note);
            return line + theme_.px(2);
        }
        return line + draw_paragraph(list_, theme_.fonts.small, {at.x, at.y + line}, width, theme_.ink(Ink::TextDim), note) + theme_.px(2);
    }

    // The label, and what there is to say of a row that has no figures. True: it has some.
    bool draw_label(const ComparedRow& row, const Columns& columns, ImVec2 at) const {
        const Rect label = Rect::at(at, {columns.bars - theme_.px(10), columns.row});
        const bool is_done = row.state == State::Done;
        draw_text_in(list_, theme_.fonts.text, label, Align::Left, theme_.ink(is_done || row.state == State::Running ? Ink::Text : Ink::TextDim), row.label);
        if (is_done) return true;
        const Rect rest{{at.x + columns.bars, at.y}, {at.x + columns.end, at.y + columns.row}};
        if (row.state == State::Failed) {
            const float mark = theme_.px(11);
            draw_mark(list_, Mark::Cross, {rest.min.x + mark / 2, rest.center().y}, mark, theme_.ink(Ink::Error));
            draw_text_in(list_, theme_.fonts.small, {{rest.min.x + mark + theme_.px(6), rest.min.y}, rest.max}, Align::Left, theme_.ink(Ink::Error), row.failure);
            if (Rect{at, rest.max}.contains(ImGui::GetIO().MousePos) && ImGui::IsWindowHovered()) draw_tool_tip(theme_, row.label + ": " + row.failure);
        } else {
            const bool is_running = row.state == State::Running;
            draw_text_in(list_, theme_.fonts.small, rest, Align::Left, theme_.ink(is_running ? Ink::Accent : Ink::TextDim), is_running ? "is being measured …" : "not measured");
        }
        return false;
    }

    void draw_bar(const ComparedRow& row, const Metric& metric, const Scale& scale, const Columns& columns, ImVec2 at) const {
        if (!draw_label(row, columns, at)) return;
        const Figure& figure = row.measured.*metric.figure;
        const float room = columns.value - columns.bars - theme_.px(8), left = at.x + columns.bars;
        const float middle = at.y + columns.row / 2, half = std::floor(least_row_ * 0.3f + (columns.row - least_row_) * 0.2f);
        const auto x = [&](double value) { return left + std::max(theme_.px(2), scale.at(value) * room); };
        list_->AddRectFilled({left, middle - half}, {x(figure.median), middle + half}, theme_.ink(Ink::Accent, 0.85f), theme_.px(2));
        // From the least to the most that was measured.
        const float thin = std::max(1.0f, theme_.px(1.5f)), cap = half * 0.6f;
        const ImU32 ink = theme_.ink(Ink::Text);
        list_->AddLine({x(figure.least), middle}, {x(figure.most), middle}, ink, thin);
        for (const double end : {figure.least, figure.most}) list_->AddLine({x(end), middle - cap}, {x(end), middle + cap}, ink, thin);
        draw_text_in(list_, theme_.fonts.mono, {{at.x + columns.value, at.y}, {at.x + columns.end, at.y + columns.row}}, Align::Right, theme_.ink(Ink::Text),
                     metric.text(figure.median));
        const Rect all = Rect::at(at, {columns.end, columns.row});
        if (all.contains(ImGui::GetIO().MousePos) && ImGui::IsWindowHovered())
            draw_tool_tip(theme_, joined({row.label, ": ", metric.text(figure.median), ", between ", metric.text(figure.least), " and ", metric.text(figure.most)}));
    }

    void draw_decades(ImVec2 at, float width, float bottom, const Scale& scale) const {
        const float room = width - theme_.px(8);
        for (double power = scale.first; power <= scale.last; ++power) {
            const float x = std::floor(at.x + scale.at(std::pow(10, power)) * room);
            list_->AddLine({x, at.y}, {x, bottom}, theme_.ink(Ink::PanelEdge), std::max(1.0f, theme_.px(1)));
        }
    }

    // The powers of ten, as many as find room.
    float draw_axis(ImVec2 at, float width, const Scale& scale, const Metric& metric) const {
        const float room = width - theme_.px(8), height = line_height(theme_.fonts.small);
        const float decade = room / static_cast<float>(scale.last - scale.first);
        const float widest = text_width(theme_.fonts.small, "100 MB/s") + theme_.px(8);
        for (double power = scale.first; power <= scale.last; power += std::ceil(widest / decade)) {
            std::string text = metric.text(std::pow(10, power));
            if (const std::size_t point = text.find('.'); point != std::string::npos) text.erase(point, text.find(' ') - point);
            const float x = at.x + scale.at(std::pow(10, power)) * room - text_width(theme_.fonts.small, text) / 2;
            draw_text(list_, theme_.fonts.small, {x, at.y + theme_.px(2)}, theme_.ink(Ink::TextDim), text);
        }
        return height;
    }

    void draw_marks(const ComparedRow& row, const Columns& columns, ImVec2 at) const {
        if (!draw_label(row, columns, at)) return;
        const CallCosts& costs = row.measured.costs;
        const float middle = at.y + columns.row / 2, side = std::floor(theme_.px(10)), step = side + theme_.px(4);
        const std::string copies = number_text(std::round(costs.bytes_copied * 100 / static_cast<double>(std::max<std::size_t>(shown_.compared.size, 1))) / 100);
        const std::string text = joined({copies, copies == "1" ? " copy" : " copies"});
        float x = at.x + columns.bars;
        const float end = at.x + columns.end - text_width(theme_.fonts.mono, "0.01 copies");
        const int calls = static_cast<int>(std::lround(costs.calls)), system_calls = static_cast<int>(std::lround(costs.system_calls));
        for (int i = 0; i < calls && x + step < end - theme_.px(24); ++i, x += step) {
            const Rect box = Rect::at({std::floor(x), std::floor(middle - side / 2)}, {side, side});
            if (i < system_calls) list_->AddRectFilled(box.min, box.max, theme_.ink(Ink::Accent), theme_.px(2));
            else list_->AddRect(box.min, box.max, theme_.ink(Ink::Accent), theme_.px(2), 0, std::max(1.0f, theme_.px(1.5f)));
        }
        draw_text_in(list_, theme_.fonts.mono, {{x + theme_.px(4), at.y}, {end, at.y + columns.row}}, Align::Left, theme_.ink(Ink::Text), std::to_string(calls));
        draw_text_in(list_, theme_.fonts.mono, {{end, at.y}, {at.x + columns.end, at.y + columns.row}}, Align::Right, theme_.ink(Ink::Text), text);
        const Rect all = Rect::at(at, {columns.end, columns.row});
        if (all.contains(ImGui::GetIO().MousePos) && ImGui::IsWindowHovered())
            draw_tool_tip(theme_, joined({row.label, ": ", counted(static_cast<std::size_t>(calls), "call", "calls"), ", ",
                                          counted(static_cast<std::size_t>(system_calls), "of them a system call", "of them system calls"), "; ",
                                          number_text(costs.bytes_copied), " bytes copied by the kernel"}));
    }

    const Theme& theme_;
    const ComparisonShown& shown_;
    ImDrawList* list_;
    float least_row_, row_ = 0;
};

// The sizes in a row (or more), then the button; returns the height.
float draw_choice(const ViewContext& context, const ComparisonShown& shown, ImVec2 at, float width) {
    const Theme& theme = context.theme;
    const float height = std::ceil(font_size(theme.fonts.bold) + theme.px(14)), gap = theme.px(6);
    ImVec2 place = at;
    const auto next_place = [&](float wide) {
        if (place.x > at.x && place.x + wide > at.x + width) place = {at.x, place.y + height + gap};
        const Rect rect = Rect::at(place, {std::min(wide, width), height});
        place.x += wide + gap;
        return rect;
    };
    for (std::size_t i = 0; i < shown.sizes.size(); ++i) {
        const std::string text = size_text(shown.sizes[i]);
        const bool is_chosen = i == shown.chosen;
        const Rect rect = next_place(text_width(theme.fonts.bold, text) + theme.px(22));
        if (draw_button(theme, text.c_str(), rect, {.label = text, .look = ButtonLook::Plain})) context.intents.push_back(WantSize{static_cast<int>(i)});
        if (is_chosen) ImGui::GetWindowDrawList()->AddRect(rect.min, rect.max, theme.ink(Ink::Accent), theme.px(6), 0, std::max(1.5f, theme.px(2)));
    }
    const bool is_running = shown.running != 0;
    const Button button{.label = is_running ? "Cancel" : "Measure", .look = is_running ? ButtonLook::Outlined : ButtonLook::Accent, .key = "M"};
    place.x += theme.px(8);
    if (draw_button(theme, "measure", next_place(button_width(theme, button)), button)) context.intents.push_back(WantMeasure{});
    return place.y + height - at.y;
}

std::string state_text(const ComparisonShown& shown) {
    const Compared& compared = shown.compared;
    const std::string message = "messages of " + size_text(compared.size);
    if (shown.running != 0 && shown.running != compared.size) return joined({"Messages of ", size_text(shown.running), " are being measured."});
    if (compared.is_running) {
        const auto running = std::ranges::find(compared.rows, State::Running, &ComparedRow::state);
        return joined({running == compared.rows.end() ? "Measuring" : running->label, ": ", std::to_string(compared.done()), " of ", std::to_string(compared.rows.size()),
                       " done."});
    }
    if (compared.done() == 0) return joined({"Nothing has been measured with ", message, " yet. Choose a size (comma and full stop do it, too), then measure: it takes some seconds."});
    const std::string cut = compared.was_cancelled ? "Cancelled. " : "";
    return cut + "This machine, now: the programs run free and unobserved, producer and consumer on one processor. Bar: median of 5 runs. Line: least to most.";
}

}  // namespace

void draw_comparison(const ViewContext& context, ImVec2 position, ImVec2 size) {
    if (!context.comparison) return;
    const Theme& theme = context.theme;
    const ComparisonShown& shown = *context.comparison;
    const Panel panel(theme, "comparison", position, size, {.has_card = false});
    const float width = panel.area().width() - theme.px(4);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    ImVec2 at{start.x + theme.px(2), start.y + theme.px(2)};    // the frame around the chosen size is not cut
    at.y += draw_choice(context, shown, at, width) + theme.px(10);
    at.y += draw_paragraph(list, theme.fonts.small, at, width, theme.ink(shown.compared.is_running ? Ink::Accent : Ink::TextDim), state_text(shown)) + theme.px(4);
    if (shown.compared.is_running) {
        const float part = static_cast<float>(shown.compared.done()) / static_cast<float>(std::max<std::size_t>(shown.compared.rows.size(), 1));
        list->AddRectFilled(at, {at.x + width, at.y + theme.px(3)}, theme.ink(Ink::Well), theme.px(1));
        list->AddRectFilled(at, {at.x + width * part, at.y + theme.px(3)}, theme.ink(Ink::Accent), theme.px(1));
    }
    at.y += theme.px(12);

    // The sections beside each other where they find room, else below each other.
    const float gap = theme.px(32), least = theme.px(400);
    const int across = std::clamp(static_cast<int>((width + gap) / (least + gap)), 1, section_count);
    const float each = (width - gap * static_cast<float>(across - 1)) / static_cast<float>(across);
    const float room = across == section_count ? position.y + size.y - at.y - Chart(theme, shown, 0).frame_height() - theme.px(36) : 0;
    const Chart chart(theme, shown, room);
    if (shown.compared.done() == 0 && !shown.compared.is_running) {
        at.y += chart.draw_list(at, std::min(width, theme.px(520)));
    } else {
        float highest = 0;
        for (int section = 0; section < section_count; ++section) {
            const int column = section % across;
            const ImVec2 where{at.x + static_cast<float>(column) * (each + gap), at.y};
            const float height = section < metric_count ? chart.draw_metric(metrics[section], where, each) : chart.draw_calls(where, each);
            highest = std::max(highest, height);
            if (column == across - 1 || section == section_count - 1) at.y += std::exchange(highest, 0.0f);
        }
    }
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({width, at.y - start.y});
}

}  // namespace ipcscope
