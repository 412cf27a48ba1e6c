/* reads.c: hears the answer first, and then hangs up. cc -Wall reads.c -o server && ./server */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    char buf[8];
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(7000) };
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    int door = socket(AF_INET, SOCK_STREAM, 0), from;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (bind(door, (struct sockaddr *)&own, sizeof own) == -1 || listen(door, 1) == -1) _exit(1);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    if (close(from) == -1 || (from = accept(door, NULL, NULL)) == -1) _exit(1); /* hang up; the next */
    if (recv(from, buf, sizeof buf, 0) != 6) _exit(1);           /* hear */
    if (close(from) == -1) _exit(1);                             /* hang up on the answer */
    if (close(door) == -1) _exit(1);                             /* no more guests */
    _exit(0);
}
