// 100 children that are killed, and whose end is taken, before they have done anything.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 100; i++) {
        const pid_t child = fork();
        if (child == 0) pause();
        int status;
        if (child == -1 || kill(child, SIGKILL) == -1 || waitpid(child, &status, 0) != child) return 1;
    }
    return 0;
}
