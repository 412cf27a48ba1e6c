// `run` and `check`, on good lessons and on bad ones.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/commands/program.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

class LessonCommands : public testing::Test {
  protected:
    void write(const std::string& program, const std::string& blocks, const std::string& processes = "parent child") {
        folder_.write("p.c", program);
        folder_.write("lesson.md", small_lesson(blocks, processes));
    }
    Finished run() { return run_ipcscope({"run", "--yes", folder_.path()}); }
    Finished check() { return run_ipcscope({"check", "--yes", folder_.path()}); }

    const OwnDirectories own_;
    const Folder folder_;
};

TEST_F(LessonCommands, RunTellsTheStepsTheCallsAndTheAnswers) {
    const Finished pipe = run_ipcscope({"run", "pipe"});
    EXPECT_EQ(pipe.status, 0) << pipe.out << pipe.err;
    for (const char* line :
         {"Pipe: one way, one kernel buffer\n", "\n3. An empty pipe makes the reader sleep\n",
          "✓ child   read(3 pipe#1, …, 65536) asleep\n", "the pipe is empty, and 1 write end is still open: parent 4",
          "  = It sleeps. A read from an empty pipe sleeps"})
        EXPECT_NE(pipe.out.find(line), std::string::npos) << line;
    EXPECT_NE(pipe.out.find("goals met; the kernel agrees in "), std::string::npos) << pipe.out;
    EXPECT_EQ(pipe.err, "");
    EXPECT_EQ(pipe.out.find('\x1b'), std::string::npos);
}

TEST_F(LessonCommands, CompareSaysWhatEachMechanismCosts) {
    const Finished table = run_ipcscope({"compare", "choose", "--size", "64", "--repetitions", "1", "--only", "shared-memory.c"});
    EXPECT_EQ(table.status, 0) << table.err;
    for (const char* text : {"64 B a message; free and unobserved, on one processor", "\nMemory + semaphores  ", "syscalls"})
        EXPECT_NE(table.out.find(text), std::string::npos) << text << " in " << table.out;
    std::istringstream lines(run_ipcscope({"compare", "choose", "--size", "64", "--repetitions", "1", "--json"}).out);
    std::map<std::string, nlohmann::json> rows;
    for (std::string line; std::getline(lines, line);) {
        const nlohmann::json row = nlohmann::json::parse(line);
        rows[row.at("program")] = row;
    }
    ASSERT_EQ(rows.size(), 7u);
    for (const auto& [program, row] : rows) {
        EXPECT_GT(row.at("latency_ns").at("median"), 0) << program;
        EXPECT_GE(row.at("messages"), 16) << program;
    }
    EXPECT_EQ(rows["shared-memory.c"].at("system_calls"), 0);
    EXPECT_EQ(rows["shared-memory.c"].at("copies"), 0);
    EXPECT_EQ(rows["pipe.c"].at("copies"), 2);
}

TEST_F(LessonCommands, RunAsJsonIsOneObjectALine) {
    const Finished finished = run_ipcscope({"run", "--json", "sigpipe"});
    EXPECT_EQ(finished.status, 0);
    std::istringstream lines(finished.out);
    std::map<std::string, int> types;
    nlohmann::json last, died;
    for (std::string line; std::getline(lines, line);) {
        last = nlohmann::json::parse(line);
        ++types[last.at("type").get<std::string>()];
        if (last.value("outcome", "") == "dies of SIGPIPE") died = last;
    }
    EXPECT_EQ(types["step"], 7);
    EXPECT_EQ(types["question"], types["answer"]);
    EXPECT_EQ(last.at("type"), "summary");
    EXPECT_TRUE(last.at("passed"));
    EXPECT_EQ(died.at("process"), "writer");
    EXPECT_EQ(died.at("arguments").at(1), "\"two\\n\"");
    EXPECT_GT(died.at("goal"), 0);
}

TEST_F(LessonCommands, CheckPassesTheShippedOnes) {
    const std::string listed = run_ipcscope({"list", "--json"}).out;
    const auto lessons = std::ranges::count(listed, '\n');
    EXPECT_GE(lessons, 4);
    const Finished finished = run_ipcscope({"check"});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_EQ(std::ranges::count(finished.out, '\n'), lessons) << finished.out;
    const Finished twice = run_ipcscope({"check", "--times", "2", "one-call"});
    EXPECT_NE(twice.out.find("2 of 2 checks passed"), std::string::npos) << twice.out;
}

TEST_F(LessonCommands, WithoutNamespacesTheSameGoalsAreMet) {
    std::vector<std::string> command{"check", "--no-namespaces"};
    std::istringstream listed(run_ipcscope({"list", "--json"}).out);
    for (std::string line; std::getline(listed, line);) {
        const std::string id = nlohmann::json::parse(line).at("id");
        if (id != "time-wait") command.push_back(id);    // it leaves this machine's own port 5000 in TIME-WAIT, for a minute
    }
    const Finished finished = run_ipcscope(command);
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
}

TEST_F(LessonCommands, SomebodyElsesLessonIsAskedAboutFirst) {
    write(small_program, "```step\nparent pipe([3, 4]) = 0\n```\n");
    for (const char* command : {"run", "check"}) {
        const Finished finished = run_ipcscope({command, folder_.path()});
        EXPECT_EQ(finished.status, 2);
        EXPECT_NE(finished.err.find("did not come with ipcscope"), std::string::npos) << finished.err;
        EXPECT_NE(finished.err.find(folder_.path()), std::string::npos);
    }
    EXPECT_EQ(access(own_.folder().file("ipcscope").c_str(), F_OK), -1) << "nothing was compiled";
    EXPECT_EQ(run().status, 0);
}

TEST_F(LessonCommands, AMissedGoalIsOneAndSaysWhere) {
    write(small_program, "```step\nparent pipe([3, 4]) = 0\nparent fork() = child\nchild close(4) fails EBADF\n```\n");
    for (const Finished& finished : {run(), check()}) {
        EXPECT_EQ(finished.status, 1);
        EXPECT_NE(finished.out.find(
                      folder_.file("lesson.md") +
                      ":16: `child close(4) fails EBADF` was not seen; of child: the kernel answered close(4 pipe#1) = 0"),
                  std::string::npos)
            << finished.out;
    }
}

TEST_F(LessonCommands, AMisspeltProcessIsOneSentence) {
    write(small_program, "```step\nchlid ends\n```\n");
    const Finished finished = run();
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(finished.err,
              "ipcscope: " + folder_.file("lesson.md") +
                  ":14: no process called \"chlid\"; this lesson has parent and child; did you mean \"child\"?\n");
}

TEST_F(LessonCommands, AMissingProgramIsOneSentence) {
    folder_.write("lesson.md", small_lesson("```step\nchild ends\n```\n"));
    const Finished finished = run();
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.err.find("lesson.md:7: no file called \"p.c\""), std::string::npos) << finished.err;
}

TEST_F(LessonCommands, AProgramThatDoesNotCompileIsOneSentence) {
    write("int main(void)\n{\n    retrun 0;\n}\n", "```step\nchild ends\n```\n");
    for (const Finished& finished : {run(), check()}) {
        EXPECT_EQ(finished.status, 1);
        EXPECT_NE(finished.out.find("p.c:3:"), std::string::npos) << finished.out;
    }
}

TEST_F(LessonCommands, AProgramThatCrashesIsTold) {
    write("int main(void) { *(volatile int *)0 = 1; }\n", "```step\nchild read(0, ...) blocks\n```\n", "child");
    const Finished finished = run();
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.out.find("it has ended: killed by SIGSEGV"), std::string::npos) << finished.out;
}

TEST_F(LessonCommands, AProgramThatNeverEndsIsGivenUp) {
    write("int main(void) { for (;;) continue; }\n", "```step\nchild ends\n```\n", "child");
    const Finished finished = run();
    EXPECT_EQ(finished.status, 1);
    EXPECT_FALSE(finished.was_late);
    EXPECT_NE(finished.out.find("did not come to rest"), std::string::npos) << finished.out;
}

TEST_F(LessonCommands, APredictionThatFitsNothingFails) {
    write(small_program,
          "```predict\nq\n- a => parent pipe([5, 6]) = 0\n- b => parent pipe(...) fails EMFILE\n> c\n```\n```step\nparent "
          "pipe([3, 4]) = 0\n```\n");
    const Finished finished = check();
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.out.find("lesson.md:13: no option of this prediction came true"), std::string::npos) << finished.out;
}

TEST_F(LessonCommands, AWhatIfThatIsNotTrueFails) {
    write(small_program,
          "```step\nparent pipe([3, 4]) = 0\n```\n\n```what-if\nClose\ndo close parent 4\nparent fork() fails EAGAIN\n> "
          "No.\n```\n");
    const Finished finished = check();
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.out.find("lesson.md:20: `parent fork() fails EAGAIN` was not seen"), std::string::npos) << finished.out;
}

// lessons/README.md teaches with a complete small lesson.
TEST_F(LessonCommands, TheExampleForAuthorsIsTrue) {
    std::ifstream file(std::string(IPCSCOPE_LESSONS) + "/README.md");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto between = [&](const std::string& opening, const std::string& closing) {
        const std::size_t begin = text.find(opening) + opening.size();
        return text.substr(begin, text.find(closing, begin) - begin + 1);
    };
    folder_.write("echo.c", between("\n```c\n", "\n```\n"));
    folder_.write("lesson.md", between("\n````markdown\n", "\n````\n"));
    const Finished finished = check();
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_NE(finished.out.find("8 goals, 1 prediction, 1 what-if"), std::string::npos) << finished.out;
}

TEST_F(LessonCommands, EmptyAndNoisyTextsAreSentences) {
    folder_.write("p.c", small_program);
    folder_.write("lesson.md", "");
    EXPECT_EQ(run().status, 1);
    EXPECT_NE(run().err.find("lesson.md:1: a lesson begins with its title"), std::string::npos);
    ASSERT_EQ(truncate(folder_.file("lesson.md").c_str(), 100 << 20), 0);
    const Finished finished = check();
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.err.find("larger than 1 MiB"), std::string::npos);
}

}  // namespace
}  // namespace ipcscope
