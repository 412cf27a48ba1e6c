#include "app/window/surface.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace ipcscope {

namespace {

std::string last_glfw_error;

constexpr std::pair<int, char32_t> named_keys[] = {
    {GLFW_KEY_LEFT, key::left},       {GLFW_KEY_RIGHT, key::right}, {GLFW_KEY_UP, key::up},
    {GLFW_KEY_DOWN, key::down},       {GLFW_KEY_ENTER, key::enter}, {GLFW_KEY_KP_ENTER, key::enter},
    {GLFW_KEY_ESCAPE, key::escape},   {GLFW_KEY_TAB, key::tab},     {GLFW_KEY_HOME, key::home},
    {GLFW_KEY_END, key::end},         {GLFW_KEY_F1, key::f1},       {GLFW_KEY_PAGE_UP, key::page_up},
    {GLFW_KEY_PAGE_DOWN, key::page_down},
};

// With Ctrl held no character event comes; the layout's own name of the key is the next best.
char32_t code_with_ctrl(int glfw_key, int scancode) {
    if (glfw_key == GLFW_KEY_KP_ADD || glfw_key == GLFW_KEY_EQUAL) return U'+';
    if (glfw_key == GLFW_KEY_KP_SUBTRACT) return U'-';
    if (glfw_key == GLFW_KEY_KP_0) return U'0';
    const char* name = glfwGetKeyName(glfw_key, scancode);
    if (name && name[0] != 0 && name[1] == 0) return static_cast<char32_t>(std::tolower(static_cast<unsigned char>(name[0])));
    return 0;
}

// Pictures are drawn off the screen: what a hidden window's own buffer holds is nobody's promise.
bool bind_picture_buffer(int width, int height) {
    const auto generate = reinterpret_cast<PFNGLGENFRAMEBUFFERSPROC>(glfwGetProcAddress("glGenFramebuffers"));
    const auto bind = reinterpret_cast<PFNGLBINDFRAMEBUFFERPROC>(glfwGetProcAddress("glBindFramebuffer"));
    const auto attach = reinterpret_cast<PFNGLFRAMEBUFFERTEXTURE2DPROC>(glfwGetProcAddress("glFramebufferTexture2D"));
    const auto status = reinterpret_cast<PFNGLCHECKFRAMEBUFFERSTATUSPROC>(glfwGetProcAddress("glCheckFramebufferStatus"));
    if (!generate || !bind || !attach || !status) return false;
    GLuint buffer = 0, texture = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    generate(1, &buffer);
    bind(GL_FRAMEBUFFER, buffer);
    attach(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    return status(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

}  // namespace

Surface& Surface::of(GLFWwindow* window) { return *static_cast<Surface*>(glfwGetWindowUserPointer(window)); }

Result<std::unique_ptr<Surface>> Surface::open(const std::string& title, int width, int height, bool is_hidden) {
    glfwSetErrorCallback([](int, const char* text) { last_glfw_error = text; });
    if (!glfwInit()) return Failure{"no display: set DISPLAY, or use `ipcscope run pipe` (" + last_glfw_error + ")"};
    std::unique_ptr<Surface> surface(new Surface);
    surface->is_hidden_ = is_hidden;
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    glfwWindowHint(GLFW_VISIBLE, is_hidden ? GLFW_FALSE : GLFW_TRUE);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, is_hidden ? GLFW_FALSE : GLFW_TRUE);
    glfwWindowHintString(GLFW_X11_CLASS_NAME, "ipcscope");
    glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "ipcscope");
    surface->window_ = glfwCreateWindow(width, height, title.c_str(), nullptr, nullptr);
    if (!surface->window_) {
        return Failure{"no OpenGL 3.3 on this display: install Mesa's drivers (libgl1-mesa-dri), or use `ipcscope run pipe` (" +
                       last_glfw_error + ")"};
    }
    glfwSetWindowSizeLimits(surface->window_, 480, 320, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwMakeContextCurrent(surface->window_);
    if (is_hidden && !bind_picture_buffer(width, height))
        return Failure{"this OpenGL cannot draw off the screen: no picture was made"};
    glfwSwapInterval(1);
    glfwSetWindowUserPointer(surface->window_, surface.get());
    surface->listen();

    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui_ImplGlfw_InitForOpenGL(surface->window_, true);   // chains the callbacks that listen() has set
    ImGui_ImplOpenGL3_Init("#version 330 core");
    return surface;
}

void Surface::listen() {
    glfwSetKeyCallback(window_, [](GLFWwindow* window, int glfw_key, int scancode, int action, int mods) {
        if (action == GLFW_RELEASE) return;
        Surface& surface = of(window);
        surface.had_input_ = true;
        const bool is_ctrl = (mods & GLFW_MOD_CONTROL) != 0, is_shift = (mods & GLFW_MOD_SHIFT) != 0;
        const auto named = std::find_if(std::begin(named_keys), std::end(named_keys),
                                        [&](const auto& row) { return row.first == glfw_key; });
        if (named != std::end(named_keys)) {
            surface.keys_.push_back({named->second, is_ctrl, is_shift});
        } else if (is_ctrl) {
            if (const char32_t code = code_with_ctrl(glfw_key, scancode)) surface.keys_.push_back({code, true, false});
        }
    });
    glfwSetCharCallback(window_, [](GLFWwindow* window, unsigned character) {
        Surface& surface = of(window);
        surface.had_input_ = true;
        surface.keys_.push_back({static_cast<char32_t>(character), false, false});
    });
    const auto note_input = [](GLFWwindow* window) { of(window).had_input_ = true; };
    glfwSetCursorPosCallback(window_, [](GLFWwindow* window, double, double) { of(window).had_input_ = true; });
    glfwSetMouseButtonCallback(window_, [](GLFWwindow* window, int, int, int) { of(window).had_input_ = true; });
    glfwSetScrollCallback(window_, [](GLFWwindow* window, double, double) { of(window).had_input_ = true; });
    glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* window, int, int) { of(window).had_input_ = true; });
    glfwSetWindowContentScaleCallback(window_, [](GLFWwindow* window, float, float) { of(window).had_input_ = true; });
    glfwSetWindowRefreshCallback(window_, note_input);
}

Surface::~Surface() {
    if (window_) {
        if (ImGui::GetCurrentContext()) {
            ImGui_ImplOpenGL3_Shutdown();
            ImGui_ImplGlfw_Shutdown();
            ImGui::DestroyContext();
        }
        glfwDestroyWindow(window_);
    }
    glfwTerminate();
}

void Surface::wait(double seconds) {
    if (seconds <= 0) {
        glfwPollEvents();
    } else {
        glfwWaitEventsTimeout(seconds);
    }
}

void Surface::wake() { glfwPostEmptyEvent(); }

bool Surface::is_closing() const { return glfwWindowShouldClose(window_); }
void Surface::close() { glfwSetWindowShouldClose(window_, GLFW_TRUE); }

bool Surface::is_in_sight() const {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    return width > 0 && height > 0 && !glfwGetWindowAttrib(window_, GLFW_ICONIFIED);
}

void Surface::set_title(const std::string& title) { glfwSetWindowTitle(window_, title.c_str()); }
void Surface::copy(const std::string& text) { glfwSetClipboardString(window_, text.c_str()); }

float Surface::content_scale() const {
    float x = 1, y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    return std::clamp(x, 1.0f, 4.0f);
}

float Surface::density() const {
    int width = 0, height = 0, pixels_across = 0, pixels_down = 0;
    glfwGetWindowSize(window_, &width, &height);
    glfwGetFramebufferSize(window_, &pixels_across, &pixels_down);
    return width > 0 ? static_cast<float>(pixels_across) / static_cast<float>(width) : 1.0f;
}

void Surface::make_font_texture() {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
}

void Surface::begin_frame() {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
}

void Surface::end_frame(unsigned background) {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    glViewport(0, 0, width, height);
    const ImVec4 color = ImGui::ColorConvertU32ToFloat4(background);
    glClearColor(color.x, color.y, color.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    if (!is_hidden_) glfwSwapBuffers(window_);
}

Pixels Surface::read_pixels() const {
    Pixels pixels;
    glfwGetFramebufferSize(window_, &pixels.width, &pixels.height);
    const std::size_t row = static_cast<std::size_t>(pixels.width) * 3;
    std::vector<std::uint8_t> upside_down(row * static_cast<std::size_t>(pixels.height));
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, pixels.width, pixels.height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
    pixels.rgb.resize(upside_down.size());
    for (std::size_t y = 0; y < static_cast<std::size_t>(pixels.height); ++y)
        std::copy_n(upside_down.end() - static_cast<std::ptrdiff_t>((y + 1) * row), row,
                    pixels.rgb.begin() + static_cast<std::ptrdiff_t>(y * row));
    return pixels;
}

std::vector<KeyPress> Surface::take_keys() { return std::exchange(keys_, {}); }
bool Surface::had_input() { return std::exchange(had_input_, false); }

}  // namespace ipcscope
