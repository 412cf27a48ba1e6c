#include "core/lesson/matching.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

#include "core/lesson/goal.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

constexpr std::int64_t buffer = 0x7000;  // somewhere in the program

class Matching : public testing::Test {
  protected:
    Matching() : run_({"parent", "child"}), parent_(run_.launch()) {
        run_.pipe(parent_, 3, 4);
        child_ = run_.fork(parent_, 3);
    }

    Past past() { return {run_.trace, run_.model, run_.log}; }
    Goal goal(std::string_view text) {
        auto parsed = parse_goal(text, {"parent", "child"});
        EXPECT_TRUE(parsed) << parsed.sentence();
        return *parsed;
    }
    bool is_met(std::string_view text, EventIndex since = 0) { return find_met(past(), goal(text), since, {}) != no_id; }
    EventIndex now() { return run_.trace.size(); }

    Script run_;
    Actor parent_, child_;
};

TEST_F(Matching, FindsReturnsInBothOfAFork) {
    EXPECT_TRUE(is_met("parent pipe([3, 4]) = 0"));
    EXPECT_FALSE(is_met("parent pipe([4, 5]) = 0"));
    EXPECT_FALSE(is_met("child pipe([3, 4]) = 0"));
    EXPECT_TRUE(is_met("parent fork() = child"));
    EXPECT_FALSE(is_met("parent fork() = parent"));
    EXPECT_TRUE(is_met("child fork() = 0"));
    EXPECT_TRUE(is_met("parent fork() returns"));
}

TEST_F(Matching, ANewProgramStartsByTheExecThatDoesNotReturn) {
    run_.enter(child_, CallId::execv, {buffer, buffer}, {bytes(0, "/no")}).fail(ENOENT);
    EXPECT_FALSE(is_met("child execv(...) starts"));
    run_.enter(child_, CallId::execv, {buffer, buffer}, {bytes(0, "/bin/cat")});
    run_.image(child_, "/bin/cat");
    EXPECT_TRUE(is_met("child execv(\"/bin/cat\", _) starts"));
    EXPECT_FALSE(is_met("parent execv(...) starts"));
}

TEST_F(Matching, OnlyWhatLastsUntilQuietBlocks) {
    auto read = run_.read_begin(child_, 3, 16);
    const EventIndex before = now();
    read.asleep("pipe_read");
    EXPECT_FALSE(is_met("child read(3, ..., 16) blocks", before)) << "it may still return in this step";
    run_.quiet();
    EXPECT_TRUE(is_met("child read(3, ..., 16) blocks", before));
    run_.write(parent_, 4, "hello");
    read.exit(5, bytes(1, "hello"));
    EXPECT_TRUE(is_met("child read(3, ..., 16) blocks", before)) << "it did sleep";
    EXPECT_TRUE(is_met("child read(3, \"hello\", 16) = 5"));
    EXPECT_FALSE(is_met("child read(3, \"hell\", 16) = 5"));

    auto shortly = run_.read_begin(child_, 3, 16);
    const EventIndex again = now();
    shortly.asleep("pipe_read");
    run_.write(parent_, 4, "x");
    shortly.exit(1, bytes(1, "x"));
    run_.quiet();
    EXPECT_FALSE(is_met("child read(3, ..., 16) blocks", again)) << "asleep for a moment in the same step is no blocking";
}

TEST_F(Matching, FindsFailuresByTheirName) {
    run_.enter(child_, CallId::write, {9, buffer, 1}, {bytes(1, "x")}).fail(EBADF);
    EXPECT_TRUE(is_met("child write(9, \"x\", 1) fails EBADF"));
    EXPECT_FALSE(is_met("child write(9, \"x\", 1) fails EPIPE"));
    EXPECT_FALSE(is_met("child write(9, \"x\", 1) = 1"));
}

TEST_F(Matching, AnEndBelongsToTheCallItHappenedIn) {
    run_.hold(child_, CallId::_exit, {3}).grant();
    run_.ended(child_, exited(3));
    EXPECT_TRUE(is_met("child _exit(3) ends"));
    EXPECT_TRUE(is_met("child _exit(3) ends exited 3"));
    EXPECT_FALSE(is_met("child _exit(0) ends"));
    EXPECT_TRUE(is_met("child ends exited 3"));
    EXPECT_TRUE(is_met("child ends"));
    EXPECT_FALSE(is_met("child ends exited 0"));
    EXPECT_FALSE(is_met("child ends killed SIGTERM"));
}

TEST_F(Matching, AnEndAtTheGateIsNoneOfTheCall) {
    run_.hold(child_, CallId::write, {4, buffer, 1}, {bytes(1, "x")});
    run_.ended(child_, killed(SIGPIPE));
    EXPECT_FALSE(is_met("child write(4, ...) dies SIGPIPE")) << "the call was never made";
    EXPECT_TRUE(is_met("child ends killed SIGPIPE"));
}

TEST_F(Matching, ADeathInACallIsOfThatCall) {
    run_.hold(child_, CallId::write, {4, buffer, 1}, {bytes(1, "x")}).grant();
    run_.ended(child_, killed(SIGPIPE));
    EXPECT_TRUE(is_met("child write(4, \"x\", 1) dies SIGPIPE"));
    EXPECT_FALSE(is_met("child write(4, \"x\", 1) dies SIGTERM"));
    EXPECT_FALSE(is_met("child write(4, \"y\", 1) dies SIGPIPE"));
}

TEST_F(Matching, OthersCallsMeetNoGoal) {
    run_.enter(parent_, CallId::close, {3}, {}, Flag::Injected).exit(0);
    EXPECT_FALSE(is_met("parent close(3) = 0")) << "made by ipcscope";
    run_.enter(parent_, CallId::close, {4}, {}, Flag::Inside).exit(0);
    EXPECT_FALSE(is_met("parent close(4) = 0")) << "made by a library";
}

TEST_F(Matching, AnEventMeetsOneGoalAndOnlyFromItsStepOn) {
    run_.write(parent_, 4, "a");
    const EventIndex since = now();
    EXPECT_FALSE(is_met("parent write(4, ...) = 1", since));
    UsedEvents used;
    const Goal write = goal("parent write(4, ...) = 1");
    const EventIndex met = find_met(past(), write, 0, used);
    ASSERT_NE(met, no_id);
    used.add(met, write);
    EXPECT_EQ(find_met(past(), write, 0, used), no_id);
    run_.write(parent_, 4, "b");
    EXPECT_NE(find_met(past(), write, 0, used), no_id);
}

TEST_F(Matching, KnowsWhoStandsBeforeWhat) {
    run_.hold(child_, CallId::read, {3, buffer, 16});
    EXPECT_EQ(thread_before(past(), goal("child read(3, \"hello\", 16) = 5")), child_.thread);
    EXPECT_EQ(thread_before(past(), goal("child read(4, ..., 16) = 5")), no_id);
    EXPECT_EQ(thread_before(past(), goal("parent read(3, ..., 16) = 5")), no_id);
    EXPECT_EQ(thread_before(past(), goal("child ends")), no_id);
    EXPECT_EQ(thread_at_gate(past(), "child"), child_.thread);
    EXPECT_EQ(thread_at_gate(past(), "parent"), no_id);
    EXPECT_NE(what_it_does(past(), "child").find("it stands before read(3 pipe#1, "), std::string::npos)
        << what_it_does(past(), "child");
    EXPECT_EQ(what_it_does(past(), "nobody"), "there is no nobody yet");
    run_.ended(child_, killed(SIGTERM));
    EXPECT_EQ(what_it_does(past(), "child"), "it has ended: killed by SIGTERM");
}

}  // namespace
}  // namespace ipcscope
