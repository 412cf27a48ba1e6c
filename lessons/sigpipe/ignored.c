/* ignored.c: sigpipe.c, mended: errno instead of death. cc -Wall ignored.c && ./a.out */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void writer(const int fds[2])
{
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) _exit(1);      /* ignore: write will answer EPIPE instead */
    if (close(fds[0]) == -1) _exit(1);                      /* the writer will never read */
    if (write(fds[1], "one\n", 4) != 4) _exit(1);           /* wanted */
    if (write(fds[1], "two\n", 4) == -1 && errno != EPIPE)  /* nobody */
        _exit(1);
    _exit(0);                                               /* mended: nobody wants more, so we are done */
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
