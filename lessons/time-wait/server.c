/* server.c: the server hangs up first, and starts again. cc -Wall server.c -o server && ./server */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_door(void)
{
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(7000) };
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (door == -1) _exit(1);
    if (bind(door, (struct sockaddr *)&own, sizeof own) == -1) _exit(3); /* name */
    if (listen(door, 1) == -1) _exit(1);
    return door;
}

int main(void)
{
    int door = open_door(), from;
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    if (close(from) == -1) _exit(1);                             /* first: nothing to say to you */
    if (close(door) == -1) _exit(1);                             /* the old server shuts its door */
    if (fork() == 0) { open_door(); _exit(0); }                           /* restart */
    _exit(wait(NULL) == -1);
}
