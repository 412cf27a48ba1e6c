// Pointers that the kernel answers with EFAULT.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRY(call) (errno = 0, printf("%d %d\n", (int)(call), errno))

int main(int argc, char **argv) {
    (void)argv;
    char *volatile low = (char *)1;
    char *volatile high = (char *)0xffff800000000000;
    char *volatile null = NULL;
    int fds[2];
    if (pipe(fds) < 0) return 1;
    TRY(write(fds[1], low, 5));
    TRY(write(fds[1], high, 5));
    TRY(write(fds[1], null, 5));
    TRY(open(null, O_RDONLY));
    TRY(open(low, O_RDONLY));
    TRY(unlink(high));
    TRY(read(open("/dev/zero", O_RDONLY), low, 5));
    TRY(writev(fds[1], (struct iovec *)low, 1));
    TRY(wait((int *)null));
    TRY(nanosleep((struct timespec *)null, NULL));
    TRY(sigaction(SIGUSR1, NULL, NULL));
    if (argc > 1) {    // unmapped, but plausible: told apart only at a closed gate
        char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(page + 4096, 4096);
        TRY(write(fds[1], page + 4096, 5));
        TRY(write(fds[1], page + 4090, 12));
        TRY(mkfifo(page + 4096, 0600));
        TRY(writev(fds[1], (struct iovec *)(page + 4096), 1));
    }
    return 0;
}
