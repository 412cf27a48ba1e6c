// The window: GLFW and OpenGL live here and nowhere else.
#pragma once

#include <string>

namespace ipcscope {

struct WindowOptions {
    std::string lesson;              // open this one at once ("" = the first screen with the list)
    std::string lessons_folder;
    bool is_trusted = false;         // a lesson that did not come with ipcscope is run without asking
    // A picture instead of a window: play `lesson` to `at_step` (from 1; goals up to `at_goal` of it, 0 = all), draw, write a
    // PNG, end.
    std::string picture;
    int at_step = 0, at_goal = 0;
    bool show_predictions_answered = false;
    long compared_size = -1;         // with the lesson's comparison shown, measured with messages of this size; 0: not measured
    bool is_full = false;            // the comparison has the whole window
    int width = 1600, height = 1000; // logical pixels
    int theme = -1;                  // 0 light, 1 dark, -1 as kept
    double text_scale = 0;           // 0 = as kept
    bool is_still = false;      // nothing moves: what has changed stands there at once
    // A measurement instead of a window: as for a picture, then so many frames are drawn, and the time each takes from its
    // beginning to its draw data is said on stdout.
    int bench_frames = 0;
};

// Opens, runs until closed. Exit status: 0; 2 with a sentence on stderr where there is no display or no OpenGL.
int run_window(const WindowOptions& options);

}  // namespace ipcscope
