#include "tests/commands/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace ipcscope {

namespace {

using Clock = std::chrono::steady_clock;

bool take(int descriptor, std::string& into) {
    std::array<char, 65536> buffer;
    const ssize_t got = read(descriptor, buffer.data(), buffer.size());
    if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
}

}  // namespace

Finished run_program(const std::vector<std::string>& arguments, const HowToRun& how) {
    int in[2], out[2], err[2];
    EXPECT_EQ(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC) | pipe2(err, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::vector<char*> argv, environment;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    for (const std::string& variable : how.environment) environment.push_back(const_cast<char*>(variable.c_str()));
    for (char** variable = environ; *variable; ++variable) environment.push_back(*variable);
    environment.push_back(nullptr);

    Finished finished;
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    for (const int end : {in[0], out[1], err[1]}) close(end);
    EXPECT_EQ(error, 0) << arguments[0];
    EXPECT_EQ(write(in[1], how.input.data(), how.input.size()), static_cast<ssize_t>(how.input.size()));
    close(in[1]);

    const auto end = Clock::now() + how.deadline;
    bool is_signalled = how.signal == 0;
    std::array<pollfd, 2> streams = {{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0 || poll(streams.data(), streams.size(), static_cast<int>(left.count())) == 0) {
            finished.was_late = true;
            kill(-pid, SIGKILL);
            break;
        }
        if (streams[0].revents && !take(out[0], finished.out)) streams[0].fd = -1;
        if (streams[1].revents && !take(err[0], finished.err)) streams[1].fd = -1;
        if (!is_signalled && (finished.out + finished.err).find(how.signal_after) != std::string::npos) {
            kill(pid, how.signal);
            is_signalled = true;
        }
    }
    int status = 0;
    waitpid(pid, &status, 0);
    for (const int stream : {out[0], err[0]}) close(stream);
    finished.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return finished;
}

Finished run_ipcscope(std::vector<std::string> arguments, const HowToRun& how) {
    arguments.insert(arguments.begin(), IPCSCOPE_PROGRAM);
    return run_program(arguments, how);
}

}  // namespace ipcscope
