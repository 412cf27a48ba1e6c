/* bigger.c: both.c with one pipe that is large enough. cc -Wall bigger.c && ./a.out */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static char half[32768], buf[65536];    /* half a pipe; room for a whole one */

static void give(int to, size_t halves)
{
    for (size_t i = 0; i < halves; ++i)
        if (write(to, half, sizeof half) != sizeof half) _exit(1); /* give */
}

static void take(int from)
{
    ssize_t n;

    while ((n = read(from, buf, sizeof buf)) > 0)           /* take: to the end */
        continue;
    if (n == -1) _exit(1);
}

int main(void)
{
    int ask[2], answer[2];

    if (pipe(ask) == -1 || pipe(answer) == -1) _exit(1);
    if (fcntl(ask[1], F_SETPIPE_SZ, 131072) != 131072) _exit(1); /* room: for the whole request */
    pid_t child = fork();
    if (child == -1) _exit(1);
    int to = child ? ask[1] : answer[1], from = child ? answer[0] : ask[0];
    if (close(child ? ask[0] : ask[1]) == -1) _exit(1);     /* one end each … */
    if (close(child ? answer[1] : answer[0]) == -1) _exit(1); /* … of each pipe */

    give(to, 3);                                            /* first: all of it */
    if (close(to) == -1) _exit(1);                          /* said: the other side can finish */
    take(from);                                             /* then: listen */
    _exit(child == 0 || wait(NULL) == child ? 0 : 1);
}
