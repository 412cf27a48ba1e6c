// A parent writes to its child, which reads until the end.
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int fds[2], status;
    if (pipe(fds) != 0) return 1;
    const pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
        char bytes[16];
        close(fds[1]);
        while (read(fds[0], bytes, sizeof bytes) > 0) {
        }
        close(fds[0]);
        _exit(7);
    }
    close(fds[0]);
    if (write(fds[1], "hello", 5) != 5) return 1;
    close(fds[1]);
    if (waitpid(child, &status, 0) != child) return 1;
    return WEXITSTATUS(status);
}
