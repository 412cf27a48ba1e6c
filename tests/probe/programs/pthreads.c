// What the pthread calls answer, in every kind and state: each answer is printed. Traps 6, 7, 43.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void said(const char *what, int answer) {
    const char *const name = answer == PTHREAD_BARRIER_SERIAL_THREAD ? "serial" : strerrorname_np(answer);
    printf("%s %s\n", what, answer == 0 ? "0" : name ? name : "?");
    fflush(stdout);
}

#define SAY(call) said(#call, call)

static struct timespec past(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_sec -= 1;
    return time;
}

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static int round_ready;

static void *tries(void *lock) {
    pthread_mutex_t *const mutex = lock;
    SAY(pthread_mutex_trylock(mutex));
    const struct timespec real = past(CLOCK_REALTIME), steady = past(CLOCK_MONOTONIC);
    SAY(pthread_mutex_timedlock(mutex, &real));
    SAY(pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &steady));
    return NULL;
}

static void *dies_with(void *lock) {
    SAY(pthread_mutex_lock(lock));
    return NULL;
}

static void in_a_thread(void *(*what)(void *), void *with) {
    pthread_t thread;
    const int made = pthread_create(&thread, NULL, what, with);   // said when the thread has said all it has to say
    const int joined = made == 0 ? pthread_join(thread, NULL) : made;
    said("pthread_create", made);
    said("pthread_join", joined);
}

static void mutex_of(int type) {
    pthread_mutexattr_t attr;
    pthread_mutex_t mutex;
    printf("type %d\n", type);
    SAY(pthread_mutexattr_init(&attr));
    SAY(pthread_mutexattr_settype(&attr, type));
    SAY(pthread_mutex_init(&mutex, &attr));
    SAY(pthread_mutexattr_destroy(&attr));
    SAY(pthread_mutex_lock(&mutex));
    if (type != PTHREAD_MUTEX_NORMAL) SAY(pthread_mutex_lock(&mutex));
    in_a_thread(tries, &mutex);
    SAY(pthread_mutex_destroy(&mutex));    // EBUSY
    SAY(pthread_mutex_unlock(&mutex));
    if (type != PTHREAD_MUTEX_NORMAL) SAY(pthread_mutex_unlock(&mutex));
    SAY(pthread_mutex_destroy(&mutex));
}

static void robust(void) {
    pthread_mutexattr_t attr;
    pthread_mutex_t mutex;
    printf("robust\n");
    pthread_mutexattr_init(&attr);
    SAY(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
    SAY(pthread_mutex_init(&mutex, &attr));
    in_a_thread(dies_with, &mutex);
    SAY(pthread_mutex_lock(&mutex));       // EOWNERDEAD
    SAY(pthread_mutex_consistent(&mutex));
    SAY(pthread_mutex_consistent(&mutex)); // EINVAL
    SAY(pthread_mutex_unlock(&mutex));
    in_a_thread(dies_with, &mutex);
    SAY(pthread_mutex_trylock(&mutex));
    SAY(pthread_mutex_unlock(&mutex));
    SAY(pthread_mutex_lock(&mutex));       // ENOTRECOVERABLE
}

static void *waits(void *unused) {
    pthread_mutex_lock(&plain);
    round_ready = 1;
    while (round_ready < 2) pthread_cond_wait(&cond, &plain);
    pthread_mutex_unlock(&plain);
    return unused;
}

static void unlock_it(void *lock) { printf("cancelled, and has the mutex: %d\n", pthread_mutex_unlock(lock)); }

static void *is_cancelled(void *unused) {
    pthread_mutex_lock(&plain);
    pthread_cleanup_push(unlock_it, &plain);
    round_ready = 3;
    for (;;) pthread_cond_wait(&cond, &plain);
    pthread_cleanup_pop(0);
    return unused;
}

static void until(int ready) {
    for (int seen = 0; seen != ready; sched_yield()) {
        pthread_mutex_lock(&plain);
        seen = round_ready;
        pthread_mutex_unlock(&plain);
    }
}

static void *goes_by(void *lock) {
    pthread_mutex_lock(lock);              // as soon as it is let
    pthread_mutex_unlock(lock);
    return NULL;
}

static void joins(void) {
    pthread_t thread;
    const struct timespec real = past(CLOCK_REALTIME), steady = past(CLOCK_MONOTONIC);
    struct timespec later = real;
    later.tv_sec += 3600;
    printf("joins\n");
    pthread_mutex_lock(&plain);
    pthread_create(&thread, NULL, goes_by, &plain);
    SAY(pthread_tryjoin_np(thread, NULL));                          // EBUSY
    SAY(pthread_timedjoin_np(thread, NULL, &real));                 // ETIMEDOUT
    SAY(pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &steady));
    pthread_mutex_unlock(&plain);
    SAY(pthread_timedjoin_np(thread, NULL, &later));
}

static void conditions(void) {
    pthread_t thread;
    const struct timespec real = past(CLOCK_REALTIME), steady = past(CLOCK_MONOTONIC);
    printf("condition\n");
    SAY(pthread_cond_signal(&cond));
    pthread_mutex_lock(&plain);
    SAY(pthread_cond_timedwait(&cond, &plain, &real));
    SAY(pthread_cond_clockwait(&cond, &plain, CLOCK_MONOTONIC, &steady));
    pthread_mutex_unlock(&plain);
    pthread_create(&thread, NULL, waits, NULL);
    until(1);
    pthread_mutex_lock(&plain);            // free: whoever waits has given it back
    round_ready = 2;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&plain);
    SAY(pthread_join(thread, NULL));
    pthread_create(&thread, NULL, is_cancelled, NULL);
    until(3);
    const int cancelled = pthread_cancel(thread), joined = pthread_join(thread, NULL);
    said("pthread_cancel", cancelled);
    said("pthread_join", joined);
    SAY(pthread_mutex_trylock(&plain));
    SAY(pthread_mutex_unlock(&plain));
}

static pthread_rwlock_t page = PTHREAD_RWLOCK_INITIALIZER;

static void *tries_page(void *unused) {
    const struct timespec real = past(CLOCK_REALTIME), steady = past(CLOCK_MONOTONIC);
    SAY(pthread_rwlock_tryrdlock(&page) == 0 ? pthread_rwlock_unlock(&page) : EBUSY);
    SAY(pthread_rwlock_trywrlock(&page));
    SAY(pthread_rwlock_timedwrlock(&page, &real));
    SAY(pthread_rwlock_clockwrlock(&page, CLOCK_MONOTONIC, &steady));
    SAY(pthread_rwlock_clockrdlock(&page, CLOCK_MONOTONIC, &steady) == 0 ? pthread_rwlock_unlock(&page) : ETIMEDOUT);
    return unused;
}

static void *meets(void *unused) {
    const int answer = pthread_barrier_wait(&barrier);
    return answer == PTHREAD_BARRIER_SERIAL_THREAD ? &barrier : unused;
}

static void others(void) {
    pthread_spinlock_t spin;
    pthread_t thread[2];
    printf("others\n");
    SAY(pthread_rwlock_rdlock(&page));
    SAY(pthread_rwlock_rdlock(&page));
    in_a_thread(tries_page, NULL);
    SAY(pthread_rwlock_unlock(&page));
    SAY(pthread_rwlock_unlock(&page));
    SAY(pthread_rwlock_wrlock(&page));
    SAY(pthread_rwlock_rdlock(&page));     // EDEADLK
    in_a_thread(tries_page, NULL);
    SAY(pthread_rwlock_unlock(&page));
    SAY(pthread_barrier_init(&barrier, NULL, 0));
    SAY(pthread_barrier_init(&barrier, NULL, 2));
    int serial = 0;
    for (int i = 0; i < 2; i++) pthread_create(&thread[i], NULL, meets, NULL);
    for (int i = 0; i < 2; i++) {
        void *answer;
        pthread_join(thread[i], &answer);
        serial += answer != NULL;
    }
    printf("one of two is told: %d\n", serial);
    SAY(pthread_barrier_destroy(&barrier));
    SAY(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
    SAY(pthread_spin_lock(&spin));
    SAY(pthread_spin_trylock(&spin));
    SAY(pthread_spin_unlock(&spin));
    SAY(pthread_spin_destroy(&spin));
}

// The child's copy of the mutex is locked, and its owner is a thread that the child has, too: the one that forked.
static void forks(void) {
    int status;
    printf("fork\n");
    fflush(stdout);
    pthread_mutex_lock(&plain);
    if (fork() == 0) {
        SAY(pthread_mutex_trylock(&plain));
        SAY(pthread_mutex_unlock(&plain));
        SAY(pthread_mutex_trylock(&plain));
        _exit(5);
    }
    wait(&status);
    SAY(pthread_mutex_unlock(&plain));
    printf("%d\n", WEXITSTATUS(status));
}

int main(void) {
    mutex_of(PTHREAD_MUTEX_NORMAL);
    mutex_of(PTHREAD_MUTEX_RECURSIVE);
    mutex_of(PTHREAD_MUTEX_ERRORCHECK);
    robust();
    joins();
    conditions();
    others();
    forks();
    return 0;
}
