#include "app/views/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

namespace ipcscope {

namespace {

const char* end_of(std::string_view text) { return text.data() + text.size(); }

float middle_line(const ImFont* font, const Rect& rect) { return std::floor(rect.center().y - font_size(font) / 2); }

// The first byte of the character that `at` lies in.
std::size_t character_start(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
    return at;
}

constexpr std::string_view ellipsis = "…";

}  // namespace

float font_size(const ImFont* font) { return font->FontSize * font->Scale; }

float line_height(const ImFont* font) { return std::ceil(font_size(font) * 1.5f); }

float text_width(const ImFont* font, std::string_view text) {
    if (text.empty()) return 0;
    return font->CalcTextSizeA(font_size(font), FLT_MAX, 0, text.data(), end_of(text)).x;
}

void draw_text(ImDrawList* list, const ImFont* font, ImVec2 position, ImU32 color, std::string_view text) {
    if (!text.empty()) list->AddText(font, font_size(font), position, color, text.data(), end_of(text));
}

std::string fitted(const ImFont* font, std::string_view text, float width, bool keep_tail) {
    if (text_width(font, text) <= width) return std::string(text);
    const float room = width - text_width(font, ellipsis);
    std::size_t fits = 0, too_much = text.size();   // by halving: the longest piece that fits
    while (fits + 1 < too_much) {
        const std::size_t middle = fits + (too_much - fits) / 2;
        const std::string_view piece = keep_tail ? text.substr(text.size() - middle) : text.substr(0, middle);
        (text_width(font, piece) <= room ? fits : too_much) = middle;
    }
    if (keep_tail) {
        std::size_t start = text.size() - fits;
        while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) ++start;
        return std::string(ellipsis) + std::string(text.substr(start));
    }
    return std::string(text.substr(0, character_start(text, fits))) + std::string(ellipsis);
}

float draw_fitted(ImDrawList* list, const ImFont* font, ImVec2 position, float width, ImU32 color, std::string_view text) {
    const float needed = text_width(font, text);
    if (needed <= width) {
        draw_text(list, font, position, color, text);
        return needed;
    }
    const std::string cut = fitted(font, text, width);
    draw_text(list, font, position, color, cut);
    return text_width(font, cut);
}

void draw_text_in(ImDrawList* list, const ImFont* font, const Rect& rect, Align align, ImU32 color, std::string_view text) {
    const float room = std::max(0.0f, rect.width() - std::min(text_width(font, text), rect.width()));
    const float x = rect.min.x + (align == Align::Left ? 0 : align == Align::Center ? room / 2 : room);
    draw_fitted(list, font, {std::floor(x), middle_line(font, rect)}, rect.width(), color, text);
}

float draw_paragraph(ImDrawList* list, const ImFont* font, ImVec2 position, float width, ImU32 color, std::string_view text,
                     float line) {
    if (line <= 0) line = line_height(font);
    const char* at = text.data();
    const char* const end = end_of(text);
    float y = 0;
    while (at < end) {
        const char* const newline = std::find(at, end, '\n');
        const char* stop = font->CalcWordWrapPositionA(font->Scale, at, newline, width);
        if (stop == at && at < newline) ++stop;   // not even one character fits
        if (list) draw_text(list, font, {position.x, position.y + y}, color, {at, static_cast<std::size_t>(stop - at)});
        y += line;
        at = stop;
        if (at == newline) {
            if (at < end) ++at;
        } else {
            while (at < newline && *at == ' ') ++at;
        }
    }
    return y;
}

Rect pill_rect(const Theme& theme, const ImFont* font, ImVec2 left_middle, std::string_view text) {
    const float half = std::round(font_size(font) / 2 + theme.px(4));
    return {{left_middle.x, left_middle.y - half},
            {left_middle.x + text_width(font, text) + 2 * theme.px(9), left_middle.y + half}};
}

Rect draw_pill(ImDrawList* list, const Theme& theme, const ImFont* font, ImVec2 left_middle, std::string_view text, ImU32 fill,
               ImU32 ink) {
    const Rect rect = pill_rect(theme, font, left_middle, text);
    list->AddRectFilled(rect.min, rect.max, fill, rect.height() / 2);
    draw_text_in(list, font, rect, Align::Center, ink, text);
    return rect;
}

float key_width(const Theme& theme, std::string_view name) {
    return std::max(text_width(theme.fonts.small, name) + 2 * theme.px(6), font_size(theme.fonts.small) + 2 * theme.px(3));
}

Rect draw_key(ImDrawList* list, const Theme& theme, ImVec2 left_middle, std::string_view name) {
    const float half = std::round(font_size(theme.fonts.small) / 2 + theme.px(3));
    const Rect rect{{left_middle.x, left_middle.y - half}, {left_middle.x + key_width(theme, name), left_middle.y + half}};
    draw_card(list, rect, theme.ink(Ink::Card), theme.ink(Ink::TextDim, 0.45f), theme.px(4), std::max(1.0f, theme.px(1)));
    draw_text_in(list, theme.fonts.small, rect, Align::Center, theme.ink(Ink::TextDim), name);
    return rect;
}

Press pressable(const char* id, const Rect& rect, bool is_enabled) {
    if (!is_enabled || rect.width() <= 0 || rect.height() <= 0) return {};
    const ImVec2 cursor = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos(rect.min);
    const bool is_pressed = ImGui::InvisibleButton(id, rect.size());
    const bool is_hot = ImGui::IsItemHovered();
    if (is_hot) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    ImGui::SetCursorScreenPos(cursor);
    return {is_hot, is_pressed};
}

namespace {

struct ButtonParts {
    float mark, label, key, gap;
    float width() const { return mark + (mark > 0 && label > 0 ? gap : 0) + label + (key > 0 ? gap * 1.5f + key : 0); }
};

ButtonParts parts_of(const Theme& theme, const Button& button) {
    return {button.mark ? font_size(theme.fonts.bold) * 0.62f : 0, text_width(theme.fonts.bold, button.label),
            button.key.empty() ? 0 : key_width(theme, button.key), theme.px(7)};
}

}  // namespace

float button_width(const Theme& theme, const Button& button) { return parts_of(theme, button).width() + 2 * theme.px(16); }

constexpr float button_padding = 14;   // logical, with Align::Left

static float room_for_label(const Theme& theme, float width, const Button& button) {
    const ButtonParts parts = parts_of(theme, button);
    return width - 2 * theme.px(button_padding) - (parts.key > 0 ? parts.key + parts.gap : 0) - (parts.mark > 0 ? parts.mark + parts.gap : 0);
}

static float button_line(const Theme& theme) { return std::ceil(font_size(theme.fonts.bold) * 1.3f); }

float button_height(const Theme& theme, float width, const Button& button) {
    const float room = room_for_label(theme, width, button);
    const bool is_one_line = text_width(theme.fonts.bold, button.label) <= room;
    return std::ceil((is_one_line ? font_size(theme.fonts.bold) : draw_paragraph(nullptr, theme.fonts.bold, {}, room, 0, button.label, button_line(theme))) + theme.px(19));
}

bool draw_button(const Theme& theme, const char* id, const Rect& rect, const Button& button) {
    const Press press = pressable(id, rect, button.is_enabled);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const bool is_accent = button.look == ButtonLook::Accent && button.is_enabled;
    const ImU32 accent = theme.ink(Ink::Accent);
    ImU32 fill = theme.ink(press.is_hot ? Ink::CardHot : Ink::Card);
    if (is_accent) fill = theme.ink(Ink::Accent, press.is_hot ? 0.85f : 1.0f);
    if (button.look == ButtonLook::Quiet && !press.is_hot) fill = 0;
    const bool has_edge = button.look == ButtonLook::Outlined || (!theme.is_dark && button.look == ButtonLook::Plain);
    const ImU32 edge = press.is_hot    ? theme.ink(Ink::Accent)
                       : theme.is_dark ? theme.ink(Ink::TextDim, 0.3f)
                                       : theme.ink(Ink::PanelEdge);
    draw_card(list, rect, fill, has_edge && !is_accent ? edge : 0, theme.px(6), std::max(1.0f, theme.px(1)));

    const bool is_quiet = button.look == ButtonLook::Quiet && !press.is_hot;
    const ImU32 ink = is_quiet || !button.is_enabled ? theme.ink(Ink::TextDim, button.is_enabled ? 1.0f : 0.55f)
                      : is_accent                    ? theme.on(accent)
                                                     : theme.ink(Ink::Text);
    const ButtonParts parts = parts_of(theme, button);
    const float padding = theme.px(button.align == Align::Left ? button_padding : 8);
    // A key must be seen; a label may be cut.
    const bool has_room_for_key = parts.key > 0 && (parts.width() + padding * 2 <= rect.width() || (button.align == Align::Left && parts.key * 3 < rect.width()));
    const bool is_mark_first = button.mark == Mark::Left || button.mark == Mark::Restart;
    const float used = has_room_for_key ? parts.width() : parts.width() - (parts.key > 0 ? parts.gap * 1.5f + parts.key : 0);
    float x = rect.min.x + padding;
    if (button.align == Align::Center) x = std::max(x, std::floor(rect.center().x - used / 2));
    const float y = rect.center().y;
    const auto draw_own_mark = [&] {
        draw_mark(list, *button.mark, {x + parts.mark / 2, y}, parts.mark, ink);
        x += parts.mark;
    };
    if (button.mark && is_mark_first) {
        draw_own_mark();
        x += parts.gap;
    }
    const float right = rect.max.x - padding - (has_room_for_key ? parts.key + parts.gap : 0) -
                        (button.mark && !is_mark_first ? parts.mark + parts.gap : 0);
    const float lines = button.align == Align::Left ? draw_paragraph(nullptr, theme.fonts.bold, {}, right - x, 0, button.label, button_line(theme)) : 0;
    if (lines > button_line(theme) * 1.5f && lines <= rect.height())
        draw_paragraph(list, theme.fonts.bold, {x, rect.center().y - lines / 2}, right - x, ink, button.label, button_line(theme));
    else x += draw_fitted(list, theme.fonts.bold, {x, middle_line(theme.fonts.bold, rect)}, right - x, ink, button.label);
    if (button.mark && !is_mark_first) {
        x += button.label.empty() ? 0 : parts.gap;
        draw_own_mark();
    }
    if (has_room_for_key) {
        const float key_x = button.align == Align::Left ? rect.max.x - padding - parts.key : x + parts.gap * 1.5f;
        if (is_accent) {
            draw_text_in(list, theme.fonts.small, {{key_x, rect.min.y}, {key_x + parts.key, rect.max.y}}, Align::Center,
                         theme.on(accent), button.key);
        } else {
            draw_key(list, theme, {key_x, y}, button.key);
        }
    }
    return press.is_pressed;
}

static void draw_tool_tip(const Theme& theme, const ImFont* font, float width, std::string_view text) {
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {theme.px(12), theme.px(8)});
    ImGui::BeginTooltip();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = draw_paragraph(ImGui::GetWindowDrawList(), font, at, width, theme.ink(Ink::Text), text);
    ImGui::Dummy({width, height});
    ImGui::EndTooltip();
    ImGui::PopStyleVar();
}

void draw_tool_tip(const Theme& theme, std::string_view text) {
    draw_tool_tip(theme, theme.fonts.text, std::min(text_width(theme.fonts.text, text) + 1, theme.px(420)), text);
}

void draw_listing_tool_tip(const Theme& theme, std::string_view text) {
    float width = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        width = std::max(width, text_width(theme.fonts.mono, line) + 1);
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    draw_tool_tip(theme, theme.fonts.mono, width, text);
}

Panel::Panel(const Theme& theme, const char* id, ImVec2 position, ImVec2 size, const Options& options)
    : theme_(theme), has_fades_(options.has_fades && options.padding > 0), can_scroll_across_(options.can_scroll_across), ground_(options.ground) {
    ImGui::PushID(id);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Rect whole = Rect::at(position, size);
    if (options.has_card) {
        draw_card(list, whole, theme.ink(Ink::Panel), theme.is_dark ? 0 : theme.ink(Ink::PanelEdge), theme.px(8),
                  std::max(1.0f, theme.px(1)));
    }
    const float pad = theme.px(options.padding);
    const float pad_top = std::min(pad, theme.px(options.padding > 20 ? 24 : 14));   // overlays are airier
    float top = whole.min.y + pad_top;
    head_ = {{whole.min.x + pad, top}, {whole.max.x - pad, top}};
    if (!options.title.empty()) {
        head_.max.y = top + std::ceil(font_size(theme.fonts.bold) * 1.3f);
        const float used = draw_fitted(list, theme.fonts.bold, {head_.min.x, middle_line(theme.fonts.bold, head_)},
                                       head_.width(), theme.ink(Ink::Text), options.title);
        if (!options.note.empty()) {
            const float x = head_.min.x + used + theme.px(24);
            if (head_.max.x - x > theme.px(60)) {
                draw_fitted(
                    list, theme.fonts.small,
                    {x, middle_line(theme.fonts.bold, head_) + font_size(theme.fonts.bold) - font_size(theme.fonts.small)},
                    head_.max.x - x, theme.ink(Ink::TextDim), options.note);
            }
        }
        top = head_.max.y + theme.px(10);
    }
    area_ = {{whole.min.x + pad, top},
             {std::max(whole.min.x + pad + 1, whole.max.x - pad), std::max(top + 1, whole.max.y - pad_top)}};
    // The child reaches to the card's edges, so that the scroll bar and marks beside the text have room.
    const Rect child{{whole.min.x + 1, area_.min.y}, {whole.max.x - 1, area_.max.y}};
    ImGui::SetCursorScreenPos(child.min);
    ImGuiWindowFlags flags = ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav;
    if (!options.can_scroll) flags |= ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
    if (options.can_scroll_across) flags |= ImGuiWindowFlags_HorizontalScrollbar;
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {area_.min.x - child.min.x, 0});
    ImGui::BeginChild("content", child.size(), false, flags | ImGuiWindowFlags_AlwaysUseWindowPadding);
    ImGui::PopStyleVar();
    // ImGui would clip at half the padding; marks and grounds beside the text may reach to the scroll bar.
    const ImRect inner = ImGui::GetCurrentWindow()->InnerRect;
    ImGui::PushClipRect(inner.Min, inner.Max, false);
}

void Panel::draw_fades() const {
    const ImU32 ground = theme_.ink(ground_), clear = theme_.ink(ground_, 0);
    const float depth = std::min(theme_.px(26), area_.height() / 4);
    const ImRect inner = ImGui::GetCurrentWindow()->InnerRect;
    const Rect whole = Rect{inner.Min, inner.Max}.inset(theme_.px(2), 0);   // (the card keeps its edge)
    ImDrawList* const list = ImGui::GetWindowDrawList();
    if (ImGui::GetScrollY() > 0.5f)
        list->AddRectFilledMultiColor(whole.min, {whole.max.x, whole.min.y + depth}, ground, ground, clear, clear);
    if (ImGui::GetScrollY() < ImGui::GetScrollMaxY() - 0.5f)
        list->AddRectFilledMultiColor({whole.min.x, whole.max.y - depth}, whole.max, clear, clear, ground, ground);
    if (can_scroll_across_ && ImGui::GetScrollX() < ImGui::GetScrollMaxX() - 0.5f)
        list->AddRectFilledMultiColor({area_.max.x - depth, whole.min.y}, {area_.max.x, whole.max.y}, clear, ground, ground, clear),
            list->AddRectFilled({area_.max.x, whole.min.y}, whole.max, ground);
}

Panel::~Panel() {
    if (has_fades_) draw_fades();
    ImGui::PopClipRect();
    ImGui::EndChild();
    ImGui::PopID();
}

}  // namespace ipcscope
