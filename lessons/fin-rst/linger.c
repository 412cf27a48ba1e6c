/* linger.c: the server hangs up without a goodbye. cc -Wall linger.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static void client(int door)
{
    char buf[8];
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(2);             /* goodbye */
    if (send(to, "wait", 4, MSG_NOSIGNAL) != 4) _exit(3);        /* late */
    if (send(to, "wait", 4, MSG_NOSIGNAL) != -1) _exit(1);       /* too late */
    if (close(to) == -1) _exit(1);                               /* nobody is there */
    to = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1); /* call again */
    if (send(to, "answer", 6, 0) != 6) _exit(1);                 /* say */
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(2);             /* heard? */
    _exit(0);
}

int main(void)
{
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0), from;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 1) == -1) _exit(1);
    if (fork() == 0) client(door);
    if ((from = accept(door, NULL, NULL)) == -1) _exit(1);
    struct linger none = { 1, 0 };
    if (setsockopt(from, SOL_SOCKET, SO_LINGER, &none, sizeof none) == -1) _exit(1); /* no goodbye */
    if (close(from) == -1 || (from = accept(door, NULL, NULL)) == -1) _exit(1); /* hang up; the next */
    if (close(from) == -1) _exit(1);                             /* hang up on the answer */
    _exit(wait(NULL) == -1);
}
