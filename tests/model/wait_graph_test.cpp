#include "core/model/wait_graph.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

class WaitGraph : public ::testing::Test {
 protected:
    WaitGraph() : run({"parent", "child"}), parent(run.launch()) {
        run.pipe(parent, 3, 4);
        run.pipe(parent, 5, 6);
        child = run.fork(parent, 3);
    }
    std::string stuck() const { return sentence_of_stuck(run.model, wait_graph(run.trace, run.model)); }

    Script run;
    Actor parent, child;
};

TEST_F(WaitGraph, ASleeperWhomSomebodyCanWakeIsNotStuck) {
    run.read_begin(child, 3, 16).asleep();
    const std::vector<Wait> graph = wait_graph(run.trace, run.model);
    ASSERT_EQ(graph.size(), 1u);
    EXPECT_EQ(graph[0].on, (std::vector<ProcessId>{parent.process, child.process}));
    EXPECT_FALSE(graph[0].is_stuck);
    EXPECT_EQ(stuck(), "");
}

TEST_F(WaitGraph, TwoPipesMakeACycleTheMomentItCloses) {
    for (const int end : {4, 5}) run.close(child, end);
    for (const int end : {3, 6}) run.close(parent, end);
    run.read_begin(parent, 5, 16).asleep();
    EXPECT_EQ(stuck(), "");
    run.read_begin(child, 3, 16).asleep();
    EXPECT_EQ(stuck(), "Deadlock: parent waits for child, child waits for parent. Nobody is left who could wake them.");
}

TEST_F(WaitGraph, AProcessCanWaitForItself) {
    run.close(parent, 4);
    run.enter(parent, CallId::wait, {0}).asleep();
    run.read_begin(child, 3, 16).asleep();
    EXPECT_EQ(stuck(), "Deadlock: parent waits for child, child waits for itself. Nobody is left who could wake them.");
}

TEST_F(WaitGraph, ATimeOutIsAWayOut) {
    run.read_begin(child, 3, 16).asleep();
    run.enter(parent, CallId::poll, {0, 0, 1000}).asleep();
    EXPECT_EQ(stuck(), "");
}

TEST_F(WaitGraph, PollWithoutATimeOutIsNone) {
    run.read_begin(child, 3, 16).asleep();
    run.enter(parent, CallId::poll, {0, 0, -1}).asleep();
    EXPECT_NE(stuck(), "");
}

TEST_F(WaitGraph, WhoIsAwakeCanStillAct) {
    run.read_begin(child, 3, 16).asleep();
    run.hold(parent, CallId::close, {4});
    EXPECT_EQ(stuck(), "");
}

}  // namespace
}  // namespace ipcscope
