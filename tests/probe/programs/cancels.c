// Cancellation points stay what they are. Trap 36.
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int fds[2];

static void cleaned(void *name) {
    printf("%s was cancelled\n", (const char *)name);
    close(dup(1));    // a call while unwinding
}

static void *reads(void *unused) {
    char byte;
    pthread_cleanup_push(cleaned, "read");
    (void)!read(fds[0], &byte, 1);
    pthread_cleanup_pop(0);
    return unused;
}

static void *asks(void *unused) {
    pthread_cleanup_push(cleaned, "getppid");
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    (void)!write(fds[1], "x", 1);
    usleep(50000);
    for (int i = 0; i < 100; ++i) getppid();    // no cancellation point, before or after
    printf("getppid is none\n");
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    getppid();
    getpid();
    printf("still none\n");
    pause();
    pthread_cleanup_pop(0);
    return unused;
}

int main(void) {
    pthread_t thread;
    void *answer;
    if (pipe(fds) < 0) return 1;
    pthread_create(&thread, NULL, reads, NULL);
    usleep(50000);
    pthread_cancel(thread);
    pthread_join(thread, &answer);
    printf("%d\n", answer == PTHREAD_CANCELED);
    pthread_create(&thread, NULL, asks, NULL);
    char byte;
    (void)!read(fds[0], &byte, 1);
    pthread_cancel(thread);
    pthread_join(thread, &answer);
    printf("%d\n", answer == PTHREAD_CANCELED);
    return 0;
}
