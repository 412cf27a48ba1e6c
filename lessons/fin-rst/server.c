/* server.c: hangs up twice, once too early. cc -Wall server.c -o server && ./server */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(7000) };
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    int door = socket(AF_INET, SOCK_STREAM, 0), from;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (bind(door, (struct sockaddr *)&own, sizeof own) == -1 || listen(door, 1) == -1) _exit(1);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    if (close(from) == -1 || (from = accept(door, NULL, NULL)) == -1) _exit(1); /* hang up; the next */
    if (close(from) == -1) _exit(1);                             /* hang up on the answer */
    if (close(door) == -1) _exit(1);                             /* no more guests */
    _exit(0);
}
