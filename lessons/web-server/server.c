/* server.c: a web server, and a browser that comes to it. cc -Wall server.c && ./a.out */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };
static char buf[1024];
static const char page[] = "<h1>Hi</h1><img src=a.svg><img src=b.svg><img src=c.svg>";
static const char image[] = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'>"
                            "<circle cx='30' cy='30' r='25' fill='teal'/></svg>";

static const char *const gets[] = { "GET /a.svg HTTP/1.1\r\n\r\n", "GET /b.svg HTTP/1.1\r\n\r\n",
                                    "GET /c.svg HTTP/1.1\r\n\r\n" };

static int call(const char *get)
{
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(2);
    if (send(to, get, strlen(get), 0) == -1) _exit(2);           /* ask */
    return to;
}

static void browser(int door)
{
    int images[3];
    if (close(door) == -1) _exit(2);                             /* the door is the server's */
    int to = call("GET / HTTP/1.1\r\n\r\n");
    if (recv(to, buf, sizeof buf, 0) <= 0 || close(to) == -1) _exit(2); /* has the page: done with this one */
    for (int i = 0; i < 3; i++)                                  /* three at once */
        images[i] = call(gets[i]);
    for (int i = 0; i < 3; i++)
        if (recv(images[i], buf, sizeof buf, 0) <= 0) _exit(2);  /* an image */
    _exit(0);
}

int main(void)
{
    at.sin_port = htons(8080);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1) _exit(1); /* again */
    if (door == -1 || bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 8) == -1) _exit(1);
    if (fork() == 0) browser(door);
    for (int i = 0; i < 4; i++) {                                /* one after the other */
        int from = accept(door, NULL, NULL);                     /* whoever is next */
        ssize_t n = recv(from, buf, sizeof buf - 1, 0);          /* the request */
        if (from == -1 || n <= 0) _exit(1);
        int is_page = buf[5] == ' ';                             /* GET / and a blank: the page */
        const char *body = is_page ? page : image;
        n = snprintf(buf, sizeof buf, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                     is_page ? "text/html" : "image/svg+xml", strlen(body), body);
        if (send(from, buf, n, 0) != n || close(from) == -1) _exit(1); /* answered: that is all for this one */
    }
    if (wait(NULL) == -1) _exit(1);
    _exit(0);
}
