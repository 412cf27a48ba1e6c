// The lessons that ship: true in every word that a machine can check, and as the rules for good ones say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/lesson/check.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

std::vector<std::string> ids() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(IPCSCOPE_LESSONS))
        if (exists(entry.path() / "lesson.md")) found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
}

class ShippedLesson : public testing::TestWithParam<std::string> {
  protected:
    ShippedLesson() {
        auto lesson = load_lesson(std::string(IPCSCOPE_LESSONS) + "/" + GetParam());
        EXPECT_TRUE(lesson) << lesson.sentence();
        if (lesson) lesson_ = *lesson;
    }
    const OwnDirectories own_;
    Lesson lesson_;
};

TEST_P(ShippedLesson, MeetsAllItsGoalsWithAllItsWhatIfs) {
    const CheckReport report = check_lesson(lesson_, {});
    for (const std::string& failure : report.failures) ADD_FAILURE() << failure;
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.goals_met, report.goals);
    EXPECT_GT(report.witness_lines, 0u);
}

TEST_P(ShippedLesson, TakesItsProgramsFromTheBuild) {
    EXPECT_TRUE(lesson_.came_with_ipcscope);
    const auto program = build_program(lesson_, lesson_.program);
    ASSERT_TRUE(program) << program.sentence();
    EXPECT_NE(program->find("libexec/ipcscope/lessons/" + lesson_.id), std::string::npos) << *program;
}

TEST_P(ShippedLesson, IsShapedAsTheRulesSay) {
    EXPECT_GE(lesson_.steps.size(), 5u);
    EXPECT_LE(lesson_.steps.size(), 9u);
    int predictions = 0, what_ifs = 0;
    for (const LessonStep& step : lesson_.steps)
        for (const Block& block : step.blocks) {
            predictions += block.kind == Block::Kind::Predict;
            what_ifs += block.kind == Block::Kind::WhatIf;
            if (block.kind != Block::Kind::Predict) continue;
            const auto unmended = std::ranges::count(block.prediction.options, "", &Prediction::Option::mending);
            EXPECT_EQ(unmended, 1) << "line " << block.prediction.line
                                   << ": every option but the true one has a mending sentence";
        }
    EXPECT_GE(predictions, 2);
    EXPECT_GE(what_ifs, 2);
    std::ifstream file(lesson_.folder + "/lesson.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str().find("simply"), std::string::npos);
}

// The one option without a mending sentence is the one that the kernel says is true.
TEST_P(ShippedLesson, MendsExactlyTheWrongOptions) {
    CheckOptions options;
    options.with_what_ifs = false;
    std::vector<std::string> answers;
    options.tell = [&](const Telling& telling) {
        if (telling.kind == Telling::Kind::Answer) answers.push_back(telling.text);
    };
    check_lesson(lesson_, options);
    std::vector<std::string> unmended;
    for (const LessonStep& step : lesson_.steps)
        for (const Block& block : step.blocks)
            for (const auto& option : block.prediction.options)
                if (option.mending.empty()) unmended.push_back(option.text);
    EXPECT_EQ(answers, unmended);
}

TEST_P(ShippedLesson, HasProgramsThatFitOnAScreenAndExplainEachClose) {
    for (const auto& entry : std::filesystem::directory_iterator(lesson_.folder)) {
        if (entry.path().extension() != ".c") continue;
        std::ifstream file(entry.path());
        int lines = 0;
        for (std::string line; std::getline(file, line); ++lines) {
            EXPECT_LE(line.size(), 112u) << entry.path() << ": " << lines + 1;
            const bool closes_unexplained = line.find("(close(") != std::string::npos && line.find("/*") == std::string::npos;
            EXPECT_FALSE(closes_unexplained) << entry.path() << ": " << line;
        }
        const bool is_web_server = entry.path().filename() == "server.c";    // it speaks a second language, HTTP
        EXPECT_LE(lines, is_web_server ? 60 : 40) << entry.path();
    }
}

INSTANTIATE_TEST_SUITE_P(All, ShippedLesson, testing::ValuesIn(ids()), [](const auto& info) {
    std::string name = info.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

}  // namespace
}  // namespace ipcscope
