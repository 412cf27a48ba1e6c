// The player as a learner uses it: predictions, steps, what-ifs.
#include "core/lesson/player.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "tests/lesson/folder.h"
#include "tests/lesson/playing.h"

namespace ipcscope {
namespace {

const std::string pipe_lesson = std::string(IPCSCOPE_LESSONS) + "/pipe";

class PlayerTest : public testing::Test {
  protected:
    const OwnDirectories own_;
};

TEST_F(PlayerTest, StandsBeforeTheFirstCallAndTakesOneAtATime) {
    Playing play(pipe_lesson);
    EXPECT_EQ(play->step(), 0);
    EXPECT_EQ(play->next_thread(), play.thread_of("parent"));
    EXPECT_EQ(play->goal_state(0, 1, 0), GoalState::Waiting);
    play.step();
    EXPECT_EQ(play->goal_state(0, 1, 0), GoalState::Met);
    EXPECT_NE(play->met_by(0, 1, 0), no_id);
    EXPECT_EQ(play->moves(), 1);
    EXPECT_TRUE(play->is_step_done());
    EXPECT_NE(play->last_sentence(), "");
    play.step();  // shows the next step's text, and lets nothing go
    EXPECT_EQ(play->step(), 1);
    EXPECT_EQ(play->moves(), 1);
}

TEST_F(PlayerTest, AsksFirstAndLetsTheKernelAnswer) {
    Playing play(pipe_lesson);
    play->run_to(2, 0);
    play.settle();
    ASSERT_TRUE(play->wants_prediction());
    EXPECT_FALSE(play->can_step());
    play.step();
    EXPECT_EQ(play->moves(), 4) << "no step before the answer";
    play->step_thread(play.thread_of("child"));
    play.settle();
    EXPECT_EQ(play->moves(), 4);
    play->predict(7, true);
    EXPECT_TRUE(play->wants_prediction()) << "no such option";
    play->predict(0, true);
    EXPECT_FALSE(play->wants_prediction());
    play->predict(1, false);  // there is no second try
    const int question = 1;
    EXPECT_EQ(play->prediction(2, question).chosen, 0);
    EXPECT_EQ(play->prediction(2, question).kernel, -1);
    play.step();
    EXPECT_EQ(play->prediction(2, question).kernel, 1);
    EXPECT_TRUE(play->prediction(2, question).was_sure);
}

TEST_F(PlayerTest, ReachesTheEndOfEveryLessonByStepping) {
    for (const char* id : {"one-call", "pipe", "endless-read", "sigpipe"}) {
        Playing play(std::string(IPCSCOPE_LESSONS) + "/" + id);
        play.play_to_end();
        EXPECT_TRUE(play->is_done()) << id << ": " << play->status();
        EXPECT_FALSE(play->can_step());
        EXPECT_EQ(play->disagreements(), std::vector<std::string>{}) << id;
    }
}

TEST_F(PlayerTest, FreeRunningStopsAtAQuestion) {
    Playing play(pipe_lesson);
    play->run_free(0);
    play.settle();
    EXPECT_FALSE(play->is_running());
    EXPECT_TRUE(play->wants_prediction());
    EXPECT_EQ(play->step(), 2);
    play->predict(1, true);
    play->run_free(1000);
    play.settle();
    EXPECT_EQ(play->step(), 4);
}

TEST_F(PlayerTest, AWhatIfActsOnTheRunningProcessesAndBackUndoesIt) {
    Playing play(pipe_lesson);
    play->run_to(2, 3);
    play.settle();
    const std::string before = play.account();
    const int kill_the_writer = 4;
    play->what_if(2, kill_the_writer);
    EXPECT_EQ(play->what_if_result(), "");
    play.settle();
    ASSERT_FALSE(play->has_failed()) << play->status();
    EXPECT_EQ(play.state_of("parent"), "killed by SIGKILL");
    EXPECT_EQ(play.state_of("child"), "exited 0");
    EXPECT_NE(play->what_if_result().find("last write end is gone"), std::string::npos);
    EXPECT_TRUE(play->is_off_script());
    play->back();
    play.settle();
    EXPECT_FALSE(play->is_off_script());
    EXPECT_EQ(play->what_if_result(), "");
    EXPECT_EQ(play.account(), before);
    play.play_to_end();
    EXPECT_TRUE(play->is_done()) << play->status();
}

TEST_F(PlayerTest, AWhatIfIsPlayedFromItsOwnPlace) {
    Playing play(pipe_lesson);
    const int fill = 1;
    play->what_if(6, fill);  // long before the learner is there
    play.settle();
    ASSERT_FALSE(play->has_failed()) << play->status();
    EXPECT_NE(play->what_if_result(), "");
    play->what_if(2, 5);  // and now one that is behind
    play.settle();
    ASSERT_FALSE(play->has_failed()) << play->status();
    EXPECT_NE(play->what_if_result().find("No write end is left"), std::string::npos);
}

TEST_F(PlayerTest, WhatHappenedBeforeIsNoResultOfAWhatIf) {
    const Folder folder;
    folder.write("p.c", small_program);
    folder.write("lesson.md", small_lesson("```step\nparent pipe([3, 4]) = 0\n```\n\n```what-if\nClose\ndo close parent 4\n"
                                           "parent pipe([3, 4]) = 0\n> No.\n```\n"));
    Playing play(folder.path());
    play.step();
    play->what_if(0, 1);
    play.settle();
    EXPECT_TRUE(play->has_failed());
    EXPECT_EQ(play->what_if_result(), "");
    play->back();
    play.settle();
    EXPECT_FALSE(play->has_failed()) << play->status();
}

TEST_F(PlayerTest, AVariantIsBroughtToTheSamePlace) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/endless-read");
    play->run_to(4, 3);
    play.settle();
    const std::string before = play.account();
    const auto runs = play->run_number();
    const int mended = 5;
    play->what_if(4, mended);
    play.settle();
    ASSERT_FALSE(play->has_failed()) << play->status();
    EXPECT_GT(play->run_number(), runs);
    EXPECT_EQ(play.state_of("parent"), "exited 0");
    EXPECT_EQ(play->met_by(0, 1, 0), no_id) << "events of the other run";
    EXPECT_EQ(play->goal_state(0, 1, 0), GoalState::Met) << "by the lesson's own program, it was";
    play->back();
    play.settle();
    EXPECT_EQ(play.account(), before);
}

TEST_F(PlayerTest, ALessonThatIsWrongSaysWhereAndWhat) {
    const Folder folder;
    folder.write("p.c", small_program);
    folder.write(
        "lesson.md",
        small_lesson(
            "```step\nparent pipe([3, 4]) = 0\nparent fork() = child\nchild close(4) = 0\nchild read(3, ..., 16) = 5\n```\n"));
    Playing play(folder.path());
    play.step(4);
    EXPECT_TRUE(play->has_failed());
    EXPECT_NE(
        play->status().find("lesson.md:17: `child read(3, ..., 16) = 5` was not seen; of child: it sleeps: the pipe is empty"),
        std::string::npos)
        << play->status();
    EXPECT_EQ(play->goal_state(0, 0, 3), GoalState::Missed);
    EXPECT_EQ(play->goal_state(0, 0, 2), GoalState::Met);
    EXPECT_FALSE(play->can_step());
}

TEST_F(PlayerTest, SaysWhatAProcessStandsBeforeInstead) {
    const Folder folder;
    folder.write("p.c", small_program);
    folder.write("lesson.md", small_lesson("```step\nparent pipe([3, 4]) = 0\nparent write(4, \"hello\", 5) = 5\n```\n"));
    Playing play(folder.path());
    play.step();
    EXPECT_NE(play->status().find(":15: `parent write(4, \"hello\", 5) = 5` was not seen; of parent: "), std::string::npos)
        << play->status();
}

TEST_F(PlayerTest, AProgramThatNeverRestsIsGivenUp) {
    const Folder folder;
    folder.write("p.c", "#include <unistd.h>\nint main(void) { getpid(); for (;;) continue; }\n");
    folder.write("lesson.md", small_lesson("```step\nloop getpid() returns\nloop ends\n```\n", "loop"));
    PlayerOptions options;
    options.deadline = std::chrono::milliseconds(500);
    Playing play(folder.path(), options);
    play.step();
    EXPECT_TRUE(play->has_failed());
    EXPECT_NE(play->status().find("did not come to rest"), std::string::npos) << play->status();
}

TEST_F(PlayerTest, AProgramThatDoesNotCompileIsASentence) {
    const Folder folder;
    folder.write("p.c", "int main(void) { return 0 }\n");
    folder.write("lesson.md", small_lesson("```step\nchild ends\n```\n"));
    Playing play(folder.path());
    EXPECT_TRUE(play->has_failed());
    EXPECT_NE(play->status().find("p.c:1:"), std::string::npos) << play->status();
    EXPECT_EQ(play->run(), nullptr);
    play.step();
    play->back();
    play->kill(0, SIGTERM);
}

TEST_F(PlayerTest, AProgramThatCrashesIsToldAsItsEnd) {
    const Folder folder;
    folder.write("p.c", "#include <unistd.h>\nint main(void) { getpid(); *(volatile int *)0 = 1; }\n");
    folder.write("lesson.md", small_lesson("```step\ncrash getpid() returns\ncrash ends killed SIGSEGV\n```\n", "crash"));
    Playing play(folder.path());
    play.step();
    EXPECT_TRUE(play->is_done()) << play->status();
}

}  // namespace
}  // namespace ipcscope
