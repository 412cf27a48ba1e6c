#include "app/window/painter.h"

#include <imgui.h>

#include <utility>

#include "app/window/look.h"
#include "app/window/screens.h"

namespace ipcscope {

void Painter::follow_settings() {
    const Settings& settings = desk_.progress.settings;
    const float density = surface_.density();
    theme_.is_dark = settings.is_dark;
    theme_.scale = static_cast<float>(settings.text_scale) * surface_.content_scale() / density;
    const bool is_resized = theme_.scale != baked_scale_ || density != baked_density_;
    if (is_resized) {
        bake_fonts(theme_, share_, density);
        surface_.make_font_texture();
        baked_scale_ = theme_.scale;
        baked_density_ = density;
    }
    if (is_resized || theme_.is_dark != dressed_dark_) dress_imgui(theme_);
    dressed_dark_ = theme_.is_dark;
}

std::chrono::nanoseconds Painter::draw() {
    follow_settings();
    surface_.begin_frame();
    const auto begin = std::chrono::steady_clock::now();
    ImGui::NewFrame();
    const Rect screen = Rect::at({0, 0}, ImGui::GetIO().DisplaySize);
    ImGui::SetNextWindowPos(screen.min);
    ImGui::SetNextWindowSize(screen.size());
    ImGui::Begin("desk", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
    if (desk_.screen() == Desk::Screen::Lesson) draw_lesson_screen(desk_, theme_, screen);
    else draw_list_screen(desk_, theme_, screen);
    ImGui::End();
    draw_overlays(desk_, theme_, screen);
    ImGui::Render();
    const auto end = std::chrono::steady_clock::now();
    desk_.scroll = 0;
    desk_.is_searching = false;
    desk_.carry_out();
    surface_.end_frame(theme_.ink(Ink::Background));
    return end - begin;
}

}  // namespace ipcscope
