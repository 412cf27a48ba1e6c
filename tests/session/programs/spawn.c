// posix_spawn of argv[1].
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

int main(int argc, char** argv) {
    int status;
    pid_t child;
    if (argc < 2 || posix_spawn(&child, argv[1], NULL, NULL, argv + 1, environ) != 0) return 1;
    if (waitpid(child, &status, 0) != child) return 1;
    return WEXITSTATUS(status);
}
