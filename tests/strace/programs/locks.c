// flock, lockf and fcntl's lock commands: got, refused, split, asked for; a circle that the kernel refuses.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int ask(int fd, int command, short type, off_t start, off_t length) {
    struct flock lock = {type, SEEK_SET, start, length, 0};
    return fcntl(fd, command, &lock);
}

int main(void) {
    char path[] = "/tmp/ipcscope-locks-XXXXXX";
    const int fd = mkstemp(path);
    if (fd < 0) return 1;
    const int other = open(path, O_RDWR);
    if (other < 0 || unlink(path) != 0) return 1;
    if (flock(fd, LOCK_EX) != 0 || flock(other, LOCK_SH | LOCK_NB) != -1 || errno != EWOULDBLOCK) return 2;
    if (flock(fd, LOCK_UN) != 0 || flock(other, LOCK_SH) != 0 || flock(fd, LOCK_SH) != 0 || flock(99, LOCK_EX) != -1) return 3;
    if (ask(fd, F_SETLK, F_WRLCK, 0, 10) != 0 || ask(fd, F_SETLKW, F_RDLCK, 4, 2) != 0) return 4;
    if (ask(fd, F_OFD_SETLK, F_WRLCK, 100, 0) != 0 || ask(other, F_OFD_SETLK, F_WRLCK, 5, 1) != -1 || errno != EAGAIN) return 5;
    if (lseek(fd, 50, SEEK_SET) != 50 || lockf(fd, F_LOCK, 10) != 0 || lockf(fd, F_TEST, 10) != 0 || lockf(fd, F_ULOCK, 10) != 0) return 6;
    const pid_t child = fork();
    if (child == 0) {
        if (ask(fd, F_GETLK, F_WRLCK, 0, 1) != 0 || ask(fd, F_SETLK, F_WRLCK, 0, 1) != -1) _exit(1);
        if (lockf(fd, F_TLOCK, 10) != 0 || ask(other, F_OFD_GETLK, F_WRLCK, 200, 1) != 0) _exit(2);
        _exit(0);
    }
    int status;
    if (waitpid(child, &status, 0) != child || status != 0) return 7;
    if (close(other) != 0 || ask(fd, F_SETLK, F_UNLCK, 0, 0) != 0 || ask(fd, F_SETLK, F_WRLCK, -1, 1) != -1 || errno != EINVAL) return 8;
    return 0;
}
