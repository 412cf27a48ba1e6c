// The checked twins that a compiler puts in the place of read, pread, poll and open with _FORTIFY_SOURCE; called by name, since
// not every compiler does. With an argument it overflows its buffer on purpose. Traps 1, 2.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

extern ssize_t __read_chk(int, void *, size_t, size_t);
extern ssize_t __pread_chk(int, void *, size_t, off_t, size_t);
extern int __poll_chk(struct pollfd *, nfds_t, int, size_t);
extern int __open_2(const char *, int);
extern int __openat_2(int, const char *, int);

int main(int argc, char **argv) {
    (void)argv;
    char small[8];
    const size_t wanted = argc > 1 ? 64 : 8;
    const int fd = __open_2("/dev/zero", O_RDONLY);
    printf("open %d %d\n", fd, __openat_2(AT_FDCWD, "/dev/zero", O_RDONLY));
    struct pollfd ready[1] = {{fd, POLLIN, 0}};
    printf("poll %d\n", __poll_chk(ready, 1, 0, sizeof ready));
    printf("pread %zd\n", __pread_chk(fd, small, 4, 0, sizeof small));
    fflush(stdout);
    printf("read %zd\n", __read_chk(fd, small, wanted, sizeof small));
    return 0;
}
