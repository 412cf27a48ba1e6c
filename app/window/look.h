// What the theme needs before a frame can be drawn: fonts baked for the present scale, and ImGui's own colours and lengths.
#pragma once

#include <string>

#include "app/views/theme.h"

namespace ipcscope {

// Bakes the fonts into ImGui's atlas (the texture must then be made again) and sets theme.fonts. `share` is
// PREFIX/share/ipcscope or ""; what is found neither there nor in /usr/share/fonts is replaced by ImGui's own font.
// `density`: pixels in one of ImGui's units.
void bake_fonts(Theme& theme, const std::string& share, float density);

// ImGui's scroll bars, tool tips and text fields, after the theme.
void dress_imgui(const Theme& theme);

}  // namespace ipcscope
