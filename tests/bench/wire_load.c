/* wire_load serve PORT | call ADDRESS PORT BYTES TRIPS: one connection; so many bytes one way, then so many round trips of
 * 64 bytes. The caller prints bits a second and nanoseconds a round trip. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char buf[65536];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static int serve(const struct sockaddr_in *at)
{
    int door = socket(AF_INET, SOCK_STREAM, 0), yes = 1, one;
    long long bytes = 0;
    ssize_t n;
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (const struct sockaddr *)at, sizeof *at) != 0 || listen(door, 1) != 0) return fail("listen");
    one = accept(door, NULL, NULL);
    setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (read(one, &bytes, sizeof bytes) != sizeof bytes) return fail("read");
    for (; bytes > 0; bytes -= n)
        if ((n = read(one, buf, sizeof buf)) <= 0) return fail("read");
    for (n = 1; n > 0 && write(one, buf, (size_t)n) == n;) n = read(one, buf, 64);
    return 0;
}

static int call(const struct sockaddr_in *at, long long bytes, int trips)
{
    int peer = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    long long left = bytes;
    double begun, sent;
    while (connect(peer, (const struct sockaddr *)at, sizeof *at) != 0) {
        close(peer);
        usleep(1000);
        peer = socket(AF_INET, SOCK_STREAM, 0);
    }
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    begun = now();
    if (write(peer, &bytes, sizeof bytes) != sizeof bytes) return fail("write");
    for (ssize_t n; left > 0; left -= n)
        if ((n = write(peer, buf, left < (long long)sizeof buf ? (size_t)left : sizeof buf)) <= 0) return fail("write");
    if (read(peer, buf, 1) != 1) return fail("read");
    sent = now();
    for (int i = 0; i < trips; i++)
        if (write(peer, buf, 64) != 64 || read(peer, buf, 64) != 64) return fail("round trip");
    printf("%f %f\n", (double)bytes * 8 / (sent - begun), (now() - sent) / trips * 1e9);
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    const int calls = argc > 5 && strcmp(argv[1], "call") == 0;
    if (!calls && argc < 3) return 2;
    at.sin_port = htons((unsigned short)atoi(argv[calls ? 3 : 2]));
    if (calls && inet_pton(AF_INET, argv[2], &at.sin_addr) != 1) return 2;
    return calls ? call(&at, atoll(argv[4]), atoi(argv[5])) : serve(&at);
}
