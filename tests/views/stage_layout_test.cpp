// The stage's places: nothing overlaps, edges cross no box, everything is inside, whatever is on it and however large it is.
#include "app/views/stage_layout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

float sentence_height(const std::string& sentence, float width, float scale) {
    const float letters = std::max(4.0f, width / (6.5f * scale));
    return std::ceil(static_cast<float>(sentence.size()) / letters) * 20 * scale;
}

StageLayout lay_out(const Model& model, const StageScene& scene, ImVec2 size, float scale) {
    return lay_out_stage(model, scene, size, scale,
                         [&](const std::string& sentence, float width) { return sentence_height(sentence, width, scale); });
}

bool overlap(const Rect& a, const Rect& b) {
    return a.min.x < b.max.x && b.min.x < a.max.x && a.min.y < b.max.y && b.min.y < a.max.y;
}

bool is_inside(const Rect& inner, const Rect& outer) {
    const float e = 0.51f;
    return inner.min.x >= outer.min.x - e && inner.min.y >= outer.min.y - e && inner.max.x <= outer.max.x + e &&
           inner.max.y <= outer.max.y + e;
}

// `pipes` pipes made by the first process; everybody else keeps the ends of one or two of them, in a pattern.
Scene made_of(int processes, int pipes, bool has_terminal) {
    TraceBuilder t;
    t.launch("/bin/first", 2);
    t.has_terminal(0);
    for (int i = 0; i < pipes; ++i) t.pipe(0, 3 + 2 * i, 4 + 2 * i);
    for (int p = 1; p < processes; ++p) {
        t.fork(0, 2 + p);
        const auto me = static_cast<ProcessId>(p);
        for (int i = 0; i < pipes; ++i) {
            if ((i + p) % 3 != 0) t.close(me, 3 + 2 * i);
            if ((i + p) % 2 != 0) t.close(me, 4 + 2 * i);
        }
    }
    if (has_terminal) t.write(0, 1, "a line\n");
    for (int p = 1; p < processes; ++p) {
        const auto me = static_cast<ProcessId>(p);
        for (int i = 0; i < pipes; ++i) {
            if ((i + p) % 3 != 0) continue;
            t.enter(me, CallId::read, {3 + 2 * i, 0x7ffe, 16});
            t.sleeps(me, "anon_pipe_read");
            break;
        }
    }
    t.quiet();
    return Scene("made", std::move(t), {});
}

void expect_sound(const Scene& scene, ImVec2 size, float scale) {
    const StageScene stage = make_scene(scene.builder.trace(), scene.model, 0, no_id);
    const StageLayout layout = lay_out(scene.model, stage, size, scale);
    const Rect whole{{0, 0}, layout.content};
    EXPECT_GE(layout.content.x, size.x);
    EXPECT_GE(layout.content.y, size.y);
    std::vector<Rect> boxes;
    for (const CardPlace& card : layout.cards) {
        boxes.push_back(card.card);
        float y = card.name.min.y;
        std::vector<Rect> parts{card.name, card.state, card.reason};
        parts.insert(parts.end(), card.row_places.begin(), card.row_places.end());
        parts.push_back(card.source);
        for (const Rect& part : parts) {
            EXPECT_TRUE(is_inside(part, card.card));
            EXPECT_GE(part.min.y, y - 0.01f);
            y = part.max.y;
        }
        EXPECT_EQ(card.rows.size(), card.row_places.size());
        EXPECT_LE(card.card.max.y, layout.boundary);
    }
    for (const ObjectPlace& object : layout.objects) {
        boxes.push_back(object.box);
        EXPECT_GE(object.box.min.y, layout.boundary);
    }
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        EXPECT_TRUE(is_inside(boxes[i], whole));
        for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(boxes[i], boxes[j])) << i << " over " << j;
    }
    ASSERT_EQ(layout.edges.size(), stage.edges.size());
    for (std::size_t e = 0; e < layout.edges.size(); ++e) {
        const EdgePath& path = layout.edges[e];
        ASSERT_GE(path.points.size(), 2u);
        const Rect& from = layout.cards[stage.edges[e].process].card;
        const Rect& to = layout.objects[stage.edges[e].object].box;
        EXPECT_NEAR(path.points.front().y, from.max.y, 0.01f);
        EXPECT_TRUE(path.points.front().x > from.min.x && path.points.front().x < from.max.x);
        const ImVec2 end = path.points.back();
        const bool is_at_top = end.y == to.min.y && end.x > to.min.x && end.x < to.max.x;
        EXPECT_TRUE(is_at_top || std::abs(end.x - (stage.edges[e].way == Way::In ? to.min.x : to.max.x)) < 0.01f);
        for (float d = 1; d < path.length - 1; d += 1.5f) {
            const ImVec2 p = path.at(d);
            EXPECT_TRUE(whole.contains(p)) << "edge " << e;
            for (std::size_t b = 0; b < boxes.size(); ++b)
                ASSERT_FALSE(boxes[b].inset(0.5f, 0.5f).contains(p))
                    << "edge " << e << " through box " << b << " at " << p.x << "," << p.y;
        }
    }
}

bool do_cross(ImVec2 a, ImVec2 b, ImVec2 c, ImVec2 d) {
    const auto turn = [](ImVec2 p, ImVec2 q, ImVec2 r) { return (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x); };
    return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

bool do_cross(const EdgePath& one, const EdgePath& other) {
    for (std::size_t i = 1; i < one.points.size(); ++i)
        for (std::size_t j = 1; j < other.points.size(); ++j)
            if (do_cross(one.points[i - 1], one.points[i], other.points[j - 1], other.points[j])) return true;
    return false;
}

TEST(StageLayout, EdgesOfOneObjectDoNotCross) {
    for (const int processes : {2, 3, 4}) {
        const Scene scene = made_of(processes, 1, false);
        const StageScene stage = make_scene(scene.builder.trace(), scene.model, 0, no_id);
        for (const ImVec2 size : {ImVec2(800, 400), ImVec2(1280, 700), ImVec2(2400, 1200)}) {
            SCOPED_TRACE(testing::Message() << processes << " processes, " << size.x << "x" << size.y);
            const StageLayout layout = lay_out(scene.model, stage, size, 1);
            ASSERT_GE(layout.edges.size(), static_cast<std::size_t>(processes));
            for (std::size_t i = 0; i < layout.edges.size(); ++i)
                for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(do_cross(layout.edges[i], layout.edges[j])) << i << " and " << j;
        }
    }
}

TEST(StageLayout, IsSoundForAllNumbersSizesAndScales) {
    for (const int processes : {1, 2, 3, 4, 5, 6, 7, 8}) {
        for (const int pipes : {1, 2, 3, 4, 5, 6}) {
            const Scene scene = made_of(processes, pipes, processes % 2 == 0 && pipes < 6);
            for (const ImVec2 size :
                 {ImVec2(480, 300), ImVec2(800, 400), ImVec2(1280, 700), ImVec2(2400, 1200), ImVec2(700, 1200)}) {
                for (const float scale : {0.8f, 1.0f, 1.5f, 2.5f}) {
                    SCOPED_TRACE(testing::Message() << processes << " processes, " << pipes << " pipes, " << size.x << "x"
                                                    << size.y << " at " << scale);
                    expect_sound(scene, size, scale);
                    if (HasFatalFailure()) return;
                }
            }
        }
    }
}

TEST(StageLayout, IsSoundForEveryScene) {
    for (const Scene& scene : all_scenes()) {
        SCOPED_TRACE(scene.name);
        for (const ImVec2 size : {ImVec2(480, 300), ImVec2(800, 400), ImVec2(1600, 900)}) expect_sound(scene, size, 1);
    }
}

TEST(StageLayout, AProcessKeepsItsPlaceWhenAnotherEnds) {
    TraceBuilder t;
    t.launch("/bin/first", 2);
    t.fork(0, 3);
    t.fork(0, 4);
    t.quiet();
    TraceBuilder later = [&] {
        TraceBuilder same;
        same.launch("/bin/first", 2);
        same.fork(0, 3);
        same.fork(0, 4);
        same.quiet();
        same.ends(1, 0);
        same.quiet();
        return same;
    }();
    const Scene before("before", std::move(t), {}), after("after", std::move(later), {});
    const auto places = [](const Scene& scene) {
        return lay_out(scene.model, make_scene(scene.builder.trace(), scene.model, 0, no_id), {800, 400}, 1);
    };
    const StageLayout a = places(before), b = places(after);
    ASSERT_EQ(a.cards.size(), 3u);
    ASSERT_EQ(b.cards.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(a.cards[i].card.min.x, b.cards[i].card.min.x);
        EXPECT_EQ(a.cards[i].card.min.y, b.cards[i].card.min.y);
    }
}

TEST(StageLayout, TheTerminalDoesNotMoveThePipe) {
    const Scene without = made_of(2, 1, false), with = made_of(2, 1, true);
    const auto pipe = [](const Scene& scene) {
        return lay_out(scene.model, make_scene(scene.builder.trace(), scene.model, 0, no_id), {800, 400}, 1)
            .objects[scene.model.objects().size() > 1 ? 1 : 0]
            .box;
    };
    const StageScene stage = make_scene(with.builder.trace(), with.model, 0, no_id);
    ASSERT_EQ(stage.objects.size(), 2u);
    EXPECT_EQ(make_scene(without.builder.trace(), without.model, 0, no_id).objects.size(), 1u);
    const StageLayout a = lay_out(without.model, make_scene(without.builder.trace(), without.model, 0, no_id), {800, 400}, 1);
    EXPECT_EQ(a.objects.front().box.min.x, pipe(with).min.x);
}

TEST(StageLayout, PlacesAreKeptForWhoIsYetToBeBorn) {
    TraceBuilder t;
    t.launch("/bin/first", 2);
    t.quiet();
    const Scene scene("alone", std::move(t), {});
    const StageScene alone = make_scene(scene.builder.trace(), scene.model, 0, no_id);
    const StageScene expected = make_scene(scene.builder.trace(), scene.model, 2, no_id);
    EXPECT_EQ(expected.places, 2u);
    EXPECT_LT(lay_out(scene.model, expected, {800, 400}, 1).cards[0].card.min.x,
              lay_out(scene.model, alone, {800, 400}, 1).cards[0].card.min.x);
}

}  // namespace
}  // namespace ipcscope
