/* both.c: both write first. cc -Wall both.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { many = 100000, little = 4096 };
static char bytes[many];
static struct sockaddr_in at = { .sin_family = AF_INET };

static void writer(int door)
{
    if (close(door) == -1) _exit(1);                             /* the door is the reader's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(to, SOL_SOCKET, SO_SNDBUF, &(int){ little }, sizeof(int)) == -1) _exit(1);
    if (setsockopt(to, SOL_SOCKET, SO_RCVBUF, &(int){ little }, sizeof(int)) == -1) _exit(1);
    if (connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (send(to, bytes, many, 0) != many) _exit(1);            /* pour */
    if (recv(to, bytes, many, MSG_WAITALL) != many) _exit(1);
    if (close(to) == -1) _exit(1);                               /* all was said */
    _exit(0);
}

int main(void)
{
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0), from;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1);
    if (setsockopt(door, SOL_SOCKET, SO_RCVBUF, &(int){ little }, sizeof(int)) == -1) _exit(1); /* small */
    if (setsockopt(door, SOL_SOCKET, SO_SNDBUF, &(int){ little }, sizeof(int)) == -1) _exit(1); /* inherited */
    if (bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 1) == -1) _exit(1);
    if (fork() == 0) writer(door);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    if (send(from, bytes, many, 0) != many) _exit(1);            /* answer first */
    if (recv(from, bytes, many, MSG_WAITALL) != many) _exit(1);
    _exit(wait(NULL) == -1);
}
