/* stream.c: three sends, and who knows how many recvs. cc -Wall stream.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static void client(int door)
{
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1); /* call */
    if (send(to, "one", 3, 0) != 3) _exit(1);                    /* say */
    if (send(to, "two", 3, 0) != 3) _exit(1);
    if (send(to, "three", 5, 0) != 5) _exit(1);
    if (close(to) == -1) _exit(1);                               /* said everything: show the end */
    _exit(0);
}

int main(void)
{
    char buf[64];
    ssize_t n, sum = 0;
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1) _exit(1); /* name */
    if (listen(door, 1) == -1) _exit(1);                         /* open */
    pid_t pid = fork();
    if (pid == 0) client(door);
    int from = accept(door, NULL, NULL);                         /* answer */
    if (pid == -1 || from == -1) _exit(1);
    while ((n = recv(from, buf, sizeof buf, 0)) > 0)             /* take */
        sum += n;
    if (n == -1 || sum != 11 || close(from) == -1) _exit(1);     /* all of it is here: done with this client */
    if (wait(NULL) != pid) _exit(1);
    _exit(0);
}
