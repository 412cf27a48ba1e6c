/* fifo.c: messages to a child, by a FIFO. cc fifo.c && ./a.out [size [count [echo]]] */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char box[65536];
static size_t size = 5;

static void put(int to)
{
    memset(box, 'x', size);
    if (write(to, box, size) != (ssize_t)size) _exit(1);
}

static void take(int from)
{
    for (ssize_t n, have = 0; have < (ssize_t)size; have += n)
        if ((n = read(from, box + have, size - have)) <= 0) _exit(1);
    if (memchr(box, 0, size)) _exit(1);
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 2;
    int echo = argc > 3, status;
    if (argc > 1) size = strtoul(argv[1], NULL, 10);
    if (size < 1 || size > sizeof box || mkfifo("there", 0600) == -1 || mkfifo("back", 0600) == -1) _exit(1);
    pid_t child = fork();
    int there = open("there", child ? O_WRONLY : O_RDONLY), back = open("back", child ? O_RDONLY : O_WRONLY);
    if (child == -1 || there == -1 || back == -1) _exit(1);
    if (child && (unlink("there") == -1 || unlink("back") == -1)) _exit(1);   /* both have them open */
    for (long i = 0; i < count; i++) {
        child ? put(there) : take(there);
        if (echo) child ? take(back) : put(back);
    }
    _exit(child && (wait(&status) != child || status != 0));
}
