// The process tree on the stage: who is whose child, who adopted whom, and that nobody moves when somebody ends.
#include "app/views/stage_family.h"

#include <gtest/gtest.h>

#include <cmath>

#include "app/views/stage_scene.h"
#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

// Three forks in a row, by all that are there: 0; 1; 2, 3; 4, 5, 6, 7.
TraceBuilder three_forks() {
    TraceBuilder t;
    t.launch("/bin/forker", 2);
    for (int round = 0, there = 1; round < 3; ++round, there *= 2)
        for (int p = 0; p < there; ++p) t.fork(static_cast<ProcessId>(p), 2 + there + p);
    t.quiet();
    return t;
}

Family family_in(TraceBuilder builder) { return family_of(Scene("family", std::move(builder), {}).model); }

TEST(Family, EachStandsBelowWhoMadeItAndBesideNobodyElsesPlace) {
    const Family family = family_in(three_forks());
    ASSERT_EQ(family.members.size(), 8u);
    EXPECT_EQ(family.levels, 4u);
    EXPECT_EQ(family.width, 5) << "four leaves, and room for who adopts";
    EXPECT_EQ(family.adopter, 0);
    EXPECT_EQ(family.members[0].maker, no_kin);
    EXPECT_EQ(family.members[7].maker, 3u);
    for (const Kin& kin : family.members) {
        const bool is_below = kin.maker == no_kin || kin.level == family.members[kin.maker].level + 1;
        EXPECT_TRUE(is_below);
        for (const Kin& other : family.members) {
            const bool is_apart = &kin == &other || kin.level != other.level || std::abs(kin.place - other.place) > 0.99f;
            EXPECT_TRUE(is_apart);
        }
    }
}

TEST(Family, OrphansAreAdoptedAndNobodyMoves) {
    TraceBuilder later = three_forks();
    later.ends(1, 0);
    later.adopted(3, 1);
    later.adopted(5, 1);
    later.quiet();
    const Family before = family_in(three_forks()), after = family_in(std::move(later));
    EXPECT_EQ(after.adopter, 1);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(after.members[i].is_adopted, i == 3 || i == 5);
        EXPECT_EQ(after.members[i].place, before.members[i].place);
        EXPECT_EQ(after.members[i].level, before.members[i].level);
    }
}

TEST(Family, StandsWhileNoObjectDoes) {
    const auto stage_of = [](TraceBuilder builder) {
        const Scene scene("stage", std::move(builder), {});
        return make_scene(scene.builder.trace(), scene.model, 0, no_id);
    };
    EXPECT_EQ(stage_of(three_forks()).family.members.size(), 8u);
    TraceBuilder with_pipe = three_forks();
    with_pipe.pipe(0, 3, 4);
    EXPECT_TRUE(stage_of(std::move(with_pipe)).family.members.empty());
    TraceBuilder alone;
    alone.launch("/bin/alone", 2);
    EXPECT_TRUE(stage_of(std::move(alone)).family.members.empty());
}

}  // namespace
}  // namespace ipcscope
