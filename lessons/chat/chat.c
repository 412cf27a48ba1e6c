/* chat.c: two who both listen, and both call. cc -Wall chat.c && ./a.out */
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at[2] = { { .sin_family = AF_INET }, { .sin_family = AF_INET } };
static struct pollfd who[3] = { { -1, POLLIN, 0 }, { -1, POLLIN, 0 }, { -1, POLLIN, 0 } };
static char buf[64];

static void peer(int me)
{
    int door = who[0].fd = socket(AF_INET, SOCK_STREAM, 0), heard = 0;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (bind(door, (struct sockaddr *)&at[me], sizeof at[me]) == -1 || listen(door, 1) == -1) _exit(1);
    int out = who[1].fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(out, (struct sockaddr *)&at[!me], sizeof at[me]) == -1) { /* call */
        if (close(out) == -1) _exit(1);                          /* nobody there: they may call me */
        who[1].fd = -1;
    } else if (send(out, "hi", 2, 0) != 2) _exit(1);             /* say */
    while (!heard && poll(who, 3, -1) > 0) {                     /* whatever comes first */
        if (who[0].revents && (who[2].fd = accept(door, NULL, NULL)) == -1) _exit(1); /* they call */
        if (who[0].revents && who[1].fd == -1 && send(who[2].fd, "hi", 2, 0) != 2) _exit(1); /* say it there */
        for (int i = 1; i < 3; i++)
            if (who[i].revents && (heard = recv(who[i].fd, buf, sizeof buf, 0)) < 0) _exit(1); /* hear */
    }
}

int main(void)
{
    at[0].sin_port = htons(5001), at[1].sin_port = htons(5002);
    at[0].sin_addr.s_addr = at[1].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int me = fork() == 0;
    peer(me);
    if (me == 0 && wait(NULL) == -1) _exit(1);
    _exit(0);
}
