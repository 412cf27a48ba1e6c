// The 64-bit names, and the mode that exists only with O_CREAT or O_TMPFILE. Traps 3, 4, 8.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

extern ssize_t __read(int, void *, size_t);
extern ssize_t __write(int, const void *, size_t);
extern int __close(int);

static void mode_of(int fd) {
    struct stat status;
    if (fstat(fd, &status) == 0) printf("%d %o\n", fd, (unsigned)status.st_mode);
    else printf("%d none\n", fd);
}

int main(void) {
    umask(0);
    char bytes[8] = "abcdefg";
    const int a = open64("a", O_RDWR | O_CREAT, 0641);
    mode_of(a);
    mode_of(openat64(AT_FDCWD, "b", O_RDWR | O_CREAT | O_EXCL, 0604));
    mode_of(openat(AT_FDCWD, "b", O_RDWR));
    mode_of(creat64("c", 0750));
    mode_of(open(".", O_RDWR | O_TMPFILE, 0612));
    mode_of(open("nowhere", O_RDONLY));
    printf("%zd %zd", pwrite64(a, bytes, 7, 100), pread64(a, bytes, 3, 102));
    printf(" %.3s %lld %d\n", bytes, (long long)lseek64(a, 0, SEEK_END), fcntl64(a, F_GETFL) & O_ACCMODE);
    printf("%lld %zd", (long long)lseek64(a, 0, SEEK_SET), __write(a, "xyz", 3));
    printf(" %zd %d\n", __read(a, bytes, 1), __close(a));
    return 0;
}
