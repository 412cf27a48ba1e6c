// Where a lesson stands, computed from runs made by hand.
#include "core/lesson/course.h"

#include <gtest/gtest.h>

#include "core/lesson/goal.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

Goal goal(std::string_view text) {
    return *parse_goal(text, {"parent", "child"});
}

Block goals(std::initializer_list<std::string_view> texts) {
    Block block;
    block.kind = Block::Kind::Goals;
    for (const std::string_view text : texts) block.goals.push_back(goal(text));
    return block;
}

Block question(std::initializer_list<std::string_view> options) {
    Block block;
    block.kind = Block::Kind::Predict;
    for (const std::string_view option : options) block.prediction.options.push_back({"", goal(option), ""});
    return block;
}

class CourseTest : public testing::Test {
  protected:
    CourseTest() : run_({"parent", "child"}), parent_(run_.launch()) { run_.quiet(); }
    Past past() { return {run_.trace, run_.model, run_.log}; }
    void settle(Course& course) {
        run_.quiet();
        course.settle(past());
    }

    Lesson lesson_;
    Script run_;
    Actor parent_;
};

TEST_F(CourseTest, TheKernelsAnswerIsWhatCameTrueFirst) {
    const std::string_view a = "parent write(4, \"a\", 1) = 1", b = "parent write(4, \"b\", 1) = 1";
    lesson_.steps.push_back({1, "one", {question({a, b}), question({b, a}), goals({b})}});
    Course course(lesson_);
    run_.pipe(parent_, 3, 4);
    run_.write(parent_, 4, "a");
    run_.write(parent_, 4, "b");
    settle(course);
    EXPECT_EQ(course.prediction(0, 0).kernel, 0) << "both came true, and \"a\" was first";
    EXPECT_EQ(course.prediction(0, 1).kernel, 1);
    EXPECT_TRUE(course.is_done());
}

TEST_F(CourseTest, AQuestionIsAboutWhatFollowsIt) {
    lesson_.steps.push_back(
        {1,
         "one",
         {goals({"parent pipe([3, 4]) = 0"}), question({"parent pipe([3, 4]) = 0", "parent write(4, ...) = 1"}),
          question({"parent write(4, ...) blocks", "parent write(...) = 1"}), goals({"parent write(4, ...) = 1"})}});
    Course course(lesson_);
    EXPECT_EQ(course.open_question(), -1);
    run_.pipe(parent_, 3, 4);
    settle(course);
    EXPECT_EQ(course.block(), 1);
    EXPECT_EQ(course.open_question(), 1);
    course.predict(0, true);
    EXPECT_EQ(course.open_question(), 2);
    course.predict(0, true);
    EXPECT_EQ(course.open_question(), -1);
    EXPECT_EQ(course.block(), 3);
    EXPECT_EQ(course.prediction(0, 1).kernel, -1);
    run_.write(parent_, 4, "a");
    settle(course);
    EXPECT_EQ(course.prediction(0, 1).kernel, 1);
    EXPECT_EQ(course.prediction(0, 2).kernel, 1);
}

TEST_F(CourseTest, WhatHappenedInOneStepDoesNotCountInTheNext) {
    lesson_.steps.push_back({1, "one", {goals({"parent pipe([3, 4]) = 0"})}});
    lesson_.steps.push_back({2, "two", {goals({"parent write(4, ...) = 1"})}});
    Course course(lesson_);
    run_.pipe(parent_, 3, 4);
    run_.write(parent_, 4, "a");
    settle(course);
    EXPECT_TRUE(course.is_step_done());
    EXPECT_FALSE(course.is_done());
    course.advance(run_.trace.size());
    settle(course);
    ASSERT_NE(course.next_goal(), nullptr);
    run_.write(parent_, 4, "b");
    settle(course);
    EXPECT_TRUE(course.is_done());
    course.restart(false);
    EXPECT_EQ(course.step(), 0);
    EXPECT_EQ(course.met_by({0, 0, 0}), no_id);
}

TEST_F(CourseTest, GoalsOfOneStepMayComeInAnyOrder) {
    lesson_.steps.push_back(
        {1, "one", {goals({"parent pipe([3, 4]) = 0", "parent write(4, \"b\", 1) = 1", "parent write(4, \"a\", 1) = 1"})}});
    Course course(lesson_);
    run_.pipe(parent_, 3, 4);
    run_.write(parent_, 4, "a");
    settle(course);
    EXPECT_EQ(course.next(), 1u);
    run_.write(parent_, 4, "b");
    settle(course);
    EXPECT_TRUE(course.is_done());
    EXPECT_LT(course.met_by({0, 0, 2}), course.met_by({0, 0, 1}));
}

}  // namespace
}  // namespace ipcscope
