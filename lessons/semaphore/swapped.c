/* swapped.c: the same, but put() asks in the wrong order. cc -Wall swapped.c -pthread && ./a.out */
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared { sem_t empty, full, mutex; int in, out; char place[2]; } *s;

static void put(char item)
{
    if (sem_wait(&s->mutex) == -1) _exit(1);                 /* alone: too early */
    if (sem_wait(&s->empty) == -1) _exit(1);                 /* room: a place that is free */
    s->place[s->in++ % 2] = item;
    if (sem_post(&s->mutex) == -1) _exit(1);                 /* done */
    if (sem_post(&s->full) == -1) _exit(1);                  /* filled: one more to take */
}

static char take(void)
{
    if (sem_wait(&s->full) == -1) _exit(1);                  /* there: something to take */
    if (sem_wait(&s->mutex) == -1) _exit(1);
    char item = s->place[s->out++ % 2];
    if (sem_post(&s->mutex) == -1) _exit(1);
    if (sem_post(&s->empty) == -1) _exit(1);                 /* emptied: one place more */
    return item;
}

int main(void)
{
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED) _exit(1);
    if (sem_init(&s->empty, 1, 2) == -1) _exit(1);           /* places: two are free */
    if (sem_init(&s->full, 1, 0) == -1) _exit(1);            /* items: none is there */
    if (sem_init(&s->mutex, 1, 1) == -1) _exit(1);           /* one at a time */
    pid_t consumer = fork();
    if (consumer == -1) _exit(1);
    if (consumer == 0) { while (take() != 'D') continue; _exit(0); }
    for (const char *item = "ABCD"; *item; ++item) put(*item);
    _exit(wait(NULL) == consumer ? 0 : 1);
}
