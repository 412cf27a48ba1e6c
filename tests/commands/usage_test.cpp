// What is said to those who ask, and to those who ask for what there is not.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/commands/program.h"

namespace ipcscope {
namespace {

TEST(Usage, HelpHasAnExampleForEveryCommand) {
    const Finished all = run_ipcscope({"--help"});
    EXPECT_EQ(all.status, 0);
    for (const char* command : {"list", "run", "check", "compare", "trace", "endpoint", "doctor"}) {
        EXPECT_NE(all.out.find(command), std::string::npos);
        const Finished help = run_ipcscope({command, "--help"});
        EXPECT_EQ(help.status, 0);
        EXPECT_NE(help.out.find(std::string("Example:  ipcscope ") + command), std::string::npos) << help.out;
    }
    EXPECT_NE(run_ipcscope({"run", "--help"}).out.find("With --json"), std::string::npos);
    EXPECT_EQ(run_ipcscope({"run", "--help"}).out.find("wrapper"), std::string::npos);
    EXPECT_EQ(run_ipcscope({"--version"}).out.substr(0, 9), "ipcscope ");
}

TEST(Usage, WrongUsageIsOneSentenceAndTwo) {
    const std::vector<std::vector<std::string>> wrong = {{"rnu", "pipe"},
                                                         {"run"},
                                                         {"run", "pipe", "more"},
                                                         {"run", "--colour", "pipe"},
                                                         {"check", "--times", "0"},
                                                         {"trace"},
                                                         {"trace", "--"},
                                                         {"list", "run"},
                                                         {"run", "pipee"},
                                                         {"run", ""},
                                                         {"run", "./nowhere"},
                                                         {"check", "pip"},
                                                         {"endpoint"},
                                                         {"endpoint", "listen", "tcp"},
                                                         {"endpoint", "call", "tcp", "7000"},
                                                         {"endpoint", "listen", "tpc", "7000"},
                                                         {"endpoint", "listen", "tcp", "70000"},
                                                         {"endpoint", "connect", "udp", "localhost"},
                                                         {"endpoint", "listen", "tcp", "0.0.0.0:7000"},
                                                         {"endpoint", "connect", "tcp", "192.0.2.1:80"},
                                                         {"endpoint", "listen", "tcp", "7000", "--slow", "much"},
                                                         {"compare"},
                                                         {"compare", "pipe"},
                                                         {"compare", "choose", "--size", "0"},
                                                         {"compare", "choose", "--only", "pip.c"}};
    for (const auto& arguments : wrong) {
        const Finished finished = run_ipcscope(arguments);
        EXPECT_EQ(finished.status, 2) << arguments[0] << ": " << finished.err;
        EXPECT_EQ(finished.err.substr(0, 10), "ipcscope: ");
        EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
        EXPECT_EQ(finished.out, "");
    }
    EXPECT_NE(run_ipcscope({"run", "pipee"}).err.find("did you mean \"pipe\"?"), std::string::npos);
}

TEST(Usage, ListShowsTheLessonsInTheirOrder) {
    const Finished list = run_ipcscope({"list"});
    EXPECT_EQ(list.status, 0);
    EXPECT_LT(list.out.find("one-call"), list.out.find("pipe"));
    EXPECT_LT(list.out.find("endless-read"), list.out.find("sigpipe"));
    EXPECT_EQ(list.out.find('\x1b'), std::string::npos) << "no colour into a pipe";
    std::istringstream lines(run_ipcscope({"list", "--json"}).out);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_FALSE(nlohmann::json::parse(line).at("teaches").empty());
    EXPECT_GE(count, 4);
}

TEST(Usage, DoctorSaysWhetherIpcscopeCanWork) {
    const Finished doctor = run_ipcscope({"doctor"});
    EXPECT_EQ(doctor.status, 0) << doctor.out;
    EXPECT_NE(doctor.out.find("ipcscope can work here."), std::string::npos);
    std::istringstream lines(run_ipcscope({"doctor", "--json"}).out);
    for (std::string line; std::getline(lines, line);) EXPECT_TRUE(nlohmann::json::parse(line).contains("is_fine"));
}

}  // namespace
}  // namespace ipcscope
