// Every descriptor number that a program can get, and everything that is open at each point. Traps 28-32.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void list(const char *when) {
    printf("%s:", when);
    for (int fd = 0; fd < 1024; ++fd)
        if (fcntl(fd, F_GETFD) >= 0) printf(" %d", fd);
    printf("\n");
}

int main(void) {
    int fds[2];
    list("start");
    if (pipe(fds) < 0) return 1;
    printf("pipe %d %d, dup %d, open %d\n", fds[0], fds[1], dup(1), open("/dev/null", O_RDONLY | O_CLOEXEC));
    printf("dup2 %d, fcntl %d\n", dup2(fds[0], 20), fcntl(fds[0], F_DUPFD, 30));
    list("opened");
    for (int fd = 3; fd < 1024; ++fd) close(fd);
    list("closed");
    printf("again %d\n", open("/dev/null", O_RDONLY));
    DIR *directory = opendir("/proc/self/fd");
    int names = 0;
    while (directory && readdir(directory)) ++names;
    printf("/proc/self/fd has %d names\n", names);
    fflush(stdout);
    dup2(1, 9);
    execl("/bin/sh", "sh", "-c", "for fd in /proc/self/fd/*; do echo ${fd##*/}; done", (char *)NULL);
    return 1;
}
