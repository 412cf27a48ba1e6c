// What views do with the pointer, and that every scene can be drawn in both themes and all text sizes.
#include <gtest/gtest.h>

#include "app/views/stage_layout.h"
#include "tests/views/canvas.h"
#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

Scene scene_named(const std::string& name) {
    for (Scene& scene : all_scenes())
        if (scene.name == name) return std::move(scene);
    ADD_FAILURE() << "no scene " << name;
    return Scene("", TraceBuilder(), {});
}

void draw(Canvas& canvas, const ViewContext& context, DrawView view) {
    const ImVec2 size(static_cast<float>(canvas.width()), static_cast<float>(canvas.height()));
    canvas.frame([&] { view(context, {0, 0}, size); });
}

void click(Canvas& canvas, const ViewContext& context, DrawView view, ImVec2 at) {
    canvas.pointer = at;
    draw(canvas, context, view);
    canvas.is_down = true;
    draw(canvas, context, view);
    canvas.is_down = false;
    draw(canvas, context, view);
    draw(canvas, context, view);
}

// As the stage itself places it in a panel of this size.
Rect pipe_box(const Scene& scene, ImVec2 size) {
    const StageScene stage = make_scene(scene.builder.trace(), scene.model, 0, scene.next);
    return lay_out_stage(scene.model, stage, size, 1, [](const std::string&, float) { return 20.0f; }).objects.front().box;
}

TEST(Pictures, EverySceneIsDrawnInEveryView) {
    for (const bool is_dark : {true, false}) {
        for (const float scale : {0.8f, 1.0f, 2.5f}) {
            Canvas canvas(900, 500, is_dark, scale);
            for (Scene& scene : all_scenes()) {
                const ViewContext context = scene.context(canvas.theme());
                for (const DrawView view : {draw_stage, draw_timeline, draw_source})
                    for (int i = 0; i < 2; ++i) draw(canvas, context, view);
                EXPECT_TRUE(scene.intents.empty());
            }
        }
    }
}

TEST(Pictures, TheSameModelGivesTheSamePicture) {
    Canvas canvas(900, 500, true, 1);
    Scene scene = scene_named("guilty");
    const ViewContext context = scene.context(canvas.theme());
    const auto sample = [&] {
        for (int i = 0; i < 3; ++i) draw(canvas, context, draw_stage);
        std::vector<std::uint32_t> pixels;
        for (int y = 0; y < canvas.height(); y += 3)
            for (int x = 0; x < canvas.width(); x += 3) pixels.push_back(canvas.pixel(x, y));
        return pixels;
    };
    EXPECT_EQ(sample(), sample());
}

TEST(Pictures, AClickOnTheStageSelects) {
    Canvas canvas(800, 410, true, 1);
    Scene scene = scene_named("asleep");
    const ViewContext context = scene.context(canvas.theme());
    draw(canvas, context, draw_stage);
    click(canvas, context, draw_stage, pipe_box(scene, {800, 410}).center());
    EXPECT_EQ(scene.selection.object, 1u);
    EXPECT_EQ(scene.selection.process, no_id);
    click(canvas, context, draw_stage, {200, 190});   // the parent's card, below its rows
    EXPECT_EQ(scene.selection.process, 0u);
    EXPECT_EQ(scene.selection.descriptor, -1);
}

TEST(Pictures, AMessageInThePipeIsSelectedByItself) {
    Canvas canvas(800, 410, true, 1);
    Scene scene = scene_named("written");
    const ViewContext context = scene.context(canvas.theme());
    draw(canvas, context, draw_stage);
    const Rect pipe = pipe_box(scene, {800, 410});
    click(canvas, context, draw_stage, {pipe.max.x - 40, pipe.min.y + 48});   // at the right, in the well
    EXPECT_EQ(scene.selection.message, 0u);
}

TEST(Pictures, AClickOnTheTimelineLooksAtThatMoment) {
    Canvas canvas(1400, 300, true, 1);
    Scene scene = scene_named("asleep");
    const ViewContext context = scene.context(canvas.theme());
    for (int i = 0; i < 3; ++i) draw(canvas, context, draw_timeline);
    click(canvas, context, draw_timeline, {120, 120});
    ASSERT_EQ(scene.intents.size(), 1u);
    ASSERT_TRUE(std::holds_alternative<WantCursor>(scene.intents[0]));
    EXPECT_LT(std::get<WantCursor>(scene.intents[0]).at, scene.builder.trace().size());
}

}  // namespace
}  // namespace ipcscope
