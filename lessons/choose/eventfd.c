/* eventfd.c: messages in shared memory; eventfds say when. cc eventfd.c && ./a.out [size [count [echo]]] */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { slots = 8, longest = 65536 };
struct way { int empty, full; char slot[slots][longest]; };
static size_t size = 5;
static void put(struct way *to, long i)
{
    eventfd_t one = 1;
    if (read(to->empty, &one, 8) != 8) _exit(1);            /* EFD_SEMAPHORE: one at a time */
    memset(to->slot[i % slots], 'x', size);
    if (write(to->full, &one, 8) != 8) _exit(1);
}

static void take(struct way *from, long i)
{
    eventfd_t one = 1;
    if (read(from->full, &one, 8) != 8 || memchr(from->slot[i % slots], 0, size)) _exit(1);
    if (write(from->empty, &one, 8) != 8) _exit(1);
}
int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 2;
    int echo = argc > 3, status, bad = argc > 1 && (size = strtoul(argv[1], NULL, 10)) > longest;
    struct way *way = mmap(NULL, 2 * sizeof *way, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2 && !(bad |= way == MAP_FAILED); i++)
        bad |= (way[i].empty = eventfd(slots, EFD_SEMAPHORE)) == -1 ||
               (way[i].full = eventfd(0, EFD_SEMAPHORE)) == -1;
    pid_t child = bad ? -1 : fork();
    for (long i = 0; i < count && child != -1; i++) {
        child ? put(&way[0], i) : take(&way[0], i);
        if (echo) child ? take(&way[1], i) : put(&way[1], i);
    }
    _exit(child == -1 || (child && (wait(&status) != child || status != 0)));
}
