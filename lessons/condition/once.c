/* once.c: condition.c, and who was woken does not look again. cc -Wall once.c && ./a.out */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(call) do { if ((call) != 0) _exit(1); } while (0)

struct table { pthread_mutex_t lock; pthread_cond_t filled; int meals; };

static void eat(struct table *t)
{
    MUST(pthread_mutex_lock(&t->lock));
    if (t->meals == 0)                                      /* look once */
        MUST(pthread_cond_wait(&t->filled, &t->lock));      /* wait */
    t->meals -= 1;                                          /* eat */
    MUST(pthread_mutex_unlock(&t->lock));
    _exit(0);
}

int main(void)
{
    pthread_mutexattr_t mutex;
    pthread_condattr_t cond;
    struct table *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (t == MAP_FAILED || pthread_mutexattr_init(&mutex) || pthread_condattr_init(&cond)) _exit(1);
    MUST(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) || pthread_mutex_init(&t->lock, &mutex));
    MUST(pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED) || pthread_cond_init(&t->filled, &cond));
    if (fork() == 0) eat(t);                                /* gina */
    if (fork() == 0) eat(t);                                /* gus */
    MUST(pthread_cond_signal(&t->filled));                  /* early: nothing is cooked */
    for (int i = 0; i < 2; i++) {                           /* the parent is the cook */
        MUST(pthread_mutex_lock(&t->lock));
        t->meals += 1;                                      /* serve */
        MUST(pthread_cond_signal(&t->filled));              /* call */
        MUST(pthread_mutex_unlock(&t->lock));
    }
    _exit(wait(NULL) == -1 || wait(NULL) == -1 || t->meals != 0);
}
