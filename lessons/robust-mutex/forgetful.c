/* forgetful.c: robust.c, and nobody calls the data whole. cc -Wall forgetful.c && ./a.out */
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct bank { pthread_mutex_t lock; int savings, current; };    /* together always 100 */

static void move(struct bank *b, int amount, int limit)
{
    int error = pthread_mutex_lock(&b->lock);               /* enter */
    if (error == EOWNERDEAD) {                              /* has it, and is warned */
        b->current = 100 - b->savings;                      /* mend: what was half done is finished */
        error = 0;                                          /* pthread_mutex_consistent is missing */
    }
    if (error != 0) _exit(3);
    b->savings -= amount;
    if (amount > limit) _exit(2);                           /* oops: too late, and no unlock */
    b->current += amount;
    if (pthread_mutex_unlock(&b->lock) != 0) _exit(1);      /* leave */
    _exit(0);
}

int main(void)
{
    pthread_mutexattr_t attr;
    struct bank *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (b == MAP_FAILED || pthread_mutexattr_init(&attr) != 0) _exit(1);
    if (pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0) _exit(1);
    if (pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) != 0) _exit(1);        /* robust */
    if (pthread_mutex_init(&b->lock, &attr) != 0) _exit(1);
    b->savings = 100;
    if (fork() == 0) move(b, 60, 50);                       /* ann */
    if (fork() == 0) move(b, 10, 50);                       /* bob */
    if (fork() == 0) move(b, 5, 50);                        /* eve */
    while (wait(NULL) != -1) continue;                      /* until nobody is left: ECHILD */
    _exit(b->savings + b->current);                         /* sum */
}
