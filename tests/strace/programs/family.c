// fork, vfork, exec, wait and its relatives; a pipe between parent and child; a child that is killed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    (void)argv;
    if (argc > 1) _exit(getpid() > 0 ? 11 : 12);
    int fds[2], status;
    struct rusage usage;
    if (pipe(fds) != 0) return 1;
    pid_t child = fork();
    if (child == 0) {
        char buffer[16];
        close(fds[1]);
        while (read(fds[0], buffer, sizeof buffer) > 0) continue;
        _exit(getppid() > 0 && getpid() > 0 ? 7 : 8);
    }
    close(fds[0]);
    if (write(fds[1], "hello", 5) != 5) return 2;
    close(fds[1]);
    if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7) return 3;
    if ((child = vfork()) == 0) {
        execl("/no/such/program", "program", (char*)NULL);
        _exit(errno == ENOENT ? 9 : 10);
    }
    if (wait(&status) != child || WEXITSTATUS(status) != 9) return 4;
    if ((child = fork()) == 0) {
        raise(SIGKILL);
        _exit(1);
    }
    if (wait4(child, &status, 0, &usage) != child || WTERMSIG(status) != SIGKILL) return 5;
    if ((child = vfork()) == 0) {
        execl("/proc/self/exe", "family", "again", (char*)NULL);
        _exit(1);
    }
    if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 11) return 6;
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) return 7;
    struct pollfd ready = {fds[0], POLLIN, 0};
    if (poll(&ready, 1, 0) != 0 || read(fds[0], &status, 4) != -1 || errno != EAGAIN) return 8;
    signal(SIGPIPE, SIG_IGN);
    close(fds[0]);
    if (write(fds[1], "x", 1) != -1 || errno != EPIPE) return 9;
    if (kill(getpid(), 0) != 0 || waitpid(-1, NULL, WNOHANG) != -1 || wait3(NULL, 0, &usage) != -1) return 10;
    usleep(1);
    return 0;
}
