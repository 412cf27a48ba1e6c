/* forker.c: three forks in a row. How many processes is that? cc -Wall forker.c && ./a.out */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    if (getpid() == 1) _exit(1);                            /* me */

    pid_t first = fork();                                   /* first: from here on, two processes */
    if (first == -1) _exit(1);
    pid_t second = fork();                                  /* second: both make one more */
    if (second == -1) _exit(1);
    pid_t third = fork();                                   /* third: all four do */
    if (third == -1) _exit(1);

    if (third == 0) {                                       /* born last: no children of its own */
        if (getppid() == 0) _exit(1);                       /* whose */
        _exit(0);
    }
    if (first == 0 && second != 0) _exit(0);                /* careless: leaves its children alone */
    if (first != 0 && second != 0) {                        /* only the one that was there first */
        if (kill(third, 0) == -1) _exit(1);                 /* there: signal 0 only asks */
        if (waitpid(third, NULL, 0) != third) _exit(1);     /* take */
        if (kill(third, 0) != -1 || errno != ESRCH) _exit(1);       /* free */
    }
    while (wait(NULL) > 0)                                  /* rest: until there is no child */
        continue;
    _exit(0);
}
