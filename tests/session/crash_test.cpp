// The session is killed at any moment: no process, no directory, no shared memory stays behind.
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "core/session/run_directory.h"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// Processes whose command line names our directory (keepers) or whose program lies among the test programs.
std::vector<std::string> left_processes(const std::string& directory) {
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::error_code gone;
        const std::string program = fs::read_symlink(entry.path() / "exe", gone).string();
        std::string environment, command;
        for (const auto& [file, text] : {std::pair{"cmdline", &command}, std::pair{"environ", &environment}}) {
            const int descriptor = open((entry.path() / file).c_str(), O_RDONLY | O_CLOEXEC);
            char part[65536];
            const ssize_t length = descriptor < 0 ? 0 : read(descriptor, part, sizeof part);
            if (descriptor >= 0) close(descriptor);
            if (length > 0) text->assign(part, static_cast<std::size_t>(length));
        }
        if (command.find(directory) != std::string::npos || environment.find("XDG_RUNTIME_DIR=" + directory) != std::string::npos)
            left.push_back(name + " " + program);
    }
    return left;
}

class Crash : public testing::Test {
 protected:
    void SetUp() override {
        char path[] = "/tmp/ipcscope-crash-XXXXXX";
        ASSERT_NE(mkdtemp(path), nullptr);
        directory_ = path;
    }
    void TearDown() override {
        unsetenv("XDG_RUNTIME_DIR");
        fs::remove_all(directory_);
    }

    // Starts a holder of a session, kills it after `delay`, and waits until everything is gone.
    void crash(const char* program, const char* gates, const char* kind, std::chrono::microseconds delay) {
        int out[2];
        ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
        const std::string path = std::string(PROGRAMS_DIRECTORY) + "/" + program;
        const char* const argv[] = {HOLDER, path.c_str(), gates, kind, nullptr};
        const std::string runtime = "XDG_RUNTIME_DIR=" + directory_;
        const char* const environment[] = {runtime.c_str(), "PATH=/usr/bin:/bin", nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        pid_t holder;
        ASSERT_EQ(posix_spawn(&holder, HOLDER, &actions, nullptr, const_cast<char**>(argv), const_cast<char**>(environment)), 0);
        posix_spawn_file_actions_destroy(&actions);
        close(out[1]);
        char line[16];
        ASSERT_GT(read(out[0], line, sizeof line), 0);    // it is about to start its session
        close(out[0]);
        std::this_thread::sleep_for(delay);
        kill(holder, SIGKILL);
        waitpid(holder, nullptr, 0);

        const auto end = std::chrono::steady_clock::now() + 5s;
        while (!left_processes(directory_).empty() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
        for (const std::string& process : left_processes(directory_)) ADD_FAILURE() << "still there: " << process << " after " << delay.count() << " us";
        // Killed in the millisecond between the directory and the keeper, it leaves a directory for the next run to sweep.
        left_directories_ += !fs::is_empty(directory_);
        setenv("XDG_RUNTIME_DIR", directory_.c_str(), 1);
        // (Whoever ends loses its memory, where we looked, before its descriptors, of which one is the directory's lock.)
        do EXPECT_TRUE(ipcscope::RunDirectory::make());
        while (!fs::is_empty(directory_) && std::chrono::steady_clock::now() < end);
        EXPECT_TRUE(fs::is_empty(directory_)) << "the run directory is still there after " << delay.count() << " us";
    }

    std::string directory_;
    int left_directories_ = 0;
};

TEST_F(Crash, AtAnyMoment) {
    std::mt19937 random(std::random_device{}());
    std::uniform_int_distribution<int> delay(0, 40'000);
    for (int round = 0; round < 6; ++round)
        for (const char* program : {"tree", "chain", "calls"})
            for (const char* kind : {"private", "open"}) crash(program, round % 2 ? "held" : "free", kind, std::chrono::microseconds(delay(random)));
    EXPECT_LE(left_directories_, 9) << "of 36: the keeper does not clean up";
}

TEST_F(Crash, ALeftDirectoryIsSweptAndALivingOneIsNot) {
    setenv("XDG_RUNTIME_DIR", directory_.c_str(), 1);
    const fs::path left = fs::path(directory_) / "ipcscope-run-abcdef";
    const fs::path elsewhere = fs::path(directory_) / "elsewhere";
    fs::create_directories(left / "files" / "deep");
    fs::create_directory(elsewhere);
    std::ofstream(left / "files" / "deep" / "file") << "left by a program";
    std::ofstream(elsewhere / "kept") << "somebody's";
    fs::create_symlink(elsewhere, left / "files" / "link");
    const auto living = ipcscope::RunDirectory::make();
    ASSERT_TRUE(living);
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(elsewhere / "kept"));
    EXPECT_TRUE(ipcscope::RunDirectory::make());
    EXPECT_TRUE(fs::exists(living->path()));
}

}  // namespace
