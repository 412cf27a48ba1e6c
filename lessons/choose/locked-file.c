/* locked-file.c: messages in a file under flock. cc locked-file.c && ./a.out [size [count [echo]]] */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static char box[65536];
static size_t size = 5;
static void put(int file)
{
    for (off_t old = -1; old != 0;) {                       /* a lock does not say when: ask again and again */
        if (flock(file, LOCK_EX) == -1 || (old = lseek(file, 0, SEEK_END)) == -1) _exit(1);
        if (old == 0 && pwrite(file, memset(box, 'x', size), size, 0) != (ssize_t)size) _exit(1);
        if (flock(file, LOCK_UN) == -1) _exit(1);
    }
}

static void take(int file)
{
    for (ssize_t n = 0; n == 0;) {
        if (flock(file, LOCK_EX) == -1 || (n = pread(file, box, size, 0)) == -1) _exit(1);
        if (n > 0 && (ftruncate(file, 0) == -1 || memchr(box, 0, size))) _exit(1);
        if (flock(file, LOCK_UN) == -1) _exit(1);
    }
}
int main(int argc, char **argv)
{
    int echo = argc > 3, status, how = O_RDWR | O_CREAT;
    if (argc > 1) size = strtoul(argv[1], NULL, 10);
    pid_t child = size > sizeof box ? -1 : fork();          /* each opens its own: so are the locks */
    int there = open("there", how, 0600), back = open("back", how, 0600);
    if (child == -1 || there == -1 || back == -1) _exit(1);
    for (long i = argc > 2 ? atol(argv[2]) : 2; i > 0; i--) {
        child ? put(there) : take(there);
        if (echo) child ? take(back) : put(back);
    }
    _exit(child && (wait(&status) != child || status != 0 || unlink("there") == -1 || unlink("back") == -1));
}
