/* pass.c: a descriptor travels. cc -Wall pass.c && ./a.out */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char byte = 'x', buf[64];
static union { char space[CMSG_SPACE(sizeof(int))]; struct cmsghdr head; } extra;
static struct iovec one = { &byte, 1 };
static struct msghdr letter = { NULL, 0, &one, 1, &extra, sizeof extra, 0 };

static void guest(int pair[2])
{
    struct ucred who;
    socklen_t size = sizeof who;
    int came;
    if (close(pair[0]) == -1) _exit(1);                          /* the clerk's end */
    if (getsockopt(pair[1], SOL_SOCKET, SO_PEERCRED, &who, &size) == -1) _exit(1); /* who? */
    if (recvmsg(pair[1], &letter, 0) != 1) _exit(1);             /* get */
    memcpy(&came, CMSG_DATA(&extra.head), sizeof came);
    if (read(came, buf, sizeof buf) != 6) _exit(1);              /* use */
    _exit(0);
}

int main(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) _exit(1); /* made */
    if (fork() == 0) guest(pair);
    int file = open("safe", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file == -1 || write(file, "secret", 6) != 6 || lseek(file, 0, SEEK_SET) == -1) _exit(1);
    extra.head = (struct cmsghdr){ CMSG_LEN(sizeof file), SOL_SOCKET, SCM_RIGHTS };
    memcpy(CMSG_DATA(&extra.head), &file, sizeof file);
    if (sendmsg(pair[0], &letter, 0) != 1) _exit(1);             /* send it */
    if (close(file) == -1 || unlink("safe") == -1) _exit(1);     /* mine no more */
    if (wait(NULL) == -1) _exit(1);
    _exit(0);
}
