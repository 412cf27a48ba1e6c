// Memory of all kinds: shared and private after a fork, named, mapped twice, without a name, in part.
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    const int both = PROT_READ | PROT_WRITE;
    int* const shared = mmap(NULL, 4096, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int* const own = mmap(NULL, 4096, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || own == MAP_FAILED) return 1;
    shared[0] = own[0] = 1;
    const pid_t child = fork();
    if (child == 0) {
        shared[1] = own[1] = 7;
        _exit(getpid() == 0);
    }
    if (wait(NULL) != child) return 2;
    shm_unlink("/ipcscope-test");
    const int fd = shm_open("/ipcscope-test", O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd < 0 || ftruncate(fd, 8192) != 0) return 3;
    char* const whole = mmap(NULL, 8192, both, MAP_SHARED, fd, 0);
    char* const second = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
    if (whole == MAP_FAILED || second == MAP_FAILED) return 4;
    strcpy(whole, "hello");
    strcpy(whole + 4096, "there");
    if (mprotect(whole + 4096, 4096, PROT_READ) != 0 || munmap(whole, 4096) != 0) return 5;
    if (close(fd) != 0 || shm_unlink("/ipcscope-test") != 0) return 6;
    if (strcmp(second, "there") != 0 || munmap(second, 4096) != 0 || munmap(whole + 4096, 4096) != 0) return 7;
    const int memfd = memfd_create("scratch", MFD_CLOEXEC);
    if (memfd < 0 || ftruncate(memfd, 4096) != 0) return 8;
    if (mmap(NULL, 4096, both, MAP_SHARED, memfd, 0) == MAP_FAILED || close(memfd) != 0) return 9;
    _exit(0);
}
