// The comparison's picture: its bars, its sizes, its button, in both themes and all text sizes.
#include <gtest/gtest.h>

#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "tests/views/canvas.h"
#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

using State = ComparedRow::State;

ComparedRow measured(const char* label, double latency_ns, double bytes_a_second, double calls = 2, double system_calls = 2) {
    ComparedRow row;
    row.label = label;
    row.program = "x.c";
    row.state = State::Done;
    row.measured.latency_ns = {latency_ns, latency_ns, latency_ns};
    row.measured.bytes_a_second = {bytes_a_second, bytes_a_second, bytes_a_second};
    row.measured.costs = {calls, system_calls, 128};
    return row;
}

ComparisonShown shown_with(std::vector<ComparedRow> rows) {
    ComparisonShown shown;
    shown.sizes = {1, 64, 1024, 4096, 65536};
    shown.chosen = 1;
    shown.compared.size = 64;
    shown.compared.rows = std::move(rows);
    return shown;
}

// A view and what it draws, with a comparison.
class Picture {
 public:
    Picture(int width, int height, bool is_dark, float scale, ComparisonShown shown)
        : canvas_(width, height, is_dark, scale), scene_("nothing", TraceBuilder(), {}), shown_(std::move(shown)) {}

    void draw() {
        ViewContext context = scene_.context(canvas_.theme());
        context.comparison = &shown_;
        canvas_.frame([&] { draw_comparison(context, {0, 0}, {static_cast<float>(canvas_.width()), static_cast<float>(canvas_.height())}); });
    }
    void click(ImVec2 at) {
        canvas_.pointer = at;
        draw();
        canvas_.is_down = true;
        draw();
        canvas_.is_down = false;
        draw();
    }
    // How long each bar is, from the top down: a bar is at least 5 lines high and 12 pixels long.
    std::vector<int> bars() {
        std::vector<int> found;
        int lines = 0, width = 0;
        for (int y = 60; y < canvas_.height(); ++y) {
            int run = 0, longest = 0;
            for (int x = 0; x < canvas_.width(); ++x) longest = std::max(longest, run = is_bar(canvas_.pixel(x, y)) ? run + 1 : 0);
            if (longest >= 12) {
                ++lines;
                width = std::max(width, longest);
            } else {
                if (lines >= 5) found.push_back(width);
                lines = width = 0;
            }
        }
        return found;
    }

    const std::vector<Intent>& intents() const { return scene_.intents; }
    Canvas& canvas() { return canvas_; }

 private:
    // Much more blue than red.
    static bool is_bar(std::uint32_t pixel) { return static_cast<int>(pixel >> 16 & 255) > static_cast<int>(pixel & 255) + 60; }

    Canvas canvas_;
    Scene scene_;
    ComparisonShown shown_;
};

ComparisonShown every_state() {
    ComparisonShown shown = shown_with({measured("Pipe", 3100, 2.1e9), measured("Memory + semaphores", 2400, 2.5e9, 4, 0)});
    ComparedRow failed;
    failed.label = "System V queue";
    failed.state = State::Failed;
    failed.failure = "msgsnd() fails EINVAL";
    ComparedRow running;
    running.label = "File + flock";
    running.state = State::Running;
    ComparedRow waiting;
    waiting.label = "FIFO";
    shown.compared.rows.insert(shown.compared.rows.end(), {failed, running, waiting});
    shown.compared.is_running = true;
    shown.running = 64;
    return shown;
}

TEST(ComparisonView, IsDrawnInBothThemesAndAllTextSizes) {
    for (const bool is_dark : {true, false})
        for (const float scale : {0.8f, 1.0f, 2.5f})
            for (const auto& [width, height] : {std::pair{1576, 900}, std::pair{480, 560}, std::pair{1000, 250}})
                for (const ComparisonShown& shown : {every_state(), shown_with({measured("A", 5, 5)}), shown_with({ComparedRow()})}) {
                    Picture picture(width, height, is_dark, scale, shown);
                    for (int i = 0; i < 2; ++i) picture.draw();
                    EXPECT_TRUE(picture.intents().empty());
                }
}

TEST(ComparisonView, ABarIsAsLongAsItsFigure) {
    Picture picture(600, 700, true, 1, shown_with({measured("One", 1000, 4e6), measured("Two", 2000, 2e6), measured("Four", 4000, 1e6)}));
    for (int i = 0; i < 2; ++i) picture.draw();
    const std::vector<int> bars = picture.bars();
    ASSERT_GE(bars.size(), 6u);
    EXPECT_NEAR(bars[1], 2 * bars[0], 4);      // latency: linear, since they are near each other
    EXPECT_NEAR(bars[2], 4 * bars[0], 6);
    EXPECT_NEAR(bars[3], 2 * bars[4], 4);      // throughput
    EXPECT_NEAR(bars[3], 4 * bars[5], 6);
}

TEST(ComparisonView, WhatIsFarApartStandsOnALogarithmicScale) {
    Picture picture(600, 700, true, 1, shown_with({measured("One", 2e3, 1e6), measured("Ten", 2e4, 1e6), measured("Thousand", 2e6, 1e6)}));
    for (int i = 0; i < 2; ++i) picture.draw();
    const std::vector<int> bars = picture.bars();
    ASSERT_GE(bars.size(), 3u);
    EXPECT_NEAR(bars[2] - bars[1], 2 * (bars[1] - bars[0]), 5);    // a hundredfold is twice as far as tenfold
}

TEST(ComparisonView, ASizeAndTheButtonCanBePressed) {
    Picture picture(900, 700, true, 1, shown_with({measured("A", 1000, 1e6), measured("B", 2000, 1e6)}));
    picture.draw();
    picture.click({40, 36});
    ASSERT_EQ(picture.intents().size(), 1u);
    ASSERT_TRUE(std::holds_alternative<WantSize>(picture.intents()[0]));
    EXPECT_EQ(std::get<WantSize>(picture.intents()[0]).nth, 0);
    picture.click({360, 36});
    ASSERT_EQ(picture.intents().size(), 2u);
    EXPECT_TRUE(std::holds_alternative<WantMeasure>(picture.intents()[1]));
}

}  // namespace
}  // namespace ipcscope
