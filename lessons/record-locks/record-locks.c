/* record-locks.c: locks on bytes, and what throws them away. cc -Wall record-locks.c && ./a.out */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static int ask(int fd, int command, short type, off_t account)    /* an account: 10 bytes */
{
    struct flock lock = {type, SEEK_SET, account * 10, 10, 0};
    int answer = fcntl(fd, command, &lock);
    return answer == -1 && (errno == EAGAIN || errno == EDEADLK) ? 1 : answer;
}

static void log_balance(void)                                     /* somewhere in a library */
{
    int fd = open("accounts.txt", O_RDONLY);                      /* look: the same file, once more */
    if (fd == -1 || close(fd) == -1) _exit(1);                    /* harmless: only its own descriptor */
}

static void child(int fd)
{
    if (ask(fd, F_GETLK, F_WRLCK, 0) == -1) _exit(1);             /* who: has anybody got account 0? */
    if (ask(fd, F_SETLK, F_WRLCK, 1) == -1) _exit(1);             /* other: account 1 */
    _exit(ask(fd, F_SETLKW, F_WRLCK, 0) == -1 ? 1 : 0);           /* both: account 0 too, and it waits */
}

int main(void)
{
    int fd = open("accounts.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd == -1 || write(fd, "account 0 account 1 ", 20) != 20) _exit(1);
    if (ask(fd, F_SETLK, F_WRLCK, 0) == -1) _exit(1);             /* mine: account 0 */
    pid_t pid = fork();                                           /* twice */
    if (pid == -1) _exit(1);
    if (pid == 0) child(fd);
    if (ask(fd, F_SETLKW, F_WRLCK, 1) == -1) _exit(1);            /* circle */
    log_balance();                                                /* balance */
    if (ask(fd, F_SETLK, F_WRLCK, 0) == -1) _exit(1);             /* still: account 0 is mine, or is it? */
    if (close(fd) == -1 || wait(NULL) != pid) _exit(1);           /* done: what is locked goes with it */
    _exit(unlink("accounts.txt") == -1 ? 1 : 0);
}
