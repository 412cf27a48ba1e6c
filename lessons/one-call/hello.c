/* hello.c: six calls, one after the other. cc -Wall hello.c && ./a.out */
#include <errno.h>
#include <unistd.h>

int main(void)
{
    const char text[] = "hello\n";

    pid_t me = getpid();                                    /* ask */
    if (me <= 0)
        _exit(1);

    if (write(1, text, 6) != 6)                             /* say */
        _exit(1);

    if (write(1, text, 3) != 3)                             /* count */
        _exit(1);

    if (close(1) == -1)                                     /* mute: from here on, 1 means nothing */
        _exit(1);

    if (write(1, text, 6) != -1 || errno != EBADF)          /* fail */
        _exit(1);

    _exit(0);                                               /* end */
}
