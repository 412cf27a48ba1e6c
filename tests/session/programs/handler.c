// A handler makes a call; the signal may come while another call waits at the gate.
#include <signal.h>
#include <unistd.h>

static void on_signal(int signal) {
    (void)signal;
    getpid();
}

int main(void) {
    signal(SIGUSR1, on_signal);
    getppid();
    getppid();
    return 3;
}
