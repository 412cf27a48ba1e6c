// Terminals: the last line that was printed.
#include <algorithm>

#include "app/views/stage_object.h"

namespace ipcscope {

void draw_terminal_body(ObjectPainter& painter) {
    const Theme& theme = painter.theme();
    painter.draw_title(painter.object().name, "");
    const Rect well = painter.take(painter.is_compact() ? 28 : 46);
    painter.list()->AddRectFilled(well.min, well.max, theme.ink(Ink::Well), painter.px(4));
    const auto columns =
        static_cast<std::size_t>(std::max(1.0f, (well.width() - painter.px(16)) / text_width(theme.fonts.mono, "m")));
    std::vector<std::string> lines{""};
    for (const char c : painter.object().terminal) {
        if (c == '\n' || lines.back().size() >= columns) lines.emplace_back();
        if (static_cast<unsigned char>(c) >= 0x20) lines.back() += c;
    }
    if (lines.back().empty() && lines.size() > 1) lines.pop_back();
    const std::size_t most = painter.is_compact() ? 1 : 2, first = lines.size() - std::min(most, lines.size());
    const float height = (well.height() - painter.px(4)) / static_cast<float>(most);
    for (std::size_t i = first; i < lines.size(); ++i) {
        const float y = well.min.y + painter.px(2) + height * static_cast<float>(i - first);
        draw_text_in(painter.list(), theme.fonts.mono, {{well.min.x + painter.px(8), y}, {well.max.x - painter.px(8), y + height}},
                     Align::Left, theme.ink(Ink::Text), lines[i]);
    }
}

}  // namespace ipcscope
