// Back is real: another run with the same choices.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/lesson/folder.h"
#include "tests/lesson/playing.h"

namespace ipcscope {
namespace {

class Back : public testing::Test {
  protected:
    const OwnDirectories own_;
};

// At each move of each lesson: one step on and one back is where we were.
TEST_F(Back, LeadsToTheSameTraceFromEverywhere) {
    for (const char* id : {"one-call", "pipe", "endless-read", "sigpipe"}) {
        Playing play(std::string(IPCSCOPE_LESSONS) + "/" + id);
        std::string before = play.account();
        for (int moves = 0; moves < 100 && (play->can_step() || play->wants_prediction()); ++moves) {
            if (play->wants_prediction()) play->predict(0, false);
            const int made = play->moves(), step = play->step();
            play.step();
            if (play->moves() == made) continue;
            const std::string after = play.account();
            play->back();
            play.settle();
            EXPECT_EQ(play.account(), before) << id << ", move " << made;
            EXPECT_EQ(play->moves(), made);
            EXPECT_EQ(play->step(), step);
            EXPECT_FALSE(play->wants_prediction()) << "what was committed stays committed";
            play.step();
            EXPECT_EQ(play.account(), after) << id << ", move " << made;
            before = after;
        }
        EXPECT_TRUE(play->is_done()) << id << ": " << play->status();
    }
}

TEST_F(Back, TakesBackAKillAndAClose) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/pipe");
    play->run_to(2, 3);
    play.settle();
    const std::string before = play.account();
    play->kill(play.id_of("parent"), SIGKILL);
    play.settle();
    EXPECT_EQ(play.state_of("parent"), "killed by SIGKILL");
    EXPECT_TRUE(play->is_off_script());
    play.step();  // away from the script it is the turn of whoever can: the child's _exit
    EXPECT_EQ(play.state_of("child"), "exited 0");
    play->back();
    play.settle();
    EXPECT_EQ(play.state_of("child"), "alive");
    EXPECT_TRUE(play->is_off_script());
    play->back();
    play.settle();
    EXPECT_EQ(play.account(), before);
    EXPECT_FALSE(play->is_off_script());
    play->close_descriptor(play.id_of("parent"), 4);
    play.settle();
    EXPECT_TRUE(play->is_off_script());
    play->back();
    play.settle();
    EXPECT_EQ(play.account(), before);
}

TEST_F(Back, AtTheStartDoesNothing) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/pipe");
    const auto runs = play->run_number();
    play->back();
    play.settle();
    EXPECT_EQ(play->run_number(), runs);
}

TEST_F(Back, RestartForgetsWhatWasAnswered) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/pipe");
    play->run_to(2, 0);
    play.settle();
    play->predict(0, true);
    play.step();
    play->restart();
    play.settle();
    EXPECT_EQ(play->moves(), 0);
    EXPECT_EQ(play->step(), 0);
    EXPECT_EQ(play->prediction(2, 1).chosen, -1);
}

TEST_F(Back, InTheMiddleOfAReplayIsSafe) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/pipe");
    play->run_to(3, 0);
    play.settle();
    const int made = play->moves();
    play->back();
    play->back();
    play->back();
    play.settle();
    EXPECT_EQ(play->moves(), made - 3);
    EXPECT_FALSE(play->has_failed()) << play->status();
}

}  // namespace
}  // namespace ipcscope
