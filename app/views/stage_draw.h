// What the parts of the stage share while one frame is drawn: stage_process.cpp, stage_object.cpp and stage_edge.cpp each
// draw one kind of thing, stage_view.cpp puts them together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/views/stage_layout.h"
#include "app/views/view.h"
#include "app/views/widgets.h"

namespace ipcscope {

struct StageFrame {
    const ViewContext& context;
    const StageScene& scene;
    const StageLayout& layout;
    ImDrawList* list;
    ImVec2 origin;                    // where the layout's (0, 0) is on the screen
    Selection hot;                    // what the pointer is over
    bool is_pressed;                  // and that was clicked in this frame
    std::vector<Flight> flights;

    const Theme& theme() const { return context.theme; }
    const Model& model() const { return context.model; }
    float px(float logical) const { return context.theme.px(logical); }
    ImVec2 on_screen(ImVec2 p) const { return {origin.x + p.x, origin.y + p.y}; }
    Rect on_screen(const Rect& r) const { return {on_screen(r.min), on_screen(r.max)}; }
    ImU32 tint(ProcessId process, float alpha = 1.0f) const;   // the process's colour
};

void draw_process(const StageFrame& frame, std::size_t process);
void draw_visitor(const StageFrame& frame, std::size_t process);
void draw_object(const StageFrame& frame, std::size_t object);
void draw_edge(const StageFrame& frame, std::size_t edge);
std::optional<Rect> edge_label(const StageFrame& frame, std::size_t edge);   // in the layout; nothing: it has no room
void draw_family(const StageFrame& frame);        // the process tree, while no object stands there
void draw_flights(const StageFrame& frame);       // bytes on their way, and those that have just arrived

// How far a flight of this turn is: below 0 = its turn has not come, 1 = arrived.
float flight_progress(const StageFrame& frame, std::size_t turn);
// How many bytes of its message it carries, and from which on.
std::uint64_t bytes_of(const StageFrame& frame, const Flight& flight, std::uint64_t& first);
// Bytes of one message in a few letters: `"hello"`, or "4096 B" if they are many.
std::string short_bytes(const Message& message, std::uint64_t first, std::uint64_t count);

// The marks of the stage: shapes, so that no meaning hangs on a colour alone.
void draw_changed(const StageFrame& frame, ImVec2 center);                       // a small lozenge: changed in this step
void draw_flash(const StageFrame& frame, const Rect& rect, float rounding);      // once, when it changes
void draw_moon(ImDrawList* list, ImVec2 center, float size, ImU32 color);        // asleep
void draw_warning(ImDrawList* list, ImVec2 center, float size, ImU32 color, ImU32 ground);
void draw_ring(const StageFrame& frame, const Rect& rect, float rounding);       // selected

}  // namespace ipcscope
