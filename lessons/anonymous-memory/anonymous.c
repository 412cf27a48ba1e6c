/* anonymous.c: what does a fork copy, and what not? cc -Wall anonymous.c && ./a.out */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BOTH (PROT_READ | PROT_WRITE)

int main(void)
{
    int *own = mmap(NULL, 4096, BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);    /* own */
    int *box = mmap(NULL, 4096, BOTH, MAP_SHARED | MAP_ANONYMOUS, -1, 0);     /* box */
    if (own == MAP_FAILED || box == MAP_FAILED) _exit(1);

    pid_t child = fork();                                   /* twice */
    if (child == -1) _exit(1);
    if (child == 0) {
        *own = 7;                                           /* mine: in the child's copy */
        *box = 7;                                           /* ours: in the one box */
        _exit(0);
    }
    if (wait(NULL) != child) _exit(1);
    int x = *own;                                           /* look: at both */
    int y = *box;
    if (munmap(box, 4096) == -1) _exit(1);                  /* nobody needs it any more */
    _exit(x == 0 && y == 7 ? 0 : 1);
}
