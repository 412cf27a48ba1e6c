/* backlog.c: three come, and nobody opens the door. cc -Wall backlog.c && ./a.out */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static pid_t visitor(int door)
{
    char buf[8];
    pid_t pid = fork();
    if (pid != 0) return pid;
    if (close(door) == -1) _exit(1);                             /* the door is the server's */
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1); /* knock */
    if (recv(to, buf, sizeof buf, 0) == -1) _exit(2);            /* wait to be spoken to */
    _exit(0);
}

int main(void)
{
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
    if (listen(door, 1) == -1) _exit(1);                         /* room for backlog + 1 */
    if (visitor(door) == -1 || visitor(door) == -1 || visitor(door) == -1) _exit(1);
    int from = accept(door, NULL, NULL);                         /* one comes in */
    if (from == -1) _exit(1);
    if (close(door) == -1) _exit(1);                             /* enough for today: nobody else */
    if (close(from) == -1) _exit(1);                             /* nothing to say */
    if (wait(NULL) == -1 || wait(NULL) == -1 || wait(NULL) == -1) _exit(1); /* all three */
    _exit(0);
}
