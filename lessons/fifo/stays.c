/* stays.c: fifo.c, but the server never sees the last client leave. cc -Wall stays.c && ./a.out */
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
    int self = open("door", O_WRONLY);                      /* keep: a write end of its own, never written to */
    if (self == -1) _exit(1);
    while ((n = read(from, buf, sizeof buf)) > 0)           /* serve */
        continue;
    if (n == -1 || close(from) == -1 || close(self) == -1) _exit(1);    /* both ends */
    if (wait(NULL) == -1 || wait(NULL) == -1) _exit(1);
    if (unlink("door") == -1) _exit(1);
    _exit(0);
}
