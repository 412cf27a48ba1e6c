/* rwlock.c: three threads read a page, one writes it. cc -Wall -pthread rwlock.c && ./a.out */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#define MUST(call) do { if ((call) != 0) _exit(1); } while (0)

static pthread_rwlock_t lock;
static int left = 1, right = 1;                             /* always the same number */

static void *reader(void *unused)
{
    MUST(pthread_rwlock_rdlock(&lock));                     /* share */
    MUST(sched_yield());                                    /* read: it takes its time */
    MUST(left != right);
    MUST(pthread_rwlock_unlock(&lock));                     /* read enough */
    return unused;
}

static void *writer(void *unused)
{
    MUST(pthread_rwlock_wrlock(&lock));                     /* alone */
    left = right = left + 1;                                /* write */
    MUST(pthread_rwlock_unlock(&lock));                     /* written */
    return unused;
}

int main(void)
{
    void *(*start[4])(void *) = {reader, reader, writer, reader};   /* rita, rob, will, ruth */
    pthread_t thread[4];
    pthread_rwlockattr_t attr;

    MUST(pthread_rwlockattr_init(&attr));
    MUST(pthread_rwlock_init(&lock, &attr));                /* made: readers first, as ever */
    for (int i = 0; i < 4; i++) MUST(pthread_create(&thread[i], NULL, start[i], NULL));
    for (int i = 0; i < 4; i++) MUST(pthread_join(thread[i], NULL));
    _exit(0);
}
