/* lost.c: two processes count to two, perhaps. cc -Wall lost.c && ./a.out */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int *counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);    /* box: one for both, and 0 lies in it */
    if (counter == MAP_FAILED) _exit(1);
    pid_t child = fork();                                      /* twice */
    if (child == -1) _exit(1);

    (*counter)++;                                              /* count: both do */

    if (child == 0) _exit(0);
    if (wait(NULL) != child) _exit(1);
    _exit(*counter == 2 ? 0 : 1);                              /* sum */
}
