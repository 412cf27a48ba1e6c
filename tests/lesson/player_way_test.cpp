// The learner is the scheduler: other ways that come to the same are the lesson's way, others are the learner's own.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/lesson/folder.h"
#include "tests/lesson/playing.h"

namespace ipcscope {
namespace {

class Way : public testing::Test {
  protected:
    const OwnDirectories own_;
};

TEST_F(Way, AnotherOrderThatComesToTheSameMeetsTheGoals) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/pipe");
    play.step(3);                                 // pipe, text, fork
    play->step_thread(play.thread_of("parent"));  // the lesson would have taken the child
    play.settle();
    EXPECT_FALSE(play->is_off_script());
    EXPECT_EQ(play->next_thread(), play.thread_of("child"));
    play.step();
    EXPECT_TRUE(play->is_step_done());
    play.play_to_end();
    EXPECT_TRUE(play->is_done()) << play->status();
}

TEST_F(Way, AnotherOrderThatDoesNotIsTheLearnersOwn) {
    Playing play(std::string(IPCSCOPE_LESSONS) + "/pipe");
    play.step(3);
    play->step_thread(play.thread_of("parent"));  // close(3)
    play.settle();
    play->step_thread(play.thread_of("parent"));  // write(4, "hello"): the lesson's reader was to sleep first
    play.settle();
    play.step(2);  // the child's close, then the next step's text
    play->predict(1, true);
    play.step(3);
    EXPECT_FALSE(play->has_failed()) << play->status();
    EXPECT_TRUE(play->is_off_script());
    EXPECT_TRUE(play->can_step()) << "one can go on, without goals";
    play->back();
    play.settle();
    EXPECT_FALSE(play->has_failed()) << play->status();
}

TEST_F(Way, WhatIsTypedIsAMoveLikeAnyOther) {
    const Folder folder;
    folder.write("p.c",
                 "#include <unistd.h>\nint main(void) { char b[8]; read(0, b, sizeof b); _exit(b[0] == 'y' ? 3 : 4); }\n");
    folder.write("lesson.md", small_lesson("```step\nreader read(0, ...) blocks\n```\n\n```what-if\nType\ndo type "
                                           "\"y\\n\"\nreader read(0, \"y\\n\", 8) = 2\n> Typed.\n```\n",
                                           "reader"));
    Playing play(folder.path());
    play.step();
    const std::string asleep = play.account();
    play->type_input("y\n");
    play.settle();
    play->step_thread(play.thread_of("reader"));
    play.settle();
    EXPECT_EQ(play.state_of("reader"), "exited 3");
    play->back();
    play.settle();
    play->back();
    play.settle();
    EXPECT_EQ(play.account(), asleep);
    play->what_if(0, 1);
    play.settle();
    EXPECT_EQ(play->what_if_result(), "Typed.") << play->status();
}

TEST_F(Way, AFunctionsPredictionWithoutATrueOptionIsAFaultOfTheLesson) {
    const Folder folder;
    folder.write("p.c", small_program);
    folder.write("lesson.md", small_lesson("```predict\nq\n- a => parent pipe([5, 6]) = 0\n- b => parent pipe(...) fails "
                                           "EMFILE\n> c\n```\n```step\nparent pipe([3, 4]) = 0\n```\n"));
    Playing play(folder.path());
    play->predict(0, true);
    play.step();
    EXPECT_TRUE(play->is_done());
    EXPECT_EQ(play->prediction(0, 0).kernel, -1);
}

// Behind the last goal the calls are the learner's.
TEST_F(Way, WhenTheScriptIsOverTheProgramsGoOn) {
    const Folder folder;
    folder.write("p.c", "#include <unistd.h>\nint main(void) { char b[8]; for (;;) { if (read(0, b, sizeof b) <= 0) _exit(1); if (getppid() < 0) _exit(2); } }\n");
    folder.write("lesson.md", small_lesson("```step\nreader read(0, ...) blocks\n```\n", "reader"));
    Playing play(folder.path());
    EXPECT_FALSE(play->is_open());
    play.step();
    EXPECT_TRUE(play->is_open());
    EXPECT_FALSE(play->can_step());    // it sleeps
    play->type_input("one\n");
    play.settle();
    EXPECT_TRUE(play->can_step());
    play.step(2);                      // getppid, and read again
    EXPECT_FALSE(play->is_off_script());
    EXPECT_FALSE(play->can_step());
    EXPECT_TRUE(play->is_done());
}

}  // namespace
}  // namespace ipcscope
