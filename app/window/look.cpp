#include "app/window/look.h"

#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>

namespace ipcscope {

namespace {

// Only what the screen can have to show: baking is most of the time to the first frame.
constexpr ImWchar letters[] = {0x20, 0x7e, 0xa0, 0x17f, 0x2010, 0x2027, 0x2030, 0x203a, 0x20ac, 0x20ac, 0x2190, 0x2195,
                               0x21d0, 0x21d4, 0x2212, 0x2212, 0x2248, 0x2248, 0x2260, 0x2265, 0};
constexpr ImWchar mono_letters[] = {0x20,   0x7e,   0xa0,   0xff,   0x2010, 0x2027, 0x2190, 0x2195,
                                    0x2212, 0x2212, 0x2260, 0x2265, 0x2500, 0x2503, 0x250c, 0x254b,
                                    0x2550, 0x256c, 0x2580, 0x2595, 0x25a0, 0x25cf, 0};

struct FontRow {
    ImFont* Fonts::*font;
    float size;                       // logical
    const ImWchar* letters;
    std::initializer_list<const char*> files;
};

const FontRow font_rows[] = {
    {&Fonts::text, 15, letters, {"Inter-Regular.otf", "Inter-Regular.ttf"}},
    {&Fonts::bold, 15, letters, {"Inter-SemiBold.otf", "Inter-SemiBold.ttf"}},
    {&Fonts::italic, 15, letters, {"Inter-Italic.otf", "Inter-Italic.ttf"}},
    {&Fonts::title, 20, letters, {"Inter-SemiBold.otf", "Inter-SemiBold.ttf"}},
    {&Fonts::small, 13, letters, {"Inter-Regular.otf", "Inter-Regular.ttf"}},
    {&Fonts::mono, 14, mono_letters, {"JetBrainsMono-Regular.ttf", "JetBrainsMono-Regular.otf"}},
};

std::string find_font(const std::string& share, std::initializer_list<const char*> files) {
    std::string folders[] = {share.empty() ? "" : share + "/fonts", "/usr/share/fonts/opentype/inter",
                             "/usr/share/fonts/truetype/inter", "/usr/share/fonts/truetype/jetbrains-mono"};
    for (const std::string& folder : folders) {
        if (folder.empty()) continue;
        for (const char* file : files) {
            std::string path = folder + "/" + file;
            std::error_code error;
            if (std::filesystem::is_regular_file(path, error)) return path;
        }
    }
    return "";
}

ImVec4 color(const Theme& theme, Ink ink, float alpha = 1) { return ImGui::ColorConvertU32ToFloat4(theme.ink(ink, alpha)); }

}  // namespace

void bake_fonts(Theme& theme, const std::string& share, float density) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    atlas.TexDesiredWidth = theme.scale * density > 1.4f ? 4096 : 2048;
    for (const FontRow& row : font_rows) {
        const float size = std::round(theme.px(row.size) * density);
        const std::string path = find_font(share, row.files);
        ImFontConfig config;
        config.OversampleH = config.OversampleV = 1;
        ImFont* font = nullptr;
        if (path.empty()) {
            config.SizePixels = size;
            font = atlas.AddFontDefault(&config);
        } else {
            font = atlas.AddFontFromFileTTF(path.c_str(), size, &config, row.letters);
        }
        font->Scale = 1 / density;
        theme.fonts.*row.font = font;
    }
    atlas.Build();
    ImGui::GetIO().FontDefault = theme.fonts.text;
}

void dress_imgui(const Theme& theme) {
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle();
    style.WindowPadding = {0, 0};
    style.WindowBorderSize = 0;
    style.ChildBorderSize = 0;
    style.ItemSpacing = {0, 0};
    style.ScrollbarSize = std::round(theme.px(9));
    style.ScrollbarRounding = theme.px(5);
    style.FramePadding = {theme.px(10), theme.px(6)};
    style.FrameRounding = theme.px(6);
    style.PopupRounding = theme.px(6);
    style.PopupBorderSize = 1;
    style.AntiAliasedLinesUseTex = true;
    ImVec4* colors = style.Colors;
    colors[ImGuiCol_Text] = color(theme, Ink::Text);
    colors[ImGuiCol_TextDisabled] = color(theme, Ink::TextDim);
    colors[ImGuiCol_TextSelectedBg] = color(theme, Ink::Accent, 0.35f);
    colors[ImGuiCol_FrameBg] = color(theme, Ink::Well);
    colors[ImGuiCol_PopupBg] = color(theme, theme.is_dark ? Ink::Card : Ink::Panel);
    colors[ImGuiCol_Border] = color(theme, Ink::PanelEdge);
    colors[ImGuiCol_ScrollbarBg] = {0, 0, 0, 0};
    colors[ImGuiCol_ScrollbarGrab] = color(theme, Ink::TextDim, 0.28f);
    colors[ImGuiCol_ScrollbarGrabHovered] = color(theme, Ink::TextDim, 0.5f);
    colors[ImGuiCol_ScrollbarGrabActive] = color(theme, Ink::TextDim, 0.7f);
}

}  // namespace ipcscope
