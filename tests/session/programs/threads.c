// Two threads and a pipe: the second sleeps in read until the first writes. Then `rounds` short-lived threads.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int fds[2];

static void* reader(void* unused) {
    char byte;
    (void)unused;
    return (void*)(long)read(fds[0], &byte, 1);
}

static void* brief(void* unused) {
    getppid();
    return unused;
}

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? atoi(argv[1]) : 0;
    pthread_t thread;
    void* result;
    if (pipe(fds) != 0 || pthread_create(&thread, NULL, reader, NULL) != 0) return 1;
    if (write(fds[1], "x", 1) != 1) return 1;
    pthread_join(thread, &result);
    for (int i = 0; i < rounds; ++i) {
        if (pthread_create(&thread, NULL, brief, NULL) != 0) return 1;
        pthread_join(thread, NULL);
    }
    return (long)result == 1 ? 0 : 1;
}
