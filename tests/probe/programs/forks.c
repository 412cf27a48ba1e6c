// Children, however they are made: fork, _Fork, a raw clone, a fork of a thread, a fork in a handler. Traps 17, 18.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(const char *name) {
    char text[64];
    snprintf(text, sizeof text, "child of %s\n", name);
    (void)!write(1, text, strlen(text));
    _exit(7);
}

static void join(pid_t pid) {
    int status = 0;
    const pid_t got = waitpid(pid, &status, 0);
    printf("%d %d\n", got == pid, WEXITSTATUS(status));
    fflush(stdout);
}

static void *in_thread(void *unused) {
    const pid_t pid = fork();
    if (pid == 0) child("a thread's fork");
    join(pid);
    return unused;
}

static void handler(int signal) {
    (void)signal;
    const pid_t pid = fork();
    if (pid == 0) child("a handler's fork");
    waitpid(pid, NULL, 0);
}

int main(void) {
    pid_t pid = fork();
    if (pid == 0) child("fork");
    join(pid);
    pid = _Fork();
    if (pid == 0) child("_Fork");
    join(pid);
    pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) child("clone");
    join(pid);
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    if (fork() == 0) {    // a grandchild
        pid = fork();
        if (pid == 0) child("a child");
        waitpid(pid, NULL, 0);
        _exit(0);
    }
    wait(NULL);
    return 0;
}
