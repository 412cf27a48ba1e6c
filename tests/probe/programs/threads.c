// Many threads, small stacks, no descriptors left. Traps 24, 31, 39.
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_barrier_t all_here;
static void *call(void *wait_for_all) {
    if (wait_for_all) pthread_barrier_wait(&all_here);
    const long ok = getppid() > 0;
    if (wait_for_all) pthread_barrier_wait(&all_here);
    return (void *)ok;
}

static char alternate[65536];
static void handler(int signal) { (void)signal; (void)!write(1, "on the small stack\n", 19); }

int main(int argc, char **argv) {
    const int alive = argc > 1 ? atoi(argv[1]) : 100;
    long ok = 0;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
    pthread_t *thread = calloc((size_t)alive, sizeof *thread);
    pthread_barrier_init(&all_here, NULL, (unsigned)alive);
    for (int i = 0; i < alive; ++i) pthread_create(&thread[i], &small, call, thread);
    for (int i = 0; i < alive; ++i) {
        void *answer;
        pthread_join(thread[i], &answer);
        ok += (long)answer;
    }
    printf("%ld together\n", ok);
    stack_t stack = {.ss_sp = alternate, .ss_size = getauxval(AT_MINSIGSTKSZ) + 6144};
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = SA_ONSTACK;
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    fflush(stdout);    // what the kernel needs for the frame on this machine, the lazy loader, and little more
    raise(SIGUSR1);
    struct rlimit few;
    getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 8;
    setrlimit(RLIMIT_NOFILE, &few);
    while (dup(1) >= 0) {}
    pthread_create(&thread[0], NULL, call, NULL);
    pthread_join(thread[0], NULL);
    const pid_t pid = fork();
    if (pid == 0) _exit(dup(1) == -1 ? 4 : 5);
    int status;
    waitpid(pid, &status, 0);
    printf("full: child %d, dup %d\n", WEXITSTATUS(status), dup(1));
    return 0;
}
