// Draws views without a window: Dear ImGui headless, its triangles filled by a small rasterizer, out as PNG.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/views/theme.h"

namespace ipcscope {

class Canvas {
 public:
    Canvas(int width, int height, bool is_dark, float scale);
    ~Canvas();
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    const Theme& theme() const { return theme_; }
    int width() const { return width_; }
    int height() const { return height_; }

    // One frame: `draw` is called inside a window that fills the canvas. The pointer is at `pointer`, pressed or not.
    void frame(const std::function<void()>& draw);
    ImVec2 pointer = ImVec2(-1, -1);
    bool is_down = false;
    float wheel = 0;

    bool save(const std::string& path);          // what the last frame drew
    std::uint32_t pixel(int x, int y);           // 0xAABBGGRR, of the last frame

 private:
    void rasterize();
    int width_, height_;
    Theme theme_;
    std::vector<std::uint32_t> pixels_;
    bool is_rasterized_ = false;
};

}  // namespace ipcscope
