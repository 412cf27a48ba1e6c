/* flock.c: a lock on a file, and whose it is. cc -Wall flock.c && ./a.out */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int refused(int result) { return result == -1 && errno == EWOULDBLOCK; }

static void child(int inherited)
{
    if (flock(inherited, LOCK_EX | LOCK_NB) == -1) _exit(1);    /* inherited: by the parent's open file */
    int own = open("notes.txt", O_RDWR);                        /* again: the same file, opened once more */
    if (own == -1) _exit(1);
    int got = flock(own, LOCK_EX | LOCK_NB);                    /* own: by the second open file */
    if (got == -1 && !refused(got)) _exit(1);
    if (write(own, "rude", 4) != 4) _exit(1);                   /* rude: lock or no lock */
    if (flock(inherited, LOCK_UN) == -1) _exit(1);              /* unlock */
    if (flock(own, LOCK_EX) == -1) _exit(1);                    /* patient: this one would wait */
    if (flock(own, LOCK_SH) == -1) _exit(1);                    /* share: readers may come in */
    got = flock(own, LOCK_EX | LOCK_NB);                        /* alone: is any reader left? */
    _exit(got == 0 || refused(got) ? 0 : 1);
}

int main(void)
{
    int fd = open("notes.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd == -1 || flock(fd, LOCK_EX) == -1) _exit(1);         /* lock */
    pid_t pid = fork();                                         /* twice */
    if (pid == -1) _exit(1);
    if (pid == 0) child(fd);
    if (flock(fd, LOCK_SH) == -1) _exit(1);                     /* read: together with other readers */
    int got = flock(fd, LOCK_EX | LOCK_NB);                     /* upgrade: now to write */
    if (got == -1 && !refused(got)) _exit(1);
    if (flock(fd, LOCK_UN) == -1 || wait(NULL) != pid) _exit(1);
    if (close(fd) == -1 || unlink("notes.txt") == -1) _exit(1); /* done: nobody has it open any more */
    _exit(0);
}
