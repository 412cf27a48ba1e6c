/* leaks.c: a server with a child for each client. cc -Wall leaks.c && ./a.out  (it hangs) */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };
static char buf[64];
static void client(int door)
{
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (send(to, "hi", 2, 0) != 2) _exit(1);
    while (recv(to, buf, sizeof buf, 0) > 0) continue;           /* until the end */
    _exit(0);
}

static void handler(int conn)
{
    ssize_t n = recv(conn, buf, sizeof buf, 0);
    if (n <= 0 || send(conn, buf, n, 0) != n) _exit(1);          /* echo */
    _exit(0);                                                    /* done: the kernel closes what I have */
}

int main(void)
{
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0), conn;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 1) == -1) _exit(1);
    if (fork() == 0) client(door);
    if ((conn = accept(door, NULL, NULL)) == -1) _exit(1);       /* a client */
    if (fork() == 0) handler(conn);                              /* somebody for it */
    if (wait(NULL) == -1 || wait(NULL) == -1) _exit(1);          /* for all of them */
    _exit(0);
}
