/* pipe.c: messages to a child, by a pipe. cc pipe.c && ./a.out [size [count [echo]]] */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char box[65536];
static size_t size = 5;

static void put(int to)
{
    memset(box, 'x', size);                                 /* the message is made */
    if (write(to, box, size) != (ssize_t)size) _exit(1);
}

static void take(int from)
{
    for (ssize_t n, have = 0; have < (ssize_t)size; have += n)   /* it may come in pieces */
        if ((n = read(from, box + have, size - have)) <= 0) _exit(1);
    if (memchr(box, 0, size)) _exit(1);                     /* … and is used: every byte is looked at */
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 2;
    int echo = argc > 3, there[2], back[2], status;         /* echo: each message is sent back */

    if (argc > 1) size = strtoul(argv[1], NULL, 10);
    if (size < 1 || size > sizeof box || pipe(there) == -1 || pipe(back) == -1) _exit(1);
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (close(there[!child]) == -1 || close(back[!!child]) == -1) _exit(1);   /* the ends of the other one */
    for (long i = 0; i < count; i++) {
        child ? put(there[1]) : take(there[0]);
        if (echo) child ? take(back[0]) : put(back[1]);
    }
    _exit(child && (wait(&status) != child || status != 0));
}
