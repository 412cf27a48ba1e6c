// argv[1]: the program that a vfork's child executes.
#define _DEFAULT_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int status;
    if (argc < 2) return 2;
    const pid_t child = vfork();
    if (child == 0) {
        execv(argv[1], argv + 1);
        _exit(9);
    }
    if (waitpid(child, &status, 0) != child) return 1;
    return WEXITSTATUS(status);
}
