/* reader-keeps.c: here it is the reader that keeps a write end. cc -Wall reader-keeps.c && ./a.out */
#include <sys/wait.h>
#include <unistd.h>

static void writer(const int fds[2])
{
    if (close(fds[0]) == -1) _exit(1);                      /* the writer will never read */
    if (write(fds[1], "data", 4) != 4) _exit(1);
    _exit(0);                                               /* the kernel closes the writer's fds[1] */
}

static void reader(const int fds[2])
{
    char buf[16];
    ssize_t n;

                                                            /* keeps: close(fds[1]) is missing here */
    while ((n = read(fds[0], buf, sizeof buf)) > 0)         /* again */
        continue;
    _exit(n == 0 ? 0 : 1);                                  /* end of file */
}

int main(void)
{
    int fds[2];

    if (pipe(fds) == -1) _exit(1);
    pid_t first = fork();
    if (first == -1) _exit(1);
    if (first == 0) writer(fds);
    pid_t second = fork();
    if (second == -1) _exit(1);
    if (second == 0) reader(fds);

    if (close(fds[0]) == -1) _exit(1);                      /* the parent will never read */
    if (close(fds[1]) == -1) _exit(1);                      /* the parent will never write */
    if (wait(NULL) == -1) _exit(1);
    if (wait(NULL) == -1) _exit(1);                         /* both have ended */
    _exit(0);
}
