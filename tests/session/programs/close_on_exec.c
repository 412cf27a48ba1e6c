// The parent learns by end of file that its child has executed argv[1]: the write end closes itself on exec.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int fds[2];
    char byte;
    if (argc < 2 || pipe2(fds, O_CLOEXEC) != 0) return 1;
    if (fork() == 0) {
        execv(argv[1], argv + 1);
        _exit(9);
    }
    close(fds[1]);
    if (read(fds[0], &byte, 1) != 0) return 1;
    return wait(NULL) > 0 ? 0 : 1;
}
