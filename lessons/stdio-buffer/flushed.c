/* flushed.c: buffer.c, flushed before the fork. cc -Wall flushed.c && ./a.out && cat out */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int fd = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd == -1 || dup2(fd, 1) == -1) _exit(1);            /* file: standard output goes there from now on */

    if (printf("hello\n") < 0) _exit(1);                    /* say */
    if (lseek(1, 0, SEEK_CUR) == -1) _exit(1);              /* where: how much is in the file? */

    if (fflush(stdout) == EOF) _exit(1);                    /* before: nothing is left to be copied */
    pid_t child = fork();                                   /* twice */
    if (child == -1) _exit(1);
    if (child == 0) exit(0);                                /* leave: exit, with all that it does first */

    if (wait(NULL) != child) _exit(1);
    if (fflush(stdout) == EOF) _exit(1);                    /* flush: write what is in the buffer */
    if (lseek(1, 0, SEEK_CUR) == -1) _exit(1);              /* count */
    exit(0);
}
