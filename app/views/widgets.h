// What all views draw with: text that fits, cards, pills, keys, curves, marks drawn as shapes (no font is asked for a tick),
// and the panel that every view stands in. Nothing here knows the model. Lengths are in pixels: pass logical ones through
// theme.px(). Colours are ImU32: ask the theme by meaning.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <string_view>

#include "app/views/theme.h"

namespace ipcscope {

struct Rect {
    ImVec2 min, max;

    static Rect at(ImVec2 position, ImVec2 size) { return {position, {position.x + size.x, position.y + size.y}}; }
    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
    ImVec2 size() const { return {width(), height()}; }
    ImVec2 center() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
    Rect inset(float x, float y) const { return {{min.x + x, min.y + y}, {max.x - x, max.y - y}}; }
    bool contains(ImVec2 p) const { return p.x >= min.x && p.x < max.x && p.y >= min.y && p.y < max.y; }
};

// --- Text. A font's size and line are asked from here, since a font may be baked denser than it is drawn.

float font_size(const ImFont* font);
float line_height(const ImFont* font);   // for a paragraph: the size and a half
float text_width(const ImFont* font, std::string_view text);
void draw_text(ImDrawList* list, const ImFont* font, ImVec2 position, ImU32 color, std::string_view text);
// At most `width`, else its head (or, for paths and the like, its tail) and "…".
std::string fitted(const ImFont* font, std::string_view text, float width, bool keep_tail = false);
float draw_fitted(ImDrawList* list, const ImFont* font, ImVec2 position, float width, ImU32 color, std::string_view text);
enum class Align { Left, Center, Right };
// One line, fitted, in the middle of the rectangle's height.
void draw_text_in(ImDrawList* list, const ImFont* font, const Rect& rect, Align align, ImU32 color, std::string_view text);
// A wrapped paragraph; returns its height. With a null list nothing is drawn (to measure). `line`: from one line to the next,
// 0 = line_height(font).
float draw_paragraph(ImDrawList* list, const ImFont* font, ImVec2 position, float width, ImU32 color, std::string_view text,
                     float line = 0);

// --- Shapes

void draw_card(ImDrawList* list, const Rect& rect, ImU32 fill, ImU32 edge, float rounding, float thickness = 1.0f);
void draw_dashed_rect(ImDrawList* list, const Rect& rect, ImU32 color, float rounding, float thickness, float dash);
void draw_dashed_line(ImDrawList* list, ImVec2 from, ImVec2 to, ImU32 color, float thickness, float dash);

struct Curve {   // a cubic Bézier
    ImVec2 from, control_from, control_to, to;
    ImVec2 at(float t) const;         // t: 0 to 1
    ImVec2 direction(float t) const;  // of length 1
};
Curve curve_down(ImVec2 from, ImVec2 to);    // leaves and arrives upright
Curve curve_across(ImVec2 from, ImVec2 to);  // leaves and arrives level
void draw_curve(ImDrawList* list, const Curve& curve, ImU32 color, float thickness, float dash = 0);   // dash 0: solid
void draw_arrow_head(ImDrawList* list, ImVec2 tip, ImVec2 direction, float size, ImU32 color);

enum class Mark { Tick, Cross, Dot, Ring, Left, Right, RightTwice, Down, Pause, Restart };
// In a square of `size` around `center`.
void draw_mark(ImDrawList* list, Mark mark, ImVec2 center, float size, ImU32 color);

// --- Small things with text inside

// A rounded badge whose left middle stands at `left_middle`; returns where it is.
Rect pill_rect(const Theme& theme, const ImFont* font, ImVec2 left_middle, std::string_view text);
Rect draw_pill(ImDrawList* list, const Theme& theme, const ImFont* font, ImVec2 left_middle, std::string_view text, ImU32 fill,
               ImU32 ink);
// A key as it looks on a keyboard, "Space".
Rect draw_key(ImDrawList* list, const Theme& theme, ImVec2 left_middle, std::string_view name);
float key_width(const Theme& theme, std::string_view name);

// --- Things to press. The id need be unique in its panel only.

struct Press {
    bool is_hot = false;      // the pointer is over it
    bool is_pressed = false;  // released over it: act now
};
Press pressable(const char* id, const Rect& rect, bool is_enabled = true);

enum class ButtonLook { Plain, Accent, Outlined, Quiet };   // a card; the one thing to do next; a card with an edge; text alone
struct Button {
    std::string_view label;
    ButtonLook look = ButtonLook::Plain;
    bool is_enabled = true;
    std::string_view key = "";        // shown as a key cap at its right
    std::optional<Mark> mark = {};    // before (Left, Restart) or after (the others) the label
    Align align = Align::Center;
};
bool draw_button(const Theme& theme, const char* id, const Rect& rect, const Button& button);
float button_width(const Theme& theme, const Button& button);
// Of one that is so wide: two lines and more where its label needs them (with Align::Left).
float button_height(const Theme& theme, float width, const Button& button);

void draw_tool_tip(const Theme& theme, std::string_view text);         // for the thing under the pointer
void draw_listing_tool_tip(const Theme& theme, std::string_view text);  // the same, in columns: no line is wrapped

// --- The panel: a rounded card with a title, whose content is clipped and scrolls. What is drawn while it lives goes to
// ImGui::GetWindowDrawList(); content starts at ImGui::GetCursorScreenPos() (which moves as it is scrolled) and must claim
// its size (ImGui::Dummy) if it may need scrolling.
class Panel {
 public:
    struct Options {
        std::string_view title = "";     // left, semi-bold
        std::string_view note = "";      // after it, dim
        bool can_scroll = true;          // upright
        bool can_scroll_across = false;
        bool has_card = true;
        float padding = 18;              // logical
        bool has_fades = true;           // where there is more behind an edge, the content fades towards it
        Ink ground = Ink::Panel;         // what it fades into, if it has no card of its own
    };
    Panel(const Theme& theme, const char* id, ImVec2 position, ImVec2 size, const Options& options);
    ~Panel();
    Panel(const Panel&) = delete;
    Panel& operator=(const Panel&) = delete;

    const Rect& area() const { return area_; }   // what is visible of the content, on the screen
    const Rect& head() const { return head_; }   // the title's line: room for more at its right

 private:
    void draw_fades() const;

    const Theme& theme_;
    Rect area_, head_;
    bool has_fades_, can_scroll_across_;
    Ink ground_;
};

}  // namespace ipcscope
