/* Prints into a buffer, and writes it later. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    if (setvbuf(stdout, NULL, _IOFBF, 4096) != 0 || printf("hello") != 5) _exit(1);
    if (getpid() == 0) _exit(2);
    if (fork() == 0) _exit(3);
    if (fflush(stdout) != 0) _exit(4);
    if (getpid() == 0) _exit(5);
    _exit(0);
}
