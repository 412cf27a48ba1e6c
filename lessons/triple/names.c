/* names.c: who is 127.0.0.1, TCP, 5000? cc -Wall names.c && ./a.out */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET }, other, mine;

static int take_name(int socket, struct sockaddr_in *name)
{
    return bind(socket, (struct sockaddr *)name, sizeof *name);
}

static void bob(void)
{
    int tcp = socket(AF_INET, SOCK_STREAM, 0), udp;
    if (take_name(tcp, &at) != -1 || errno != EADDRINUSE) _exit(1); /* the same */
    if ((udp = socket(AF_INET, SOCK_DGRAM, 0)) == -1) _exit(1);
    if (take_name(udp, &at) == -1) _exit(1);                     /* another protocol */
    if (take_name(tcp, &other) == -1) _exit(1);                  /* another address */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1); /* visit */
    if (getsockname(to, (struct sockaddr *)&mine, &(socklen_t){ sizeof mine }) == -1) _exit(1); /* who am I? */
    _exit(0);
}

int main(void)
{
    at.sin_port = other.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);                 /* 127.0.0.1 */
    other = at, other.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1); /* 127.0.0.2 */
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || take_name(door, &at) == -1 || listen(door, 1) == -1) _exit(1); /* first come */
    if (fork() == 0) bob();
    if (accept(door, (struct sockaddr *)&mine, &(socklen_t){ sizeof mine }) == -1) _exit(1); /* from whom? */
    if (wait(NULL) == -1) _exit(1);
    _exit(0);
}
