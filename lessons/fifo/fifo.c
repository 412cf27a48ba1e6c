/* fifo.c: two clients meet a server at a name. cc -Wall fifo.c && ./a.out */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void client(void)
{
    int to = open("door", O_WRONLY);                        /* enter */
    if (to == -1) _exit(1);
    if (write(to, "hi", 2) != 2) _exit(1);
    if (close(to) == -1) _exit(1);                          /* leave: this client has said all it has to say */
    _exit(0);
}

int main(void)
{
    char buf[64];
    ssize_t n;

    if (mkfifo("door", 0600) == -1) _exit(1);               /* made */
    pid_t ann = fork();
    if (ann == 0) client();
    pid_t bob = fork();
    if (bob == 0) client();
    if (ann == -1 || bob == -1) _exit(1);

    int from = open("door", O_RDONLY);                      /* answer */
    if (from == -1) _exit(1);
    while ((n = read(from, buf, sizeof buf)) > 0)           /* serve */
        continue;
    if (n == -1 || close(from) == -1) _exit(1);             /* the last client has left: close the door */

    if (open("door", O_WRONLY | O_NONBLOCK) != -1 || errno != ENXIO) _exit(1); /* knock */
    if ((from = open("door", O_RDONLY | O_NONBLOCK)) == -1) _exit(1);          /* alone */
    if (wait(NULL) == -1 || wait(NULL) == -1) _exit(1);
    if (unlink("door") == -1) _exit(1);                     /* gone: names stay until they are taken away */
    _exit(0);
}
