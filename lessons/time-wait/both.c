/* both.c: the server hangs up first, and both servers may share the name. cc -Wall both.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static int open_door(void)
{
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (door == -1) _exit(1);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* reuse */
    if (bind(door, (struct sockaddr *)&at, sizeof at) == -1) _exit(3); /* name */
    if (listen(door, 1) == -1) _exit(1);
    return door;
}

static void client(int door)
{
    char buf[8];
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(1);              /* the other side has closed */
    if (close(to) == -1) _exit(1);                               /* second: nothing more to hear */
    _exit(0);
}

int main(void)
{
    at.sin_port = htons(5000), at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = open_door(), from;
    if (fork() == 0) client(door);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    if (close(from) == -1) _exit(1);                             /* first: nothing to say to you */
    if (wait(NULL) == -1 || close(door) == -1) _exit(1);         /* the old server shuts its door */
    if (fork() == 0) { open_door(); _exit(0); }                  /* restart */
    _exit(wait(NULL) == -1);
}
