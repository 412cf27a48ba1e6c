// Threads that write to a pipe in turn, hold a mutex, meet at a barrier, and are joined.
#include <pthread.h>
#include <unistd.h>

static int fds[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;

static void *writes(void *letter) {
    const int met = pthread_barrier_wait(&start);
    if (met != 0 && met != PTHREAD_BARRIER_SERIAL_THREAD) _exit(1);
    if (pthread_mutex_lock(&lock) != 0) _exit(2);
    if (write(fds[1], letter, 1) != 1 || write(fds[1], letter, 1) != 1) _exit(3);
    if (pthread_mutex_unlock(&lock) != 0) _exit(4);
    return letter;
}

int main(void) {
    char letters[3] = "ab", read_back[4];
    pthread_t thread[2];
    if (pipe(fds) != 0 || pthread_barrier_init(&start, NULL, 2) != 0) return 1;
    for (int i = 0; i < 2; ++i)
        if (pthread_create(&thread[i], NULL, writes, &letters[i]) != 0) return 2;
    for (int i = 0; i < 2; ++i) {
        void *letter;
        if (pthread_join(thread[i], &letter) != 0 || letter != &letters[i]) return 3;
    }
    if (read(fds[0], read_back, sizeof read_back) != 4) return 4;
    return read_back[0] == read_back[1] && read_back[2] == read_back[3] ? 0 : 5;
}
