// Pictures and measurements: a lesson is played to a place without anybody at the keyboard, then drawn off the screen.
#pragma once

#include "app/window/painter.h"
#include "app/window/window.h"
#include "core/trace/result.h"

namespace ipcscope {

// Plays to options.at_step and at_goal. Failure: it did not come there.
Result<void> play_to(Desk& desk, const WindowOptions& options);
Result<void> write_picture(const Pixels& pixels, const std::string& path);
// "frames 300  mean 0.61 ms  p99 0.9 ms  max 1.1 ms"
std::string measure_frames(Painter& painter, int frames);

}  // namespace ipcscope
