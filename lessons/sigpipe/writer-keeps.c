/* writer-keeps.c: the writer forgot to close its read end. cc -Wall writer-keeps.c && ./a.out */
#include <sys/wait.h>
#include <unistd.h>

static void writer(const int fds[2])
{
                                                            /* keeps: close(fds[0]) is missing here */
    if (write(fds[1], "one\n", 4) != 4) _exit(1);           /* wanted */
    if (write(fds[1], "two\n", 4) != 4) _exit(1);           /* nobody */
    _exit(0);
}

int main(void)
{
    int fds[2], status;
    char buf[16];

    if (pipe(fds) == -1) _exit(1);
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (child == 0) writer(fds);

    if (close(fds[1]) == -1) _exit(1);                      /* the reader will never write */
    if (read(fds[0], buf, sizeof buf) == -1) _exit(1);
    if (close(fds[0]) == -1) _exit(1);                      /* enough: one line was all it wanted */
    if (wait(&status) != child) _exit(1);                   /* status */
    _exit(0);
}
