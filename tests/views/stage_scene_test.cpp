// What the stage shows of a model: rows, edges, guilty ends, bytes on their way.
#include "app/views/stage_scene.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/views/scenes.h"

namespace ipcscope {
namespace {

Scene scene_named(const std::string& name) {
    for (Scene& scene : all_scenes())
        if (scene.name == name) return std::move(scene);
    ADD_FAILURE() << "no scene " << name;
    return Scene("", TraceBuilder(), {});
}

StageScene stage_of(const Scene& scene) { return make_scene(scene.builder.trace(), scene.model, 0, scene.next); }

const SceneEdge* edge(const StageScene& stage, std::size_t process, Way way) {
    const auto found = std::find_if(stage.edges.begin(), stage.edges.end(),
                                    [&](const SceneEdge& e) { return e.process == process && e.way == way; });
    return found == stage.edges.end() ? nullptr : &*found;
}

TEST(StageScene, StandardDescriptorsAreOneQuietRow) {
    const StageScene stage = stage_of(scene_named("asleep"));
    ASSERT_EQ(stage.processes.size(), 2u);
    ASSERT_EQ(stage.processes[0].rows.size(), 2u);
    EXPECT_EQ(stage.processes[0].rows[0].numbers, (std::vector<int>{0, 1, 2}));
    EXPECT_TRUE(stage.processes[0].rows[0].is_quiet);
    EXPECT_EQ(stage.processes[0].rows[1].what, "pipe, write end");
    ASSERT_EQ(stage.objects.size(), 1u) << "a terminal that nobody used stays away";
}

TEST(StageScene, ASleeperWaitsOnItsEdge) {
    const StageScene stage = stage_of(scene_named("asleep"));
    ASSERT_TRUE(edge(stage, 1, Way::Out));
    EXPECT_TRUE(edge(stage, 1, Way::Out)->is_waiting);
    EXPECT_FALSE(edge(stage, 0, Way::In)->is_waiting);
    EXPECT_NE(stage.processes[1].reason.find("write end"), std::string::npos) << stage.processes[1].reason;
}

TEST(StageScene, WhoComesFromOutsideStandsBesideTheProcesses) {
    const StageScene stage = stage_of(scene_named("visited"));
    ASSERT_EQ(stage.processes.size(), 3u);
    EXPECT_FALSE(stage.processes[0].is_visitor());
    EXPECT_EQ(text_of_peer_process(stage.processes[1].visitor), "curl, pid 4242");
    EXPECT_EQ(text_of_peer_process(stage.processes[2].visitor), "ipcscope endpoint, pid 4711");
    const auto connections = [&](std::size_t process) {
        return std::ranges::count_if(stage.edges, [&](const SceneEdge& e) { return e.process == process && e.is_both_ways; });
    };
    EXPECT_EQ(connections(1), 2);
    EXPECT_EQ(connections(2), 1);
    EXPECT_EQ(stage.places, 3u);
}

TEST(StageScene, TheReadersOwnWriteEndIsGuilty) {
    const StageScene stage = stage_of(scene_named("guilty"));
    ASSERT_TRUE(edge(stage, 1, Way::In));
    EXPECT_TRUE(edge(stage, 1, Way::In)->is_guilty);
    EXPECT_FALSE(edge(stage, 0, Way::In)->is_guilty);
    const StageScene innocent = stage_of(scene_named("asleep"));
    EXPECT_TRUE(std::none_of(innocent.edges.begin(), innocent.edges.end(), [](const SceneEdge& e) { return e.is_guilty; }));
}

TEST(StageScene, AnOpenThatWaitsHasAnEdgeWithoutDescriptor) {
    const StageScene stage = stage_of(scene_named("fifo"));
    ASSERT_TRUE(edge(stage, 0, Way::Out));
    EXPECT_TRUE(edge(stage, 0, Way::Out)->is_waiting);
    EXPECT_TRUE(edge(stage, 0, Way::Out)->descriptors.empty());
}

TEST(StageScene, BytesFlyFromSenderToReaderInTurns) {
    const Scene scene = scene_named("woken");
    const std::vector<Flight> flights = flights_of(scene.builder.trace(), scene.model);
    ASSERT_EQ(flights.size(), 2u);
    EXPECT_EQ(flights[0].process, 0u);
    EXPECT_EQ(flights[0].way, Way::In);
    EXPECT_EQ(flights[1].process, 1u);
    EXPECT_EQ(flights[1].way, Way::Out);
    EXPECT_LT(flights[0].turn, flights[1].turn);
}

TEST(StageScene, AClosedDescriptorIsShownUntilTheNextStep) {
    const StageScene stage = stage_of(scene_named("pipeline"));
    const std::vector<SceneRow>& rows = stage.processes[3].rows;
    EXPECT_TRUE(
        std::any_of(rows.begin(), rows.end(), [](const SceneRow& row) { return row.is_closed && row.numbers.front() == 5; }));
}

TEST(StageScene, ManyAreFoldedAndCounted) {
    TraceBuilder t;
    t.launch("/bin/first", 2);
    for (int i = 0; i < 12; ++i) t.fork(0, 3 + i);
    for (int i = 0; i < 9; ++i) t.pipe(0, 3 + 2 * i, 4 + 2 * i);
    t.quiet();
    const Scene scene("many", std::move(t), {});
    const StageScene stage = stage_of(scene);
    EXPECT_EQ(stage.processes.size(), max_scene_processes);
    EXPECT_EQ(stage.more_processes, 5u);
    EXPECT_EQ(stage.objects.size(), max_scene_objects);
    EXPECT_EQ(stage.more_objects, 3u);
}

TEST(StageScene, CallsAreWrittenAsTheirProgrammerWroteThem) {
    const Scene scene = scene_named("asleep");
    const Thread& parent = scene.model.threads()[0];
    EXPECT_EQ(call_text(scene.log.entry_of(parent.call())->call), "write(4, \"hello\", 5)");
    EXPECT_EQ(brief_call_text(scene.builder.trace()[parent.call()]), "write(4)");
}

TEST(StageScene, OfStructsTheValuesAreEnough) {
    const Scene scene = scene_named("system v");
    const Thread& ben = scene.model.threads()[2];
    EXPECT_EQ(call_text(scene.log.entry_of(ben.call())->call), "semop(0, [{1, -1, 0}, {0, -1, SEM_UNDO}], 2)");
    CanonicalCall send{"server", "msgsnd", {"0 msg#1", "{mtype=1, mtext=\"a, b=c\"}", "6", "0"}, "", false, false};
    EXPECT_EQ(call_text(send), "msgsnd(0, {1, \"a, b=c\"}, 6, 0)");
}

TEST(StageScene, WhoHasAPermitAndWhoWantsOneAreTiedToTheSet) {
    const StageScene stage = stage_of(scene_named("system v"));
    ASSERT_EQ(stage.objects.size(), 4u);
    const auto ties = [&](std::size_t process) {
        std::vector<Tie> found;
        for (const SceneEdge& e : stage.edges)
            if (e.process == process && e.object == 0) found.push_back(e.tie);
        return found;
    };
    EXPECT_EQ(ties(0), std::vector<Tie>{});
    EXPECT_EQ(ties(1), std::vector<Tie>{Tie::Holds});
    EXPECT_EQ(ties(2), std::vector<Tie>{Tie::Waits});
    EXPECT_TRUE(stage.objects[2].is_faded) << "the set that was removed";
    EXPECT_FALSE(stage.objects[3].is_faded) << "the segment that is only marked";
}

}  // namespace
}  // namespace ipcscope
