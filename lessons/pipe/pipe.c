/* pipe.c: a parent writes, its child reads. cc -Wall pipe.c && ./a.out */
#include <sys/wait.h>
#include <unistd.h>

static char half[32768], buf[65536];    /* half a pipe; room for a whole one */

static void reader(int from)
{
    ssize_t n;

    while ((n = read(from, buf, sizeof buf)) > 0)           /* take: at most what is there */
        continue;
    _exit(n == 0 ? 0 : 1);                                  /* end of file: nobody can write any more */
}

int main(void)
{
    int fds[2];

    if (pipe(fds) == -1) _exit(1);                          /* made: before fork, so that both have it */
    pid_t child = fork();                                   /* twice: from here on, two processes */
    if (child == -1) _exit(1);
    if (child == 0) {
        if (close(fds[1]) == -1) _exit(1);                  /* the reader will never write */
        reader(fds[0]);
    }
    if (close(fds[0]) == -1) _exit(1);                      /* the writer will never read */

    if (write(fds[1], "hello", 5) != 5) _exit(1);           /* wake */
    if (write(fds[1], "one", 3) != 3) _exit(1);
    if (write(fds[1], "two", 3) != 3) _exit(1);             /* borders: these two … */
    if (write(fds[1], "three", 5) != 5) _exit(1);           /* … become one */
    if (write(fds[1], half, sizeof half) != sizeof half) _exit(1);
    if (write(fds[1], half, sizeof half) != sizeof half) _exit(1);
    if (write(fds[1], "!", 1) != 1) _exit(1);               /* full */

    if (close(fds[1]) == -1) _exit(1);                      /* the last write end: the reader can finish */
    _exit(wait(NULL) == child ? 0 : 1);
}
