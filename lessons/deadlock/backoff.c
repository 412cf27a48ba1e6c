/* backoff.c: deadlock.c, and who cannot have both gives the first back. cc -Wall backoff.c && ./a.out */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct account { pthread_mutex_t lock; int balance; };

static void transfer(struct account *from, struct account *to, int amount)
{
    for (;;) {
        if (pthread_mutex_lock(&from->lock) != 0) _exit(1);     /* first */
        if (pthread_mutex_trylock(&to->lock) == 0) break;       /* second, or not: EBUSY */
        if (pthread_mutex_unlock(&from->lock) != 0) _exit(1);   /* back off, and try again */
    }
    from->balance -= amount;
    to->balance += amount;
    if (pthread_mutex_unlock(&to->lock) != 0) _exit(1);
    if (pthread_mutex_unlock(&from->lock) != 0) _exit(1);
    _exit(0);
}

int main(void)
{
    pthread_mutexattr_t attr;
    struct account *a = mmap(NULL, 2 * sizeof *a, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (a == MAP_FAILED || pthread_mutexattr_init(&attr) != 0) _exit(1);
    if (pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0) _exit(1);
    for (int i = 0; i < 2; i++)
        if (pthread_mutex_init(&a[i].lock, &attr) != 0) _exit(1);       /* a lock for each account */
    if (fork() == 0) transfer(&a[0], &a[1], 10);            /* ann */
    if (fork() == 0) transfer(&a[1], &a[0], 20);            /* bob, the other way round */
    for (int i = 0; i < 2; i++)
        if (wait(NULL) == -1) _exit(1);
    _exit(0);
}
