// Where the window stands, in words: lines "name value". Two equal texts need no new frame; with IPCSCOPE_STATUS_FILE set
// it is written there whenever it changes, so that a test can wait for a state instead of sleeping.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "app/window/desk.h"

namespace ipcscope {

std::string status_text(const Desk& desk);
std::string window_title(const Desk& desk);

// Our own work for each frame, its draw data included; what OpenGL does with them is not in it.
class FrameCosts {
 public:
    void add(std::chrono::nanoseconds work);
    std::string text() const;              // lines "frames 120", "frame_ms 0.4" (the mean), "slow_frames 0" (more than a sixtieth of a second)

 private:
    std::uint64_t frames_ = 0, slow_ = 0;
    std::chrono::nanoseconds all_{}, longest_{};
};

class StatusFile {
 public:
    StatusFile();
    void write(const std::string& text);   // by rename, if it is another text than the last

 private:
    std::string path_, last_;
};

}  // namespace ipcscope
