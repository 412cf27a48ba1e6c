// The ways to end, with calls after the probe's own time. Trap 23.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void late(void) { (void)!write(1, "atexit\n", 7); }

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "return";
    getppid();
    atexit(late);
    at_quick_exit(late);
    printf("%s\n", how);
    fflush(stdout);
    if (strcmp(how, "exit") == 0) exit(3);
    if (strcmp(how, "_exit") == 0) _exit(4);
    if (strcmp(how, "_Exit") == 0) _Exit(5);
    if (strcmp(how, "quick_exit") == 0) quick_exit(6);
    if (strcmp(how, "abort") == 0) abort();
    if (strcmp(how, "raise") == 0) raise(SIGTERM);
    if (strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
    return 2;
}
