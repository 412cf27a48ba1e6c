// What the programs have written to their terminal, and a line to type into it.
#include <algorithm>
#include <cmath>

#include "app/views/side_views.h"
#include "app/views/widgets.h"

namespace ipcscope {

namespace {

// Bytes of a program are somebody else's: control characters are shown, never obeyed (but for line ends and tabs).
std::string shown_text(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\r') continue;
        if (c == '\t') {
            text += "    ";
        } else if (c == '\n' || (byte >= 0x20 && byte != 0x7f)) {
            text += c;
        } else {
            text += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return text;
}

const Object* terminal_of(const Model& model) {
    const auto found = std::find_if(model.objects().begin(), model.objects().end(),
                                    [](const Object& object) { return object.kind == ObjectKind::Terminal; });
    return found == model.objects().end() ? nullptr : &*found;
}

}  // namespace

void draw_terminal(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    const float padding = theme.px(18);
    const float field = std::ceil(font_size(theme.fonts.mono) + theme.px(12));
    const float bottom = position.y + size.y - (context.player ? field + theme.px(18) : 0);
    {
        Panel panel(theme, "output", position, {size.x, bottom - position.y}, {.has_card = false});
        const Object* terminal = terminal_of(context.model);
        const std::string text = terminal ? shown_text(terminal->terminal) : "";
        const float width = panel.area().width();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (text.empty()) {
            draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.text, at, width, theme.ink(Ink::TextDim),
                           "Nothing has been written yet.");
        } else {
            ImGui::Dummy(
                {width, draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.mono, at, width, theme.ink(Ink::Text), text)});
            static std::size_t seen = 0;   // follows what is new
            if (std::exchange(seen, text.size()) != text.size()) ImGui::SetScrollHereY(1);
        }
    }
    if (!context.player) return;
    static char line[256] = "";
    ImGui::SetCursorScreenPos({position.x + padding, bottom});
    ImGui::SetNextItemWidth(size.x - 2 * padding);
    ImGui::PushFont(theme.fonts.mono);
    if (ImGui::InputTextWithHint("##type", "Type to the programs, then Enter", line, sizeof line,
                                 ImGuiInputTextFlags_EnterReturnsTrue)) {
        context.intents.push_back(WantInput{std::string(line) + "\n"});
        line[0] = 0;
        ImGui::SetKeyboardFocusHere(-1);
    }
    ImGui::PopFont();
}

}  // namespace ipcscope
