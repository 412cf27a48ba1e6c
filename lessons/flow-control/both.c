/* both.c: writes first, as the writer does. cc -Wall both.c -o reader && ./reader */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { many = 10000000, little = 4096 };
static char bytes[many];

int main(void)
{
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(7000) };
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    int door = socket(AF_INET, SOCK_STREAM, 0), from;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1);
    if (setsockopt(door, SOL_SOCKET, SO_RCVBUF, &(int){ little }, sizeof(int)) == -1) _exit(1); /* small */
    if (setsockopt(door, SOL_SOCKET, SO_SNDBUF, &(int){ little }, sizeof(int)) == -1) _exit(1); /* inherited */
    if (bind(door, (struct sockaddr *)&own, sizeof own) == -1 || listen(door, 1) == -1) _exit(1);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    if (send(from, bytes, many, 0) != many) _exit(1);            /* answer first */
    if (recv(from, bytes, many, MSG_WAITALL) != many) _exit(1);
    _exit(0);
}
