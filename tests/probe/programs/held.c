// A handler that makes calls while the program's own call is held at the gate.
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static void handler(int signal) {
    (void)signal;
    volatile int sum = getppid();
    sum += getppid();
    (void)sum;
}

int main(void) {
    struct sigaction action = {0};
    action.sa_handler = handler;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval soon = {{0, 0}, {0, 30000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    (void)!write(1, "written\n", 8);
    return 0;
}
