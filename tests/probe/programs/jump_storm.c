// Jumps out of whatever instruction the probe happens to be at: 2,000 of them. Traps 37, 38.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int jumps;
static void jump(int signal) {
    (void)signal;
    ++jumps;
    getppid();
    siglongjmp(back, 1);
}

int main(void) {
    signal(SIGALRM, jump);
    struct itimerval often = {{0, 100}, {0, 100}};
    sigsetjmp(back, 1);
    setitimer(ITIMER_REAL, &often, NULL);
    while (jumps < 2000) getpid();
    struct itimerval never = {{0, 0}, {0, 0}};
    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("done\n");
    return 0;
}
