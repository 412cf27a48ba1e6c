// Every call about descriptors, files and names, failing ones too.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
    char path[] = "descriptors.tmp", buffer[64];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0640);
    if (fd < 0 || write(fd, "one \"two\"\n\0three", 16) != 16) return 1;
    if (lseek(fd, 4, SEEK_SET) != 4 || read(fd, buffer, 3) != 3) return 2;
    struct iovec parts[2] = {{"a", 1}, {"bc", 2}}, room[2] = {{buffer, 2}, {buffer + 2, 5}};
    if (writev(fd, parts, 2) != 3 || pwrite(fd, "xyz", 3, 0) != 3 || pread(fd, buffer, 5, 0) != 5) return 3;
    if (lseek(fd, 0, SEEK_SET) != 0 || readv(fd, room, 2) != 7) return 4;
    int again = dup(fd), high = dup2(fd, 17), third = dup3(fd, 18, O_CLOEXEC);
    if (again < 0 || high != 17 || third != 18 || dup2(fd, fd) != fd) return 5;
    if (fcntl(fd, F_DUPFD, 30) != 30 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_GETFL) < 0) return 6;
    int at = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC), made = creat("descriptors.tmp2", 0600);
    if (at < 0 || made < 0) return 7;
    close(at), close(made), close(30), close(18), close(17), close(again), close(fd);
    if (close(fd) != -1 || errno != EBADF || read(fd, buffer, 1) != -1 || write(99, "x", 1) != -1) return 8;
    if (open("/no/such/file", O_RDONLY) != -1 || errno != ENOENT || lseek(99, 0, SEEK_CUR) != -1) return 9;
    if (mkfifo("descriptors.fifo", 0600) != 0 || mkfifo("descriptors.fifo", 0600) != -1 || errno != EEXIST) return 10;
    unlink("descriptors.fifo"), unlink(path), unlink("descriptors.tmp2");
    return unlink("/no/such/file") == -1 ? 0 : 11;
}
