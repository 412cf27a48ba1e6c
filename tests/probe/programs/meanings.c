// What a call means must not change: errno, EINTR, SA_RESTART, short reads, partial writes, dispositions. Traps 33-35, 41, 42.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nothing(int signal) { (void)signal; }

static void catch_alarm(int flags) {
    struct sigaction action = {0};
    action.sa_handler = nothing;
    action.sa_flags = flags;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval soon = {{0, 0}, {0, 20000}};
    setitimer(ITIMER_REAL, &soon, NULL);
}

int main(void) {
    int fds[2];
    char bytes[65536] = {0};
    if (pipe(fds) < 0) return 1;
    errno = 77;
    const ssize_t one = write(fds[1], "abc", 3);
    printf("write %zd errno %d\n", one, errno);
    printf("short read %zd\n", read(fds[0], bytes, 100));
    struct iovec pieces[3] = {{"ab", 2}, {NULL, 0}, {"cde", 3}};
    struct iovec room[2] = {{bytes, 1}, {bytes + 100, 10}};
    printf("writev %zd", writev(fds[1], pieces, 3));
    printf(" readv %zd %.4s\n", readv(fds[0], room, 2), bytes + 100);
    catch_alarm(0);
    ssize_t got = read(fds[0], bytes, 1);
    printf("read %zd EINTR %d\n", got, errno == EINTR);
    catch_alarm(SA_RESTART);
    if (fork() == 0) {
        usleep(60000);
        _exit((int)write(fds[1], "r", 1));
    }
    printf("restarted %zd\n", read(fds[0], bytes, 1));
    while (wait(NULL) < 0 && errno == EINTR) {}
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    long filled = 0;
    while ((got = write(fds[1], bytes, 5000)) > 0) filled += got;
    printf("pipe full after %ld EAGAIN %d\n", filled, errno == EAGAIN);
    got = write(fds[1], bytes, 0);
    printf("none %zd\n", got);
    struct pollfd ready[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLOUT, 0}};
    printf("poll %d %d %d\n", poll(ready, 2, 0), ready[0].revents, ready[1].revents);
    printf("sigpipe %d\n", signal(SIGPIPE, SIG_IGN) == SIG_DFL);
    close(fds[0]);
    got = write(fds[1], "x", 1);
    printf("write %zd EPIPE %d\n", got, errno == EPIPE);
    got = write(99, "x", 1);
    printf("write %zd EBADF %d\n", got, errno == EBADF);
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    printf("mask empty %d\n", sigisemptyset(&mask));
    struct timespec pause_time = {0, 1000}, left = {9, 9};
    printf("nanosleep %d %ld\n", nanosleep(&pause_time, &left), (long)left.tv_sec);
    printf("sleep %u\n", sleep(0));
    fflush(stdout);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_FSIZE, &none);
    const int file = open("file", O_WRONLY | O_CREAT, 0600);
    got = write(file, "x", 1);
    const int too_big = errno == EFBIG;
    none.rlim_cur = none.rlim_max = RLIM_INFINITY;
    _exit(got == -1 && too_big ? 0 : 1);
}
