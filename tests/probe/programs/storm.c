// A timer whose handler writes, while the program makes 100,000 calls. Every call is counted here and must be seen there.
// Trap 38.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static int null_fd;
static volatile unsigned long handled, broken;
static void handler(int signal) {
    (void)signal;
    const int before = errno;
    ++handled;
    if (write(null_fd, "in the handler", 14) != 14) ++broken;
    errno = before;
}

int main(void) {
    null_fd = open("/dev/null", O_WRONLY);
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_NODEFER;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval often = {{0, 50}, {0, 50}};
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 100000; ++i) {
        errno = 5;
        if (getppid() == 0 || errno != 5) ++broken;
    }
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGALRM, &action, NULL);
    printf("handled %lu broken %lu\n", handled, broken);
    return 0;
}
