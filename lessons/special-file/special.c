/* special.c: the same calls on a file and on a socket. cc -Wall special.c && ./a.out */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };
static char buf[8];

static void use(int fd)                                          /* knows nothing of what it has got */
{
    if (write(fd, "hello", 5) != 5) _exit(1);                    /* give */
    if (read(fd, buf, sizeof buf) == -1) _exit(1);               /* take */
    if (lseek(fd, 0, SEEK_SET) == -1 && errno != ESPIPE) _exit(1); /* back */
    _exit(close(fd));                                            /* done */
}

int main(void)
{
    at.sin_port = htons(5000), at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 2) == -1) _exit(1);
    if (fork() == 0) {
        close(door);                                             /* the door is the server's */
        use(open("note", O_RDWR | O_CREAT | O_TRUNC, 0600));     /* a file: one call opens it */
    }
    if (fork() == 0) {
        close(door);                                             /* so for her, too */
        int to = socket(AF_INET, SOCK_STREAM, 0);                /* a socket: two calls */
        if (connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
        use(to);
    }
    int from = accept(door, NULL, NULL);
    if (read(from, buf, sizeof buf) != 5 || write(from, "world", 5) != 5) _exit(1); /* answer */
    if (close(from) == -1) _exit(1);                             /* said everything */
    _exit(wait(NULL) == -1 || wait(NULL) == -1);
}
