/* udp.c: fire and forget. cc -Wall udp.c && ./a.out */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static void ann(int box)
{
    struct sockaddr *bob = (struct sockaddr *)&at;

    int out = close(box) == -1 ? -1 : socket(AF_INET, SOCK_DGRAM, 0); /* the box is bob's */
    if (sendto(out, "one", 3, 0, bob, sizeof at) != 3) _exit(1); /* fire */
    if (sendto(out, "two", 3, 0, bob, sizeof at) != 3) _exit(1);
    if (sendto(out, "three", 5, 0, bob, sizeof at) != 5) _exit(1);
    if (sendto(out, "four", 4, 0, bob, sizeof at) != 4) _exit(1); /* into nothing */
    if (connect(out, bob, sizeof at) == -1) _exit(1);            /* only this one */
    if (send(out, "five", 4, 0) != 4) _exit(1);
    if (send(out, "six", 3, 0) != -1 || errno != ECONNREFUSED) _exit(1); /* late news */
    _exit(0);
}

int main(void)
{
    char buf[64];

    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int box = socket(AF_INET, SOCK_DGRAM, 0);
    if (box == -1 || bind(box, (struct sockaddr *)&at, sizeof at) == -1) _exit(1); /* an address */
    if (fork() == 0) ann(box);
    if (recv(box, buf, sizeof buf, 0) != 3) _exit(1);            /* open one */
    if (recv(box, buf, 2, 0) != 2) _exit(1);                     /* too small */
    if (recv(box, buf, sizeof buf, 0) != 5) _exit(1);
    if (close(box) == -1) _exit(1);                              /* moved away */
    if (wait(NULL) == -1) _exit(1);
    _exit(0);
}
