// A child that no function of libc made, and that makes no call for a while (a raw one sleeps).
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    const long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        getppid();
        _exit(6);
    }
    int status;
    if (waitpid((pid_t)child, &status, 0) != child) return 1;
    return WEXITSTATUS(status);
}
