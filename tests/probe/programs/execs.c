// exec that fails, and leaves everything as it was; then one that does not, from a thread. Traps 21, 22.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void *replace(void *unused) {
    char *arguments[] = {"sh", "-c", "echo $FROM $LD_PRELOAD$IPCSCOPE_SOCKET; exit 6", NULL};
    char *environment[] = {"FROM=thread", NULL};
    execve("/bin/sh", arguments, environment);
    return unused;
}

int main(void) {
    char *arguments[] = {"x", NULL};
    char *environment[] = {"A=1", NULL};
    const int fd = open("script", O_WRONLY | O_CREAT, 0755);
    (void)!write(fd, "no program\n", 11);
    fchmod(fd, 0755);
    close(fd);
    printf("%d", execve("/nowhere", arguments, environment));
    printf(" ENOENT %d\n", errno == ENOENT);
    printf("%d", execve("/etc/passwd", arguments, environment));
    printf(" EACCES %d\n", errno == EACCES);
    printf("%d", execve("./script", arguments, environment));
    printf(" ENOEXEC %d\n", errno == ENOEXEC);
    printf("%d", execvp("no-such-program", arguments));
    printf(" ENOENT %d\n", errno == ENOENT);
    printf("%d", execle("/nowhere", "nowhere", "a", "b", (char *)NULL, environment));
    printf(" ENOENT %d\n", errno == ENOENT);
    static char huge[3 << 17];    // one argument longer than the kernel takes
    memset(huge, 'x', sizeof huge - 1);
    char *big[] = {"x", huge, NULL};
    printf("%d", execve("/bin/true", big, environment));
    printf(" E2BIG %d\n", errno == E2BIG);
    printf("environment %s\n", getenv("LD_PRELOAD") ? "seen" : "clean");
    fflush(stdout);
    pthread_t thread;
    pthread_create(&thread, NULL, replace, NULL);
    for (;;) pause();
}
