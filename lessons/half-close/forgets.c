/* forgets.c: nobody says that this was all. cc -Wall forgets.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static void client(int door)
{
    char buf[64];
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (send(to, "6*", 2, 0) != 2 || send(to, "7", 1, 0) != 1) _exit(1); /* ask */
    if (recv(to, buf, sizeof buf, 0) != 2) _exit(1);             /* hear */
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(1);
    if (close(to) == -1) _exit(1);                               /* both directions have ended */
    _exit(0);
}

int main(void)
{
    char buf[64];
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0), from;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 1) == -1) _exit(1);
    if (fork() == 0) client(door);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    while (recv(from, buf, sizeof buf, 0) > 0) continue;         /* listen to the end */
    if (send(from, "42", 2, 0) != 2) _exit(1);                   /* tell */
    if (close(from) == -1) _exit(1);                             /* the answer was all: show the end */
    if (wait(NULL) == -1) _exit(1);
    _exit(0);
}
