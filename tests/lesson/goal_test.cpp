#include "core/lesson/goal.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

namespace ipcscope {
namespace {

using Outcome = Goal::Outcome;
const std::vector<std::string> processes = {"parent", "child"};

Goal goal(std::string_view text) {
    auto parsed = parse_goal(text, processes);
    EXPECT_TRUE(parsed) << text << ": " << parsed.sentence();
    return parsed ? *parsed : Goal{};
}

std::string complaint(std::string_view text) {
    const auto parsed = parse_goal(text, processes);
    return parsed ? "" : parsed.sentence();
}

TEST(Goal, ReadsEveryOutcome) {
    EXPECT_EQ(goal("child read(3, ..., 16) blocks").outcome, Outcome::Blocks);
    EXPECT_EQ(goal("child execv(...) starts").outcome, Outcome::Starts);
    EXPECT_EQ(goal("child read(3, ...) returns").outcome, Outcome::Returns);
    EXPECT_EQ(goal("parent  write(4, \"hello\", 5)  = 5").value, 5);
    EXPECT_EQ(goal("parent lseek(4, 0, SEEK_SET) = 0x10").value, 16);
    EXPECT_EQ(goal("parent fork() = child").name, "child");
    EXPECT_EQ(goal("parent fork() = child").outcome, Outcome::ReturnsProcess);
    EXPECT_EQ(goal("child read(...) fails EAGAIN").value, EAGAIN);
    EXPECT_EQ(goal("child write(4, ...) dies SIGPIPE").value, SIGPIPE);
    EXPECT_EQ(goal("child _exit(3) ends").outcome, Outcome::EndsAny);
    EXPECT_EQ(goal("child ends").outcome, Outcome::EndsAny);
    EXPECT_FALSE(goal("child ends").call);
    EXPECT_EQ(goal("child ends exited 3").value, 3 << 8);
    EXPECT_EQ(goal("child ends killed SIGTERM").value, SIGTERM);
}

TEST(Goal, KnowsWhereAnArgumentEnds) {
    const Goal tricky = goal(R"x(parent write(4, "a, (b\")", 5) = 5)x");
    ASSERT_EQ(tricky.arguments.size(), 3u);
    EXPECT_EQ(tricky.arguments[1], R"x("a, (b\")")x");
    EXPECT_EQ(goal("parent pipe([3, 4]) = 0").arguments, std::vector<std::string>{"[3, 4]"});
    EXPECT_TRUE(goal("parent fork() = child").arguments.empty());
}

TEST(Goal, SaysWhatIsWrong) {
    EXPECT_EQ(complaint("chlid read(3, ...) blocks"),
              "no process called \"chlid\"; this lesson has parent and child; did you mean \"child\"?");
    EXPECT_EQ(complaint("child raed(3, ...) blocks"), "no call named \"raed\" is known to ipcscope; did you mean \"read\"?");
    EXPECT_EQ(complaint("child read(3) = 5"),
              "read has 3 arguments, here it is given 1; write ... for those that do not matter");
    EXPECT_NE(complaint("child read(..., ...) blocks").find("once"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ..., 16").find("never closed"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...) rests").find("\"rests\" is no end of a call"), std::string::npos);
    EXPECT_EQ(complaint("child read(3, ...) starts"), "only exec starts a new program in its process; read does not");
    EXPECT_NE(complaint("child read(3, ...) blcoks").find("did you mean \"blocks\"?"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...)").find("how does this call end?"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...) = -1").find("fails EAGAIN"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...) = chidl").find("did you mean \"child\"?"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...) dies SIGPIP").find("did you mean \"SIGPIPE\"?"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...) fails ENOPE").find("no error called"), std::string::npos);
    EXPECT_NE(complaint("child ends exited 256").find("0 to 255"), std::string::npos);
    EXPECT_NE(complaint("child").find("comes a call"), std::string::npos);
    EXPECT_NE(complaint("child read(3,, 5) = 5").find("missing between two commas"), std::string::npos);
    EXPECT_NE(complaint("child read(3, ...) = 99999999999999999999").find("no process called"), std::string::npos);
}

TEST(Names, AnErrorThatTheCallMayAnswerWith) {
    EXPECT_EQ(likely_error(row_of(CallId::read)), EINTR);
    EXPECT_EQ(likely_error(row_of(CallId::pthread_mutex_lock)), EDEADLK);
    EXPECT_EQ(likely_error(row_of(CallId::pthread_mutex_unlock)), EPERM);
}

TEST(Arguments, MatchAsTheCanonicalLineSaysThem) {
    const std::vector<std::string> line = {"3 pipe#1", "\"hello\\n\"", "16"};
    EXPECT_TRUE(arguments_match(goal("child read(3, \"hello\\n\", 16) = 6"), line));
    EXPECT_TRUE(arguments_match(goal("child read(3, \"hello\\x0a\", 16) = 6"), line));
    EXPECT_TRUE(arguments_match(goal("child read(pipe#1, _, _) = 6"), line));
    EXPECT_TRUE(arguments_match(goal("child read(3, ..., 16) = 6"), line));
    EXPECT_TRUE(arguments_match(goal("child read(...) = 6"), line));
    EXPECT_FALSE(arguments_match(goal("child read(4, ...) = 6"), line));
    EXPECT_FALSE(arguments_match(goal("child read(3, \"hello\", 16) = 6"), line));
    EXPECT_FALSE(arguments_match(goal("child read(3, ..., 15) = 6"), line));
    EXPECT_FALSE(arguments_match(goal("child read(..., \"hello\\n\") = 6"), line));
}

TEST(Arguments, WhatACallFillsInIsNotKnownBefore) {
    const std::vector<std::string> before = {"3 pipe#1", "…", "16"};
    EXPECT_TRUE(arguments_match_before(goal("child read(3, \"hello\", 16) = 5"), before));
    EXPECT_FALSE(arguments_match(goal("child read(3, \"hello\", 16) = 5"), before));
    EXPECT_FALSE(arguments_match_before(goal("child write(3, \"hello\", 16) = 5"), before));  // in: it is known
    EXPECT_TRUE(arguments_match_before(goal("parent pipe([3, 4]) = 0"), {"…"}));
}

}  // namespace
}  // namespace ipcscope
