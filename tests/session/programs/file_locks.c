// Locks on a file: of the whole of it, and of bytes, in two processes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int fd, int command, short type, off_t start, off_t length) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &lock);
}

int main(void) {
    char name[] = "/tmp/ipcscope-locks-XXXXXX";
    const int fd = mkostemp(name, 0);
    if (fd == -1 || ftruncate(fd, 100) == -1) return 1;
    if (flock(fd, LOCK_SH) == -1) return 2;
    if (lock(fd, F_SETLK, F_WRLCK, 0, 10) == -1 || lock(fd, F_SETLK, F_RDLCK, 20, 0) == -1) return 3;
    const pid_t child = fork();
    if (child == -1) return 4;
    if (child == 0) {
        if (lock(fd, F_SETLK, F_RDLCK, 12, 4) == -1) _exit(1);
        _exit(lock(fd, F_SETLKW, F_WRLCK, 5, 1) == -1);
    }
    if (lock(fd, F_OFD_SETLK, F_RDLCK, 90, 5) == -1) return 5;
    if (lock(fd, F_SETLK, F_UNLCK, 4, 4) == -1) return 6;
    if (wait(NULL) != child) return 7;
    if (unlink(name) == -1) return 8;
    return close(fd) == -1;
}
