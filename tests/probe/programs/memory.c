// Memory: fresh, shared, named, in part, and what fails; under their 64-bit names, too.
#define _GNU_SOURCE
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    const int both = PROT_READ | PROT_WRITE;
    char *shared = mmap(NULL, 8192, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *own = mmap(NULL, 4096, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = 77;
    printf("fresh %d %d errno %d\n", shared != MAP_FAILED, own != MAP_FAILED, errno);
    printf("none %d", mmap(NULL, 0, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    printf(" EINVAL %d\n", errno == EINVAL);
    printf("bad %d", mmap64(NULL, 4096, both, MAP_SHARED, 99, 0) == MAP_FAILED);
    printf(" EBADF %d\n", errno == EBADF);
    printf("%d", mprotect(shared + 4096, 4096, PROT_READ));
    printf("%d", msync(shared, 4096, MS_SYNC));
    printf("%d\n", munmap(shared + 4096, 4096));
    shm_unlink("/ipcscope-probe");
    const int fd = shm_open("/ipcscope-probe", O_CREAT | O_EXCL | O_RDWR, 0640);
    printf("shm %d again %d", fd, shm_open("/ipcscope-probe", O_CREAT | O_EXCL | O_RDWR, 0640));
    printf(" EEXIST %d cloexec %d\n", errno == EEXIST, fcntl(fd, F_GETFD));
    printf("size %d", ftruncate(fd, 4096));
    printf(" %d\n", ftruncate64(fd, 8192));
    char* const named = mmap64(NULL, 4096, both, MAP_SHARED, fd, 4096);
    fflush(stdout);
    if (fork() == 0) {
        shared[0] = own[0] = named[0] = 'c';
        _exit(0);
    }
    wait(NULL);
    printf("close %d", close(fd));
    printf(" unlink %d", shm_unlink("/ipcscope-probe"));
    printf(" again %d\n", shm_unlink("/ipcscope-probe"));
    printf("child's %d %d %d\n", shared[0] == 'c', own[0] == 'c', named[0] == 'c');
    const int memfd = memfd_create("scratch", MFD_CLOEXEC);
    printf("memfd %d %d\n", memfd, munmap(named, 4096));
    return 0;
}
