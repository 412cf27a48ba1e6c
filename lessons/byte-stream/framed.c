/* framed.c: a byte before each message says how long it is. cc -Wall framed.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static void client(int door)
{
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (send(to, "\3one", 4, 0) != 4) _exit(1);                  /* say: 3, and then 3 bytes */
    if (send(to, "\3two", 4, 0) != 4) _exit(1);
    if (send(to, "\5three", 6, 0) != 6) _exit(1);
    if (close(to) == -1) _exit(1);                               /* said everything: show the end */
    _exit(0);
}

int main(void)
{
    char size, buf[64];
    ssize_t n;
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (listen(door, 1) == -1) _exit(1);
    pid_t pid = fork();
    if (pid == 0) client(door);
    int from = accept(door, NULL, NULL);
    if (pid == -1 || from == -1) _exit(1);
    while ((n = recv(from, &size, 1, 0)) == 1)                   /* how long? */
        if (recv(from, buf, size, MSG_WAITALL) != size) _exit(1); /* exactly that */
    if (n == -1 || close(from) == -1) _exit(1);                  /* the end, between two messages: all well */
    if (wait(NULL) != pid) _exit(1);
    _exit(0);
}
