/* What a shell does for a | b | c: the descriptors change between one fork and the next. */
#include <sys/wait.h>
#include <unistd.h>

static void child(int first, int second)
{
    pid_t pid = fork();

    if (pid == -1) _exit(1);
    if (pid == 0) _exit(close(first) == 0 && (second == -1 || close(second) == 0) ? 0 : 1);
}

int main(void)
{
    int fds[2], status, failed = 0;

    if (pipe(fds) != 0) _exit(1);       /* 3, 4 */
    child(3, 4);
    if (close(4) != 0 || pipe(fds) != 0) _exit(1);      /* 4, 5: another pipe */
    child(3, 5);
    if (close(3) != 0 || close(5) != 0) _exit(1);
    child(4, -1);
    close(4);
    while (wait(&status) > 0) failed |= status;
    _exit(failed != 0);
}
