/* private.c: mutex.c, and its mutex was made for one process only. cc -Wall private.c && ./a.out */
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct account { pthread_mutex_t lock; int balance; };      /* the lock lies beside what it guards */

static void deposit(struct account *a, int amount)
{
    if (pthread_mutex_lock(&a->lock) != 0) _exit(1);        /* enter */
    int seen = a->balance;                                  /* load */
    if (sched_yield() == -1) _exit(1);                      /* between: others may run here */
    a->balance = seen + amount;                             /* store */
    if (pthread_mutex_unlock(&a->lock) != 0) _exit(1);      /* leave */
    _exit(0);
}

int main(void)
{
    pthread_mutexattr_t attr;
    struct account *a = mmap(NULL, sizeof *a, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (a == MAP_FAILED || pthread_mutexattr_init(&attr) != 0) _exit(1);
    if (pthread_mutex_init(&a->lock, &attr) != 0) _exit(1); /* made: once, before the others exist */
    if (fork() == 0) deposit(a, 10);                        /* ann */
    if (fork() == 0) deposit(a, 20);                        /* bob */
    if (fork() == 0) {                                      /* eve */
        if (sched_yield() == -1) _exit(1);                  /* rude */
        a->balance += 1000;                                 /* no lock around it */
        _exit(0);
    }
    for (int i = 0; i < 3; i++)
        if (wait(NULL) == -1) _exit(1);                     /* bob never ends */
    _exit(a->balance == 30 ? 30 : 1);                       /* sum: eve's 1000 are gone */
}
