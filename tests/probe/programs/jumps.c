// A handler that leaves a read by siglongjmp, again and again. Trap 37.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf back;
static void jump(int signal) { (void)signal; siglongjmp(back, 1); }

int main(void) {
    int fds[2];
    char byte;
    if (pipe(fds) < 0) return 1;
    signal(SIGALRM, jump);
    for (volatile int i = 0; i < 5; ++i) {
        if (sigsetjmp(back, 1) == 0) {
            struct itimerval soon = {{0, 0}, {0, 10000}};
            setitimer(ITIMER_REAL, &soon, NULL);
            printf("read %zd\n", read(fds[0], &byte, 1));
        } else {
            (void)!write(fds[1], "x", 1);
            printf("jumped, then read %zd\n", read(fds[0], &byte, 1));
        }
    }
    return 0;
}
