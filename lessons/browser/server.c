/* server.c: a web server for your own browser: open http://127.0.0.1:8080/. cc -Wall server.c && ./a.out */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { most = 9 };
static struct pollfd who[most] = { { .events = POLLIN } };       /* the door, and who has come */
static char buf[2048];
static const char page[] = "<h1>Hello from ipcscope</h1>"
                           "<img src=a.svg> <img src=b.svg> <img src=c.svg>";
static const char image[] = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'>"
                            "<circle cx='30' cy='30' r='25' fill='teal'/></svg>";

static int answer(int to)
{
    ssize_t n = recv(to, buf, sizeof buf - 1, 0);                /* the request */
    if (n <= 0) return -1;                                       /* it has gone */
    buf[n] = 0;
    int is_page = strncmp(buf, "GET / ", 6) == 0, is_image = strstr(buf, ".svg HTTP") != NULL;
    const char *body = is_page ? page : is_image ? image : "Not here\n";
    n = snprintf(buf, sizeof buf, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                 is_page || is_image ? "200 OK" : "404 Not Found",
                 is_page ? "text/html" : is_image ? "image/svg+xml" : "text/plain", strlen(body), body);
    return send(to, buf, n, MSG_NOSIGNAL) == n ? 0 : -1;         /* the response */
}

static void serve(int i)
{
    if (i == 0) {
        int from = accept(who[0].fd, NULL, NULL), free = 1;      /* somebody new */
        while (free < most && who[free].fd != -1) free++;
        if (from == -1) return;                                  /* it has gone already */
        if (free < most) who[free] = (struct pollfd){ .fd = from, .events = POLLIN };
        else if (close(from) == -1) _exit(1);                    /* no room: another time */
    } else if (answer(who[i].fd) == -1) {
        if (close(who[i].fd) == -1) _exit(1);                    /* they have hung up */
        who[i].fd = -1;
    }
}

int main(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(8080) };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);                 /* from this machine only */
    int door = who[0].fd = socket(AF_INET, SOCK_STREAM, 0);
    for (int i = 1; i < most; i++) who[i].fd = -1;               /* poll passes over these */
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 8) == -1) _exit(1);
    while (poll(who, most, -1) > 0)                              /* wait for anybody */
        for (int i = 0; i < most; i++)
            if (who[i].revents) serve(i);
    _exit(1);
}
