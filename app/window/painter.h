// One frame, from what the desk knows to draw data: keeps the theme, the fonts and ImGui in step with the settings.
#pragma once

#include <chrono>
#include <string>

#include "app/window/desk.h"
#include "app/window/surface.h"

namespace ipcscope {

class Painter {
 public:
    // `share`: PREFIX/share/ipcscope or "".
    Painter(Surface& surface, Desk& desk, std::string share) : surface_(surface), desk_(desk), share_(std::move(share)) {}

    // Returns what the frame took up to its draw data (the drawing itself, by OpenGL, is not in it).
    std::chrono::nanoseconds draw();

 private:
    void follow_settings();

    Surface& surface_;
    Desk& desk_;
    std::string share_;
    Theme theme_;
    float baked_scale_ = 0, baked_density_ = 0;
    bool dressed_dark_ = false;
};

}  // namespace ipcscope
