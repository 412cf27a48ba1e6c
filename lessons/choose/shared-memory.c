/* shared-memory.c: messages in shared memory, semaphores say when. cc … && ./a.out [size [count [echo]]] */
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { slots = 8, longest = 65536 };
struct way { sem_t empty, full; char slot[slots][longest]; };
static size_t size = 5;

static void put(struct way *to, long i)
{
    if (sem_wait(&to->empty) == -1) _exit(1);
    memset(to->slot[i % slots], 'x', size);                 /* made where it is wanted: nothing is copied */
    if (sem_post(&to->full) == -1) _exit(1);
}

static void take(struct way *from, long i)
{
    if (sem_wait(&from->full) == -1 || memchr(from->slot[i % slots], 0, size)) _exit(1);
    if (sem_post(&from->empty) == -1) _exit(1);
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 2;
    int echo = argc > 3, status;
    struct way *way = mmap(NULL, 2 * sizeof *way, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (argc > 1) size = strtoul(argv[1], NULL, 10);
    for (int i = 0; i < 2; i++)
        if (way == MAP_FAILED || sem_init(&way[i].empty, 1, slots) || sem_init(&way[i].full, 1, 0)) _exit(1);
    pid_t child = size > longest ? -1 : fork();
    for (long i = 0; i < count && child != -1; i++) {
        child ? put(&way[0], i) : take(&way[0], i);
        if (echo) child ? take(&way[1], i) : put(&way[1], i);
    }
    _exit(child == -1 || (child && (wait(&status) != child || status != 0)));
}
