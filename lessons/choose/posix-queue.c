/* posix-queue.c: messages to a child, by a POSIX queue. cc posix-queue.c && ./a.out [size [count [echo]]] */
#include <fcntl.h>
#include <mqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char box[65536];
static size_t size = 5;

static void put(mqd_t to)
{
    memset(box, 'x', size);
    if (mq_send(to, box, size, 0) == -1) _exit(1);
}

static void take(mqd_t from)
{
    if (mq_receive(from, box, size, NULL) != (ssize_t)size || memchr(box, 0, size)) _exit(1);   /* whole */
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 2;
    int echo = argc > 3, status;
    if (argc > 1) size = strtoul(argv[1], NULL, 10);
    struct mq_attr room = {.mq_maxmsg = 10, .mq_msgsize = size};
    mqd_t there = mq_open("/there", O_RDWR | O_CREAT | O_EXCL, 0600, &room);
    if (size > sizeof box || there == -1 || mq_unlink("/there") == -1) _exit(1);   /* the child inherits it */
    mqd_t back = mq_open("/back", O_RDWR | O_CREAT | O_EXCL, 0600, &room);
    if (back == -1 || mq_unlink("/back") == -1) _exit(1);
    pid_t child = fork();
    if (child == -1) _exit(1);
    for (long i = 0; i < count; i++) {
        child ? put(there) : take(there);
        if (echo) child ? take(back) : put(back);
    }
    _exit(child && (wait(&status) != child || status != 0));
}
