#include "app/window/window.h"

#include <atomic>
#include <cstdio>

#include <imgui.h>

#include "app/window/keys.h"
#include "app/window/painter.h"
#include "app/window/picture.h"
#include "app/window/status.h"
#include "core/session/paths.h"

namespace ipcscope {

namespace {

constexpr int no_window = 2;
std::atomic<bool> has_news = false;   // from the sessions' threads

void tell_news() {
    has_news.store(true, std::memory_order_release);
    Surface::wake();
}

int fail(const std::string& sentence, int status) {
    std::fprintf(stderr, "ipcscope: %s\n", sentence.c_str());
    return status;
}

void take_options(Desk& desk, const WindowOptions& options) {
    Settings& settings = desk.progress.settings;
    if (options.theme >= 0) settings.is_dark = options.theme == 1;
    if (options.text_scale > 0) settings.text_scale = options.text_scale;
    if (options.is_still) desk.has_motion = false;
}

int draw_off_screen(Desk& desk, Painter& painter, const Surface& surface, const WindowOptions& options) {
    desk.has_motion = false;
    if (const Result<void> played = play_to(desk, options); !played) return fail(played.sentence(), 1);
    if (options.compared_size >= 0) desk.show_comparison(static_cast<std::size_t>(options.compared_size), options.is_full);
    for (int i = 0; i < 3; ++i) painter.draw();   // scroll positions and sizes settle
    if (options.bench_frames > 0) std::printf("%s\n", measure_frames(painter, options.bench_frames).c_str());
    if (options.picture.empty()) return 0;
    const Result<void> written = write_picture(surface.read_pixels(), options.picture);
    return written ? 0 : fail(written.sentence(), 1);
}

// Sleeps while nothing moves: a frame is drawn for input, for news, while something is on its way, and for nothing else.
int run_until_closed(Desk& desk, Painter& painter, Surface& surface) {
    StatusFile status_file;
    FrameCosts costs;
    std::string status, title;
    int frames_due = 3;   // ImGui wants a few frames to settle after input
    while (!surface.is_closing() && !desk.wants_quit) {
        const bool is_at_work = desk.player() && !(desk.player()->run() && desk.player()->run()->is_quiet());
        surface.wait(frames_due > 0 ? 0 : desk.is_moving() ? 1.0 / 60 : is_at_work || ImGui::GetIO().WantTextInput ? 0.1 : 1.0);
        const std::vector<KeyPress> keys = surface.take_keys();
        dispatch_keys(desk, keys, ImGui::GetIO().WantTextInput);
        const auto begin = std::chrono::steady_clock::now();
        desk.pump();
        desk.carry_out();
        const std::chrono::nanoseconds pumped = std::chrono::steady_clock::now() - begin;
        const std::string now = status_text(desk);
        if (surface.had_input() || has_news.exchange(false, std::memory_order_acquire) || now != status) frames_due = 3;
        status = now;
        if ((frames_due > 0 || desk.is_moving() || ImGui::GetIO().WantTextInput) && surface.is_in_sight()) {
            costs.add(pumped + painter.draw());
            if (frames_due > 0) --frames_due;
        } else {
            frames_due = 0;
        }
        if (!desk.copied.empty()) surface.copy(std::exchange(desk.copied, {}));
        if (window_title(desk) != title) surface.set_title(title = window_title(desk));
        status_file.write(status_text(desk) + costs.text());
    }
    desk.leave();
    return 0;
}

}  // namespace

int run_window(const WindowOptions& options) {
    const bool is_hidden = !options.picture.empty() || options.bench_frames > 0;
    const Result<Paths> paths = find_paths();
    if (!paths) return fail(paths.sentence(), 1);
    Result<std::unique_ptr<Surface>> surface = Surface::open("ipcscope", options.width, options.height, is_hidden);
    if (!surface) return fail(surface.sentence(), no_window);
    Desk desk(options.lessons_folder.empty() ? paths->lessons : options.lessons_folder, tell_news, is_hidden);
    take_options(desk, options);
    Painter painter(**surface, desk, paths->share);
    if (!options.lesson.empty() && !desk.open(options.lesson)) return fail(desk.complaint(), 1);
    if (options.is_trusted) desk.confirm(true);
    return is_hidden ? draw_off_screen(desk, painter, **surface, options) : run_until_closed(desk, painter, **surface);
}

}  // namespace ipcscope
