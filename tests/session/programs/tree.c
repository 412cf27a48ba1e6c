// Processes that ignore what they can, in groups and sessions of their own: to be cleaned up after.
#include <signal.h>
#include <unistd.h>

int main(void) {
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    for (int i = 0; i < 3; ++i) {
        if (fork() == 0) {
            setsid();
            if (fork() == 0) setsid();
            for (;;) pause();
        }
    }
    for (;;) pause();
}
