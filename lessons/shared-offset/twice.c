/* twice.c: offset.c, but each process opens the file itself. cc -Wall twice.c && ./a.out */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char buf[3];

    int made = open("letters", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (made == -1) _exit(1);
    if (write(made, "ABCDEFGHI", 9) != 9) _exit(1);
    if (close(made) == -1) _exit(1);                        /* written: from now on it is only read */

    pid_t child = fork();                                   /* twice: before the file is open */
    if (child == -1) _exit(1);
    int fd = open("letters", O_RDONLY);                     /* each: an open file of its own */
    if (fd == -1) _exit(1);

    if (read(fd, buf, sizeof buf) != sizeof buf) _exit(1);  /* both: three letters each */
    if (child == 0) {
        if (lseek(fd, 0, SEEK_SET) == -1) _exit(1);         /* back: the child goes back to the start */
        _exit(0);
    }
    int own = open("letters", O_RDONLY);                    /* again */
    if (own == -1) _exit(1);
    if (read(fd, buf, sizeof buf) != sizeof buf) _exit(1);  /* moved */
    if (read(own, buf, sizeof buf) != sizeof buf) _exit(1); /* unmoved */
    if (close(fd) == -1) _exit(1);                          /* the offset goes with its last descriptor */
    if (wait(NULL) != child) _exit(1);
    if (unlink("letters") == -1) _exit(1);                  /* tidy */
    _exit(0);
}
