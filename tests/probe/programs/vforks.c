// vfork with its real meaning: the parent sleeps, the child borrows its memory. Trap 19.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int __attribute__((noinline)) shared_number(volatile int *number) {
    const pid_t pid = vfork();
    if (pid == 0) {
        *number = 42;
        close(0);
        (void)!write(1, "child\n", 6);
        _exit(3);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

int main(void) {
    volatile int number = 1;
    const int status = shared_number(&number);
    printf("number %d status %d, 0 is %s\n", number, status, dup(0) >= 0 ? "open" : "closed");
    fflush(stdout);
    const pid_t pid = vfork();
    if (pid == 0) {
        execl("/bin/echo", "echo", "from", "echo", (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    if (vfork() == 0) {
        execl("/nowhere", "nowhere", (char *)NULL);
        _exit(9);
    }
    int last = 0;
    wait(&last);
    printf("last %d\n", WEXITSTATUS(last));
    return 0;
}
