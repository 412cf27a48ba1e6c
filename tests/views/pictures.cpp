// Draws every scene with the three views into PNG files, to be looked at:
//     ipcscope_view_pictures FOLDER [VIEW [SCENE [WIDTH HEIGHT SCALE THEME]]]
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "tests/views/canvas.h"
#include "tests/views/scenes.h"

using namespace ipcscope;

namespace {

DrawView view_named(const std::string& name) {
    if (name == "stage") return draw_stage;
    if (name == "timeline") return draw_timeline;
    if (name == "source") return draw_source;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: ipcscope_view_pictures FOLDER [VIEW [SCENE [WIDTH HEIGHT SCALE THEME]]]\n";
        return 2;
    }
    const std::string folder = argv[1], wanted_view = argc > 2 ? argv[2] : "all", wanted_scene = argc > 3 ? argv[3] : "all";
    const bool has_size = argc > 6;
    const int width = has_size ? std::atoi(argv[4]) : 800, height = has_size ? std::atoi(argv[5]) : 410;
    const float scale = has_size ? static_cast<float>(std::atof(argv[6])) : 1.0f;
    const bool is_dark = argc <= 7 || std::strcmp(argv[7], "light") != 0;
    for (const std::string view : {"stage", "timeline", "source"}) {
        if (wanted_view != "all" && wanted_view != view) continue;
        Canvas canvas(width, height, is_dark, scale);
        for (Scene& scene : all_scenes()) {
            if (wanted_scene != "all" && wanted_scene != scene.name) continue;
            const ViewContext context = scene.context(canvas.theme());
            for (int i = 0; i < 3; ++i)
                canvas.frame([&] {
                    view_named(view)(context, {8, 8}, {static_cast<float>(width) - 16, static_cast<float>(height) - 16});
                });
            const std::string path = folder + "/" + view + "-" + scene.name + (is_dark ? "" : "-light") +
                                     (scene.motion.is_on ? "-" + std::to_string(int(scene.motion.progress * 100)) : "") +
                                     (has_size ? "-" + std::to_string(width) + "x" + std::to_string(height) + "-" +
                                                     std::to_string(static_cast<int>(scale * 100))
                                               : "") +
                                     ".png";
            if (!canvas.save(path)) return 1;
        }
    }
    return 0;
}
