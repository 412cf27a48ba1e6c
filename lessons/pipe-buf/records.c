/* records.c: three writers, one pipe of one page. cc -Wall records.c && ./a.out */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char record[10000], page[4096];

static void writer(const int fds[2], char letter)
{
    if (close(fds[0]) == -1) _exit(1);                      /* a writer never reads */
    memset(record, letter, sizeof record);
    if (write(fds[1], record, 100) != 100) _exit(1);            /* short */
    if (write(fds[1], record, sizeof record) != sizeof record) _exit(1);    /* long */
    _exit(0);
}

int main(void)
{
    int fds[2];

    if (pipe(fds) == -1 || fcntl(fds[1], F_SETPIPE_SZ, 4096) == -1) _exit(1);       /* small: one page */
    for (char letter = 'A'; letter <= 'C'; ++letter) {
        pid_t child = fork();
        if (child == -1) _exit(1);
        if (child == 0) writer(fds, letter);
    }
    for (ssize_t n, got = 0; got < 3 * 10100; got += n)     /* every byte of six records */
        if ((n = read(fds[0], page, sizeof page)) < 1) _exit(1);            /* page */

    if (fcntl(fds[1], F_SETFL, O_NONBLOCK) == -1) _exit(1); /* now: never sleep */
    if (write(fds[1], record, 10000) != 4096) _exit(1);     /* part */
    if (read(fds[0], page, sizeof page) != 4096) _exit(1);
    if (write(fds[1], record, 1) != 1) _exit(1);            /* one */
    if (write(fds[1], record, 4096) != -1 || errno != EAGAIN) _exit(1);     /* whole */
    while (wait(NULL) > 0) continue;
    _exit(0);
}
