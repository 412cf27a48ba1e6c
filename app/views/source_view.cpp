// Which line is each process at? The program as its author wrote it; dots in the processes' colours stand at their lines.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "app/views/source_places.h"
#include "app/views/stage_draw.h"
#include "app/views/stage_scene.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float number_gap = 18, dot_size = 9;

struct Standing {
    ProcessId process;
    SourcePlace place;
    bool is_next, is_asleep;
};

std::vector<Standing> standings_of(const ViewContext& context) {
    std::vector<Standing> standings;
    for (const Process& process : context.model.processes()) {
        if (process.state != ProcessState::Alive) continue;
        const ThreadId id = shown_thread(context.model, process, context.next_thread);
        const Thread* thread = context.model.thread(id);
        const std::optional<SourcePlace> place = thread ? place_of_thread(context.model, *thread) : std::nullopt;
        if (place)
            standings.push_back(
                {process.id, *place, id == context.next_thread && context.is_now, thread->state == ThreadState::Asleep});
    }
    return standings;
}

// The lesson's program first, then the files in which somebody stands.
std::vector<std::string> files_of(const ViewContext& context, const std::vector<Standing>& standings) {
    std::vector<std::string> files;
    if (context.player && !context.player->lesson().program.empty())
        files.push_back(joined({context.player->lesson().folder, "/", context.player->lesson().program}));
    for (const Standing& standing : standings) {
        const auto is_same = [&](const std::string& file) {
            return file == standing.place.file || file_name(file) == file_name(standing.place.file);
        };
        if (std::none_of(files.begin(), files.end(), is_same)) files.push_back(standing.place.file);
    }
    return files;
}

// What the view keeps between frames: which file was chosen, for which standings it was last scrolled, and whether the
// learner has scrolled since: then the whole file is shown.
struct Kept {
    std::string file, followed_file;
    std::vector<int> followed;
    bool is_whole = false;
};

// The lines to show, from 0. If those that are stood at do not fit into `room` lines together, what is between them is
// left out; each keeps some lines around it.
std::vector<std::size_t> lines_to_show(const SourceText& text, const std::vector<int>& stood_at, std::size_t room,
                                       bool is_whole) {
    std::set<std::size_t> shown;
    for (const int line : stood_at)
        if (line >= 1 && static_cast<std::size_t>(line) <= text.lines.size()) shown.insert(static_cast<std::size_t>(line - 1));
    const std::set<std::size_t> centers = shown;
    const bool fits = shown.empty() || *shown.rbegin() - *shown.begin() < room;
    if (is_whole || fits || shown.size() > room) {
        std::vector<std::size_t> all(text.lines.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return all;
    }
    for (std::size_t distance = 1; shown.size() < room && distance < room; ++distance) {
        for (const std::size_t center : centers) {
            if (center >= distance && shown.size() < room) shown.insert(center - distance);
            if (center + distance < text.lines.size() && shown.size() < room) shown.insert(center + distance);
        }
    }
    return {shown.begin(), shown.end()};
}

class SourcePainter {
 public:
    SourcePainter(const Theme& theme, const SourceText& text, std::vector<Standing> standings, const Rect& area)
        : theme_(theme), text_(text), standings_(std::move(standings)), area_(area), list_(ImGui::GetWindowDrawList()),
          line_(std::round(font_size(theme_.fonts.mono) * 1.62f)), origin_(ImGui::GetCursorScreenPos()) {
        right_ = std::min(area.max.x + theme_.px(8), list_->GetClipRectMax().x - theme_.px(2));    // as far as on the left
    }

    std::size_t room() const { return static_cast<std::size_t>(std::max(1.0f, std::floor(area_.height() / line_))); }

    void draw(const std::vector<std::size_t>& lines) {
        const float dots = theme_.px(dot_size + 4) * static_cast<float>(std::max<std::size_t>(1, most_at_one_line()));
        const std::string last = std::to_string(std::max<std::size_t>(text_.lines.size(), 10));
        const float number = dots + theme_.px(6) + text_width(theme_.fonts.mono, last);
        const float code = number + theme_.px(number_gap);
        const auto first = static_cast<std::size_t>(std::max(0.0f, std::floor((area_.min.y - origin_.y) / line_)));
        const auto end = std::min(lines.size(), first + static_cast<std::size_t>(std::ceil(area_.height() / line_)) + 1);
        for (std::size_t i = first; i < end; ++i) {
            const float y = origin_.y + line_ * static_cast<float>(i);
            draw_line(lines[i], y, dots, number, code);
            if (i > 0 && lines[i] != lines[i - 1] + 1)
                draw_dashed_line(list_, {origin_.x + dots, y}, {right_, y}, theme_.ink(Ink::TextDim, 0.5f), 1, theme_.px(4));
        }
        float width = 0;
        for (const SourceLine& line : text_.lines) width = std::max(width, static_cast<float>(line.text.size()));
        ImGui::Dummy({code + width * text_width(theme_.fonts.mono, "m"), line_ * static_cast<float>(lines.size())});
    }

    // Of a whole file: only if a line that is stood at is out of sight, or the one after it; then the one that goes next is put
    // in the middle.
    void follow() const {
        if (standings_.empty()) return;
        const auto is_seen = [&](const Standing& standing) {
            const float y = origin_.y + line_ * static_cast<float>(standing.place.line - 1);
            return y >= area_.min.y && y + 2 * line_ <= area_.max.y;
        };
        if (std::all_of(standings_.begin(), standings_.end(), is_seen)) return;
        const auto next =
            std::find_if(standings_.begin(), standings_.end(), [](const Standing& standing) { return standing.is_next; });
        int least = next == standings_.end() ? standings_.front().place.line : next->place.line, most = least;
        for (const Standing& standing : standings_) {
            const int with_least = std::min(least, standing.place.line), with_most = std::max(most, standing.place.line);
            if (static_cast<float>(with_most - with_least + 1) * line_ > area_.height()) continue;
            least = with_least, most = with_most;
        }
        const float middle = line_ * (static_cast<float>(least + most) / 2 - 0.5f);
        ImGui::SetScrollY(std::max(0.0f, std::round((middle - area_.height() / 2) / line_) * line_));
    }

 private:
    std::size_t most_at_one_line() const {
        std::size_t most = 0;
        for (const Standing& standing : standings_)
            most = std::max(
                most, static_cast<std::size_t>(std::count_if(standings_.begin(), standings_.end(), [&](const Standing& other) {
                    return other.place.line == standing.place.line;
                })));
        return most;
    }

    ImU32 tint(ProcessId process, float alpha) const {
        return (theme_.process(process) & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha * 255) << IM_COL32_A_SHIFT);
    }

    void draw_line(std::size_t index, float y, float dots, float number, float code) const {
        const SourceLine& line = text_.lines[index];
        const Rect place{{area_.min.x - theme_.px(8), y}, {right_, y + line_}};
        float dot_x = origin_.x + dots - theme_.px(dot_size / 2 + 4);
        bool is_stood_at = false;
        for (const Standing& standing : standings_) {
            if (standing.place.line != static_cast<int>(index) + 1) continue;
            const Rect band = is_stood_at ? Rect{{place.min.x, place.max.y - theme_.px(3)}, place.max} : place;
            list_->AddRectFilled(band.min, band.max, tint(standing.process, theme_.is_dark ? 0.22f : 0.14f), theme_.px(4));
            if (standing.is_next)
                list_->AddRect(place.min, place.max, theme_.ink(Ink::Accent, 0.7f), theme_.px(4), 0, theme_.px(1));
            is_stood_at = true;
        }
        for (const Standing& standing : standings_) {
            if (standing.place.line != static_cast<int>(index) + 1) continue;
            const ImVec2 center{dot_x, place.center().y};
            if (standing.is_asleep) draw_moon(list_, center, theme_.px(dot_size + 3), tint(standing.process, 1));
            else draw_mark(list_, Mark::Dot, center, theme_.px(dot_size), tint(standing.process, 1));
            dot_x -= theme_.px(dot_size + 6);
        }
        const std::string text = std::to_string(index + 1);
        draw_text_in(list_, theme_.fonts.mono, {{origin_.x, y}, {origin_.x + number, y + line_}}, Align::Right,
                     theme_.ink(Ink::TextDim), text);
        draw_code(line, {origin_.x + code, std::floor(y + (line_ - font_size(theme_.fonts.mono)) / 2)});
    }

    void draw_code(const SourceLine& line, ImVec2 at) const {
        for (const SourcePiece& piece : line.pieces) {
            const std::string_view text = std::string_view(line.text).substr(piece.begin, piece.end - piece.begin);
            draw_text(list_, theme_.fonts.mono, at, ink_of(piece.kind), text);
            at.x += text_width(theme_.fonts.mono, text);
        }
    }

    ImU32 ink_of(SourceKind kind) const {
        switch (kind) {
            case SourceKind::Keyword: return theme_.ink(Ink::Object);
            case SourceKind::String: return theme_.ink(Ink::Agrees);
            case SourceKind::Comment:
            case SourceKind::Directive: return theme_.ink(Ink::TextDim);
            case SourceKind::Plain: break;
        }
        return theme_.ink(Ink::Text);
    }

    const Theme& theme_;
    const SourceText& text_;
    std::vector<Standing> standings_;
    Rect area_;
    ImDrawList* list_;
    float line_, right_ = 0;
    ImVec2 origin_;
};

void draw_tabs(const Theme& theme, const Rect& place, const std::vector<std::string>& files, Kept& kept) {
    float x = place.min.x;
    for (const std::string& file : files) {
        const std::string name = file_name(file);
        const Rect tab{{x, place.min.y},
                       {std::min(x + text_width(theme.fonts.mono, name) + theme.px(20), place.max.x), place.max.y}};
        if (tab.width() < theme.px(30)) return;
        const Press press = pressable(file.c_str(), tab);
        ImDrawList* list = ImGui::GetWindowDrawList();
        const bool is_chosen = file == kept.file;
        if (press.is_hot) list->AddRectFilled(tab.min, tab.max, theme.ink(Ink::CardHot), theme.px(4));
        draw_text_in(list, theme.fonts.mono, tab, Align::Center, theme.ink(is_chosen ? Ink::Text : Ink::TextDim), name);
        if (is_chosen)
            list->AddRectFilled({tab.min.x + theme.px(8), tab.max.y - theme.px(2)}, {tab.max.x - theme.px(8), tab.max.y},
                                theme.ink(Ink::Accent));
        if (press.is_pressed) kept.file = file;
        x = tab.max.x + theme.px(4);
    }
}

void draw_nothing(const ViewContext& context, const Rect& area, const std::string& file) {
    std::string sentence = "The source stands here as soon as a program runs that was compiled with debug information (cc -g).";
    if (!file.empty())
        sentence = joined({file_name(file), " cannot be read: it is not where the compiler found it (", file, ")."});
    else if (!context.model.processes().empty())
        sentence =
            "Nobody has made a call yet whose place in the source is known. A program tells its lines if it was compiled with "
            "cc -g.";
    draw_paragraph(ImGui::GetWindowDrawList(), context.theme.fonts.text, area.min, area.width(),
                   context.theme.ink(Ink::TextDim), sentence);
}

// The file of the one who goes next is opened when it changes; otherwise the learner's choice stays.
void choose_file(Kept& kept, const std::vector<std::string>& files, const std::vector<Standing>& standings) {
    const auto next =
        std::find_if(standings.begin(), standings.end(), [](const Standing& standing) { return standing.is_next; });
    const std::string followed = next == standings.end() ? "" : file_name(next->place.file);
    const bool has_moved = !followed.empty() && followed != kept.followed_file;
    if (has_moved) kept.followed_file = followed;
    const auto wanted = std::find_if(files.begin(), files.end(),
                                     [&](const std::string& file) { return has_moved && file_name(file) == followed; });
    if (wanted != files.end()) kept.file = *wanted;
    if (std::find(files.begin(), files.end(), kept.file) == files.end()) kept.file = files.empty() ? "" : files.front();
}

}  // namespace

void draw_source(const ViewContext& context, ImVec2 position, ImVec2 size) {
    static Kept kept;
    std::vector<Standing> standings = standings_of(context);
    const std::vector<std::string> files = files_of(context, standings);
    choose_file(kept, files, standings);

    const std::string title = files.size() > 1 ? " " : kept.file.empty() ? "Source" : file_name(kept.file);
    Panel::Options options;
    options.title = title;
    options.can_scroll_across = true;
    const Panel panel(context.theme, "source", position, size, options);
    if (files.size() > 1) {
        ImGui::PushClipRect(position, {position.x + size.x, position.y + size.y}, false);
        draw_tabs(context.theme, panel.head(), files, kept);
        ImGui::PopClipRect();
    }
    const std::shared_ptr<const SourceText> text = kept.file.empty() ? nullptr : source_text(kept.file);
    if (!text) return draw_nothing(context, panel.area(), kept.file);

    std::erase_if(standings, [&](const Standing& standing) { return file_name(standing.place.file) != file_name(kept.file); });
    std::vector<int> lines;
    for (const Standing& standing : standings) lines.push_back(standing.place.line);
    const bool has_moved = lines != kept.followed;
    if (has_moved) kept.is_whole = false;
    if (ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel != 0) kept.is_whole = true;
    SourcePainter painter(context.theme, *text, std::move(standings), panel.area());
    const std::vector<std::size_t> shown = lines_to_show(*text, lines, painter.room(), kept.is_whole);
    painter.draw(shown);
    if (has_moved && shown.size() == text->lines.size()) painter.follow();
    kept.followed = std::move(lines);
}

}  // namespace ipcscope
