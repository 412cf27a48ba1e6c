#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "app/views/widgets.h"

namespace ipcscope {

namespace {

ImVec2 unit(ImVec2 v) {
    const float length = std::sqrt(v.x * v.x + v.y * v.y);
    return length > 0 ? ImVec2(v.x / length, v.y / length) : ImVec2(1, 0);
}

// Dashes along a path of points, with the phase carried from one piece to the next.
class Dasher {
 public:
    Dasher(ImDrawList* list, ImU32 color, float thickness, float dash)
        : list_(list), color_(color), thickness_(thickness), dash_(std::max(dash, 1.0f)) {}

    void line_to(ImVec2 from, ImVec2 to) {
        const float length = std::hypot(to.x - from.x, to.y - from.y);
        const ImVec2 along = unit({to.x - from.x, to.y - from.y});
        for (float done = 0; done < length;) {
            const float rest = (is_ink_ ? dash_ : dash_ * 0.8f) - phase_;
            const float piece = std::min(rest, length - done);
            if (is_ink_) {
                list_->AddLine({from.x + along.x * done, from.y + along.y * done},
                               {from.x + along.x * (done + piece), from.y + along.y * (done + piece)}, color_, thickness_);
            }
            done += piece;
            if (piece < rest) {
                phase_ += piece;
            } else {
                phase_ = 0;
                is_ink_ = !is_ink_;
            }
        }
    }

 private:
    ImDrawList* list_;
    ImU32 color_;
    float thickness_, dash_;
    float phase_ = 0;
    bool is_ink_ = true;
};

void draw_triangle(ImDrawList* list, ImVec2 center, ImVec2 direction, float size, ImU32 color) {
    const ImVec2 across(-direction.y, direction.x);
    const float half = size * 0.5f;
    const ImVec2 tip(center.x + direction.x * half, center.y + direction.y * half);
    const ImVec2 tail(center.x - direction.x * half * 0.8f, center.y - direction.y * half * 0.8f);
    list->AddTriangleFilled(tip, {tail.x + across.x * half, tail.y + across.y * half},
                            {tail.x - across.x * half, tail.y - across.y * half}, color);
}

}  // namespace

void draw_card(ImDrawList* list, const Rect& rect, ImU32 fill, ImU32 edge, float rounding, float thickness) {
    if ((fill >> IM_COL32_A_SHIFT) != 0) list->AddRectFilled(rect.min, rect.max, fill, rounding);
    if ((edge >> IM_COL32_A_SHIFT) == 0) return;
    const float half = thickness / 2;
    const Rect middle = rect.inset(half, half);
    list->AddRect(middle.min, middle.max, edge, rounding - half, 0, thickness);
}

void draw_dashed_rect(ImDrawList* list, const Rect& rect, ImU32 color, float rounding, float thickness, float dash) {
    list->PathRect(rect.min, rect.max, rounding);
    const ImVector<ImVec2> path = list->_Path;
    list->PathClear();
    Dasher dasher(list, color, thickness, dash);
    for (int i = 0; i < path.Size; ++i) dasher.line_to(path[i], path[(i + 1) % path.Size]);
}

void draw_dashed_line(ImDrawList* list, ImVec2 from, ImVec2 to, ImU32 color, float thickness, float dash) {
    Dasher(list, color, thickness, dash).line_to(from, to);
}

ImVec2 Curve::at(float t) const {
    const float u = 1 - t;
    const float a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
    return {a * from.x + b * control_from.x + c * control_to.x + d * to.x,
            a * from.y + b * control_from.y + c * control_to.y + d * to.y};
}

ImVec2 Curve::direction(float t) const {
    const float u = 1 - t;
    const float a = u * u, b = 2 * u * t, c = t * t;
    return unit({a * (control_from.x - from.x) + b * (control_to.x - control_from.x) + c * (to.x - control_to.x),
                 a * (control_from.y - from.y) + b * (control_to.y - control_from.y) + c * (to.y - control_to.y)});
}

Curve curve_down(ImVec2 from, ImVec2 to) {
    const float reach = (to.y - from.y) * 0.6f;
    return {from, {from.x, from.y + reach}, {to.x, to.y - reach}, to};
}

Curve curve_across(ImVec2 from, ImVec2 to) {
    const float reach = (to.x - from.x) * 0.6f;
    return {from, {from.x + reach, from.y}, {to.x - reach, to.y}, to};
}

void draw_curve(ImDrawList* list, const Curve& curve, ImU32 color, float thickness, float dash) {
    if (dash <= 0) {
        list->AddBezierCubic(curve.from, curve.control_from, curve.control_to, curve.to, color, thickness, 40);
        return;
    }
    constexpr int pieces = 40;
    Dasher dasher(list, color, thickness, dash);
    ImVec2 last = curve.from;
    for (int i = 1; i <= pieces; ++i) {
        const ImVec2 next = curve.at(static_cast<float>(i) / pieces);
        dasher.line_to(last, next);
        last = next;
    }
}

void draw_arrow_head(ImDrawList* list, ImVec2 tip, ImVec2 direction, float size, ImU32 color) {
    const ImVec2 along = unit(direction);
    const ImVec2 across(-along.y * size * 0.55f, along.x * size * 0.55f);
    const ImVec2 tail(tip.x - along.x * size, tip.y - along.y * size);
    list->AddTriangleFilled(tip, {tail.x + across.x, tail.y + across.y}, {tail.x - across.x, tail.y - across.y}, color);
}

void draw_mark(ImDrawList* list, Mark mark, ImVec2 center, float size, ImU32 color) {
    const float half = size / 2;
    const float stroke = std::max(1.5f, size * 0.14f);
    const auto point = [&](float x, float y) { return ImVec2(center.x + x * half, center.y + y * half); };
    switch (mark) {
        case Mark::Tick: {
            const ImVec2 path[] = {point(-0.75f, 0.05f), point(-0.2f, 0.6f), point(0.8f, -0.6f)};
            list->AddPolyline(path, 3, color, 0, stroke);
            break;
        }
        case Mark::Cross:
            list->AddLine(point(-0.6f, -0.6f), point(0.6f, 0.6f), color, stroke);
            list->AddLine(point(-0.6f, 0.6f), point(0.6f, -0.6f), color, stroke);
            break;
        case Mark::Dot: list->AddCircleFilled(center, half, color); break;
        case Mark::Ring: list->AddCircle(center, half - stroke / 2, color, 0, stroke); break;
        case Mark::Left: draw_triangle(list, center, {-1, 0}, size, color); break;
        case Mark::Right: draw_triangle(list, center, {1, 0}, size, color); break;
        case Mark::RightTwice:
            draw_triangle(list, point(-0.55f, 0), {1, 0}, size * 0.85f, color);
            draw_triangle(list, point(0.45f, 0), {1, 0}, size * 0.85f, color);
            break;
        case Mark::Down: draw_triangle(list, center, {0, 1}, size, color); break;
        case Mark::Pause:
            list->AddRectFilled(point(-0.7f, -0.8f), point(-0.2f, 0.8f), color, stroke * 0.4f);
            list->AddRectFilled(point(0.2f, -0.8f), point(0.7f, 0.8f), color, stroke * 0.4f);
            break;
        case Mark::Restart:
            list->PathArcTo(center, half * 0.75f, -0.9f, 4.2f, 24);
            list->PathStroke(color, 0, stroke);
            draw_arrow_head(list, point(0.85f, -0.95f), {0.5f, -0.85f}, half * 0.9f, color);
            break;
    }
}

}  // namespace ipcscope
