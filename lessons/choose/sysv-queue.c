/* sysv-queue.c: messages to a child, by a System V queue. cc sysv-queue.c && ./a.out [size [count [echo]]] */
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { long type; char text[65536]; } box;
static size_t size = 5;

static void put(int queue, long type)
{
    box.type = type;
    memset(box.text, 'x', size);
    if (msgsnd(queue, &box, size, 0) == -1) _exit(1);
}

static void take(int queue, long type)
{
    if (msgrcv(queue, &box, size, type, 0) != (ssize_t)size) _exit(1);      /* the oldest of this type */
    if (memchr(box.text, 0, size)) _exit(1);
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 2;
    int echo = argc > 3, status;
    if (argc > 1) size = strtoul(argv[1], NULL, 10);
    if (size < 1 || size > sizeof box.text) _exit(1);
    int queue = msgget(IPC_PRIVATE, 0600);
    pid_t child = fork();
    if (child == -1 || queue == -1) _exit(1);
    for (long i = 0; i < count; i++) {                      /* type 1 goes there, type 2 comes back */
        child ? put(queue, 1) : take(queue, 1);
        if (echo) child ? take(queue, 2) : put(queue, 2);
    }
    if (!child) _exit(0);
    int failed = wait(&status) != child || status != 0;
    _exit(msgctl(queue, IPC_RMID, NULL) == -1 || failed);   /* nobody else would remove it */
}
