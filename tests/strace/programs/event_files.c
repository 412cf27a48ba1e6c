// eventfd, signalfd, timerfd: every call, in good and in bad cases.
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    eventfd_t value = 5;
    const int counter = eventfd(3, EFD_NONBLOCK), permits = eventfd(2, EFD_SEMAPHORE | EFD_CLOEXEC);
    if (counter == -1 || permits == -1) return 1;
    if (eventfd_write(counter, 4) == -1 || write(counter, &value, sizeof value) != 8) return 2;
    if (eventfd_read(counter, &value) == -1 || value != 12) return 3;
    if (eventfd_read(counter, &value) != -1 || errno != EAGAIN) return 4;
    if (read(permits, &value, sizeof value) != 8 || value != 1 || eventfd_read(permits, &value) == -1) return 5;
    const pid_t child = fork();
    if (child == 0) _exit(eventfd_read(permits, &value) == -1);
    if (eventfd_write(permits, 1) == -1 || wait(NULL) != child) return 6;

    sigset_t set;
    struct signalfd_siginfo info;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1) return 7;
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (signals == -1 || kill(getpid(), SIGUSR1) == -1) return 8;
    if (read(signals, &info, sizeof info) != sizeof info || info.ssi_signo != SIGUSR1) return 9;
    sigaddset(&set, SIGUSR2);
    if (signalfd(signals, &set, 0) != signals) return 10;

    struct itimerspec set_to = {{0, 0}, {0, 1000}}, left;
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer == -1 || timerfd_settime(timer, 0, &set_to, NULL) == -1) return 11;
    if (read(timer, &value, sizeof value) != 8 || value != 1) return 12;
    set_to.it_value.tv_sec = 1000;
    if (timerfd_settime(timer, 0, &set_to, &left) == -1 || timerfd_gettime(timer, &left) == -1 || left.it_value.tv_sec > 1000) return 13;
    if (timerfd_create(12345, 0) != -1 || close(timer) == -1 || close(signals) == -1) return 14;
    return 0;
}
