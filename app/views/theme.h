// Colours are named for what they mean, never for what they look like; a colour is one row of theme.def. Meaning is never
// carried by colour alone: a shape, a word or a dash goes with it. Both themes keep WCAG AA contrast for text (4.5:1), and
// process colours can be told apart by the colour-blind (Okabe-Ito order).
#pragma once

#include <imgui.h>

#include <array>
#include <cstddef>

namespace ipcscope {

enum class Ink : std::size_t {
#define INK(name, dark, light, meaning) name,
#include "app/views/theme.def"
#undef INK
    Count,
};

struct Fonts {              // made for the present text scale
    ImFont* text = nullptr;   // Inter 15
    ImFont* bold = nullptr;   // Inter semi-bold 15
    ImFont* italic = nullptr; // Inter italic 15
    ImFont* title = nullptr;  // Inter semi-bold 20
    ImFont* small = nullptr;  // Inter 13
    ImFont* mono = nullptr;   // JetBrains Mono 14
};

struct Theme {
    bool is_dark = true;
    float scale = 1.0f;       // text scale: 0.8 to 2.5. All lengths are logical and go through px()
    Fonts fonts;

    ImU32 ink(Ink ink) const;
    ImU32 ink(Ink ink, float alpha) const;
    ImU32 process(std::size_t process) const;       // one colour a process, in the order of birth
    ImU32 on(ImU32 background) const;               // black or white, whichever reads better on it
    float px(float logical) const { return logical * scale; }
};

}  // namespace ipcscope
