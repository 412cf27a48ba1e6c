/* Memory: fresh, shared, named, in part, and what fails. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    const int both = PROT_READ | PROT_WRITE;
    char *shared = mmap(NULL, 8192, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *own = mmap(NULL, 4096, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mmap(NULL, 0, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    mmap(NULL, 4096, both, MAP_SHARED, 99, 0);
    mprotect(shared + 4096, 4096, PROT_READ);
    msync(shared, 4096, MS_SYNC);
    munmap(shared + 4096, 4096);
    munmap((void *)1, 4096);
    shm_unlink("/ipcscope-strace");
    int fd = shm_open("/ipcscope-strace", O_CREAT | O_EXCL | O_RDWR, 0640);
    shm_open("/ipcscope-strace", O_CREAT | O_EXCL | O_RDWR, 0640);
    shm_open("/no-such-object", O_RDONLY, 0);
    if (ftruncate(99, 1) != -1 || ftruncate(fd, 8192) != 0) _exit(2);
    char *named = mmap(NULL, 4096, both, MAP_SHARED, fd, 4096);
    if (fork() == 0) {
        shared[0] = own[0] = named[0] = 'c';
        _exit(0);
    }
    wait(NULL);
    close(fd);
    shm_unlink("/ipcscope-strace");
    munmap(named, 4096);
    int memfd = memfd_create("scratch", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    close(memfd);
    _exit(shared[0] == 'c' && own[0] == 0 ? 0 : 1);
}
