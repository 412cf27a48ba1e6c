#include "tests/views/canvas.h"

#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>

namespace ipcscope {

namespace {

ImFont* load_font(const char* path, float size) {
    static const ImWchar glyphs[] = {0x20, 0xff, 0x2010, 0x2027, 0x2190, 0x2193, 0};
    ImFontConfig config;
    config.OversampleH = config.OversampleV = 1;
    if (std::ifstream(path).good())
        if (ImFont* font = ImGui::GetIO().Fonts->AddFontFromFileTTF(path, size, &config, glyphs)) return font;
    return ImGui::GetIO().Fonts->AddFontDefault();
}

struct Color {
    float r, g, b, a;
};

Color unpack(ImU32 c) {
    return {static_cast<float>(c & 0xff) / 255, static_cast<float>((c >> 8) & 0xff) / 255,
            static_cast<float>((c >> 16) & 0xff) / 255, static_cast<float>(c >> 24) / 255};
}

struct Atlas {
    const unsigned char* alpha = nullptr;
    int width = 0, height = 0;

    float at(int x, int y) const {
        x = std::clamp(x, 0, width - 1), y = std::clamp(y, 0, height - 1);
        return static_cast<float>(alpha[y * width + x]) / 255;
    }
    float sample(ImVec2 uv) const {
        const float x = uv.x * static_cast<float>(width) - 0.5f, y = uv.y * static_cast<float>(height) - 0.5f;
        const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
        const float u = x - static_cast<float>(left), v = y - static_cast<float>(top);
        return (at(left, top) * (1 - u) + at(left + 1, top) * u) * (1 - v) +
               (at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u) * v;
    }
};

float cross(ImVec2 a, ImVec2 b, ImVec2 p) { return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x); }

// Pixels on a shared edge belong to one of its triangles only, as with a graphics card: else seams would be drawn twice.
bool is_top_left(ImVec2 a, ImVec2 b) { return (a.y == b.y && b.x > a.x) || b.y < a.y; }

void fill(std::vector<std::uint32_t>& pixels, int width, const ImVec4& clip, ImDrawVert a, ImDrawVert b, ImDrawVert c,
          const Atlas& atlas) {
    float area = cross(a.pos, b.pos, c.pos);
    if (area == 0) return;
    if (area < 0) std::swap(b, c), area = -area;
    const auto bound = [](float low, float high, float clip_low, float clip_high) {
        return std::pair(static_cast<int>(std::floor(std::max(low, clip_low))),
                         static_cast<int>(std::ceil(std::min(high, clip_high))));
    };
    const auto [x0, x1] = bound(std::min({a.pos.x, b.pos.x, c.pos.x}), std::max({a.pos.x, b.pos.x, c.pos.x}), clip.x, clip.z);
    const auto [y0, y1] = bound(std::min({a.pos.y, b.pos.y, c.pos.y}), std::max({a.pos.y, b.pos.y, c.pos.y}), clip.y, clip.w);
    const Color ca = unpack(a.col), cb = unpack(b.col), cc = unpack(c.col);
    for (int y = y0; y < y1; ++y) {
        for (int x = x0; x < x1; ++x) {
            const ImVec2 p(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
            const float wa = cross(b.pos, c.pos, p), wb = cross(c.pos, a.pos, p), wc = cross(a.pos, b.pos, p);
            const auto is_in = [](float w, ImVec2 from, ImVec2 to) { return w > 0 || (w == 0 && is_top_left(from, to)); };
            if (!is_in(wa, b.pos, c.pos) || !is_in(wb, c.pos, a.pos) || !is_in(wc, a.pos, b.pos)) continue;
            const float u = wa / area, v = wb / area, w = wc / area;
            const ImVec2 uv(a.uv.x * u + b.uv.x * v + c.uv.x * w, a.uv.y * u + b.uv.y * v + c.uv.y * w);
            const float alpha = (ca.a * u + cb.a * v + cc.a * w) * atlas.sample(uv);
            if (alpha <= 0) continue;
            std::uint32_t& pixel =
                pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
            const Color under = unpack(pixel);
            const auto mix = [&](float over, float below) {
                return static_cast<std::uint32_t>((over * alpha + below * (1 - alpha)) * 255 + 0.5f);
            };
            pixel = mix(ca.r * u + cb.r * v + cc.r * w, under.r) | mix(ca.g * u + cb.g * v + cc.g * w, under.g) << 8 |
                    mix(ca.b * u + cb.b * v + cc.b * w, under.b) << 16 | 0xff000000u;
        }
    }
}

}  // namespace

Canvas::Canvas(int width, int height, bool is_dark, float scale) : width_(width), height_(height) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
    io.Fonts->FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    io.Fonts->FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    theme_.is_dark = is_dark;
    theme_.scale = scale;
    const char* const text = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
    const char* const semi_bold = "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf";
    theme_.fonts.text = load_font(text, std::round(15 * scale));
    theme_.fonts.bold = load_font(semi_bold, std::round(15 * scale));
    theme_.fonts.italic = load_font("/usr/share/fonts/opentype/inter/Inter-Italic.otf", std::round(15 * scale));
    theme_.fonts.title = load_font(semi_bold, std::round(20 * scale));
    theme_.fonts.small = load_font(text, std::round(13 * scale));
    theme_.fonts.mono = load_font("/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf", std::round(14 * scale));
    io.Fonts->Build();
}

Canvas::~Canvas() { ImGui::DestroyContext(); }

void Canvas::frame(const std::function<void()>& draw) {
    ImGuiIO& io = ImGui::GetIO();
    io.DeltaTime = 1.0f / 60;
    io.MousePos = pointer;
    io.MouseDown[0] = is_down;
    io.MouseWheel = wheel;
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(io.DisplaySize);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::Begin("canvas", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoBringToFrontOnFocus);
    ImGui::PopStyleVar();
    draw();
    ImGui::End();
    ImGui::Render();
    is_rasterized_ = false;
}

void Canvas::rasterize() {
    if (is_rasterized_) return;
    is_rasterized_ = true;
    Atlas atlas;
    unsigned char* alpha = nullptr;
    ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&alpha, &atlas.width, &atlas.height);
    atlas.alpha = alpha;
    pixels_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), theme_.ink(Ink::Background));
    const ImDrawData* data = ImGui::GetDrawData();
    for (int i = 0; i < data->CmdListsCount; ++i) {
        const ImDrawList* list = data->CmdLists[i];
        for (const ImDrawCmd& command : list->CmdBuffer) {
            const ImVec4 clip(std::max(command.ClipRect.x, 0.0f), std::max(command.ClipRect.y, 0.0f),
                              std::min(command.ClipRect.z, static_cast<float>(width_)),
                              std::min(command.ClipRect.w, static_cast<float>(height_)));
            for (unsigned k = 0; k + 2 < command.ElemCount; k += 3) {
                const ImDrawIdx* index = list->IdxBuffer.Data + command.IdxOffset + k;
                const auto vertex = [&](int n) { return list->VtxBuffer[static_cast<int>(command.VtxOffset) + index[n]]; };
                fill(pixels_, width_, clip, vertex(0), vertex(1), vertex(2), atlas);
            }
        }
    }
}

bool Canvas::save(const std::string& path) {
    rasterize();
    int size = 0;
    unsigned char* png =
        stbi_write_png_to_mem(reinterpret_cast<unsigned char*>(pixels_.data()), width_ * 4, width_, height_, 4, &size);
    if (!png) return false;
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(png), size);
    STBIW_FREE(png);
    return static_cast<bool>(file);
}

std::uint32_t Canvas::pixel(int x, int y) {
    rasterize();
    return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)];
}

}  // namespace ipcscope
