// posix_spawn, system, popen: and the program never sees the probe's part of the environment. Trap 20.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void show_environment(const char *who) {
    for (char **entry = environ; *entry; ++entry) printf("%s %s\n", who, *entry);
    char bytes[4096];
    const int fd = open("/proc/self/environ", O_RDONLY);
    ssize_t length = read(fd, bytes, sizeof bytes);
    close(fd);
    while (length > 0 && bytes[length - 1] == 0) --length;
    for (ssize_t i = 0; i < length; ++i) putchar(bytes[i] ? bytes[i] : '|');
    printf("\npreload %s\n", getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "none");
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        show_environment(argv[1]);
        return 5;
    }
    if (chdir("/") < 0) return 1;    // the shell says where it is
    show_environment("parent");
    pid_t pid;
    char *arguments[] = {argv[0], "spawned", NULL};
    char *nothing[] = {NULL};
    char *something[] = {"GIVEN=1", NULL};
    int status = 0;
    int answer = posix_spawn(&pid, argv[0], NULL, NULL, arguments, something);
    waitpid(pid, &status, 0);
    printf("spawn %d status %d\n", answer, WEXITSTATUS(status));
    answer = posix_spawnp(&pid, argv[0], NULL, NULL, arguments, nothing);
    waitpid(pid, &status, 0);
    printf("spawnp %d\n", answer);
    printf("no such: %d\n", posix_spawn(&pid, "/nowhere", NULL, NULL, arguments, nothing));
    fflush(stdout);
    char command[4200];
    snprintf(command, sizeof command, "%s system", argv[0]);
    printf("system %d\n", WEXITSTATUS(system(command)));
    fflush(stdout);
    snprintf(command, sizeof command, "%s popen", argv[0]);
    FILE *pipe = popen(command, "r");
    char line[4200];
    while (fgets(line, sizeof line, pipe)) printf("popen: %s", line);
    printf("pclose %d\n", WEXITSTATUS(pclose(pipe)));
    return 0;
}
