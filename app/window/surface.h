// One GLFW window with OpenGL 3.3 and Dear ImGui's two backends: what frames are drawn on and where keys come from.
// UI thread only, but for wake().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/trace/result.h"

struct GLFWwindow;

namespace ipcscope {

// A key pressed: a character as the keyboard's layout makes it, or one of the named keys, which lie beyond all characters.
struct KeyPress {
    char32_t code = 0;
    bool is_ctrl = false, is_shift = false;
    bool operator==(const KeyPress&) const = default;
};

namespace key {
inline constexpr char32_t first = 0x110000;
inline constexpr char32_t left = first, right = first + 1, up = first + 2, down = first + 3, enter = first + 4,
                          escape = first + 5, tab = first + 6, home = first + 7, end = first + 8, page_up = first + 9,
                          page_down = first + 10, f1 = first + 11;
}  // namespace key

struct Pixels {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;   // rows from the top
};

class Surface {
 public:
    // Hidden ones are for pictures and measurements; they need a display all the same.
    static Result<std::unique_ptr<Surface>> open(const std::string& title, int width, int height, bool is_hidden);
    ~Surface();
    Surface(const Surface&) = delete;

    // Sleeps until there is input, or wake() was called, or so many seconds have passed; handles what came.
    void wait(double seconds);
    static void wake();   // from any thread

    bool is_closing() const;
    void close();
    bool is_in_sight() const;   // neither iconified nor of no size
    void set_title(const std::string& title);
    void copy(const std::string& text);

    // Pixels a logical length takes on this screen (1 on an ordinary one), and how much denser than ImGui's units they are.
    float content_scale() const;
    float density() const;

    void make_font_texture();            // after the atlas was built anew
    void begin_frame();
    void end_frame(unsigned background); // draws ImGui's draw data, shows it
    Pixels read_pixels() const;          // of a hidden one: the frame drawn last

    std::vector<KeyPress> take_keys();   // those pressed (or repeated) since the last call
    bool had_input();                    // anything at all came from the user since the last call

 private:
    Surface() = default;
    static Surface& of(GLFWwindow* window);
    void listen();

    GLFWwindow* window_ = nullptr;
    std::vector<KeyPress> keys_;
    bool had_input_ = false;
    bool is_hidden_ = false;
};

}  // namespace ipcscope
