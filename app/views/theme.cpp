#include "app/views/theme.h"

#include <cmath>

namespace ipcscope {

namespace {

struct InkRow {
    unsigned dark, light;
};

constexpr std::array<InkRow, static_cast<std::size_t>(Ink::Count)> inks = {{
#define INK(name, dark, light, meaning) {dark, light},
#include "app/views/theme.def"
#undef INK
}};

constexpr std::size_t first_process = static_cast<std::size_t>(Ink::Process0);
constexpr std::size_t process_inks = inks.size() - first_process;

ImU32 color_of(unsigned rgb, float alpha) {
    const auto a = static_cast<unsigned>(alpha * 255.0f + 0.5f);
    return IM_COL32((rgb >> 16) & 0xff, (rgb >> 8) & 0xff, rgb & 0xff, a);
}

float linear(unsigned channel) {
    const float c = static_cast<float>(channel) / 255.0f;
    return c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
}

}  // namespace

ImU32 Theme::ink(Ink ink) const { return this->ink(ink, 1.0f); }

ImU32 Theme::ink(Ink ink, float alpha) const {
    const InkRow& row = inks[static_cast<std::size_t>(ink)];
    return color_of(is_dark ? row.dark : row.light, alpha);
}

ImU32 Theme::process(std::size_t process) const { return ink(static_cast<Ink>(first_process + process % process_inks)); }

// The relative luminance of WCAG 2; 0.179 is where black and white have the same contrast.
ImU32 Theme::on(ImU32 background) const {
    const float luminance = 0.2126f * linear((background >> IM_COL32_R_SHIFT) & 0xff) +
                            0.7152f * linear((background >> IM_COL32_G_SHIFT) & 0xff) +
                            0.0722f * linear((background >> IM_COL32_B_SHIFT) & 0xff);
    return luminance > 0.179f ? IM_COL32(13, 16, 20, 255) : IM_COL32_WHITE;
}

}  // namespace ipcscope
