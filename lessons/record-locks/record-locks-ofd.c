/* record-locks-ofd.c: locks on bytes that belong to the open file. cc -Wall record-locks-ofd.c && ./a.out */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static int ask(int fd, int command, short type, off_t account)    /* an account: 10 bytes */
{
    struct flock lock = {type, SEEK_SET, account * 10, 10, 0};
    return fcntl(fd, command, &lock) == -1 && errno != EAGAIN ? -1 : 0;
}

static void log_balance(void)                                     /* somewhere in a library */
{
    int fd = open("accounts.txt", O_RDONLY);                      /* look: the same file, once more */
    if (fd == -1 || close(fd) == -1) _exit(1);                    /* harmless: this time it really is */
}

static void child(int inherited)
{
    if (close(inherited) == -1) _exit(1);                     /* else the parent's lock would live on in here */
    int fd = open("accounts.txt", O_RDWR);                        /* own: an open file of its own */
    if (fd == -1 || ask(fd, F_OFD_SETLK, F_WRLCK, 1) == -1) _exit(1);
    _exit(ask(fd, F_OFD_SETLKW, F_WRLCK, 0) == -1 ? 1 : 0);       /* both: account 0 too, and it waits */
}

int main(void)
{
    int fd = open("accounts.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd == -1 || write(fd, "account 0 account 1 ", 20) != 20) _exit(1);
    if (ask(fd, F_OFD_SETLK, F_WRLCK, 0) == -1) _exit(1);         /* mine: account 0 */
    pid_t pid = fork();                                           /* twice */
    if (pid == -1) _exit(1);
    if (pid == 0) child(fd);
    log_balance();                                                /* balance */
    if (ask(fd, F_OFD_SETLK, F_WRLCK, 0) == -1) _exit(1);         /* still: account 0 is mine */
    if (close(fd) == -1 || wait(NULL) != pid) _exit(1);           /* done: the lock goes with it */
    _exit(unlink("accounts.txt") == -1 ? 1 : 0);
}
