/* server.c: an echo for one guest, on port 7000. cc -Wall server.c -o server && ./server */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) { perror(what); exit(1); }

int main(void)
{
    char heard[64];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(7000)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);

    int door = socket(AF_INET, SOCK_STREAM, 0);                       /* made */
    if (door == -1) fail("socket");
    if (bind(door, (struct sockaddr *)&own, sizeof own) == -1) fail("bind");
    if (listen(door, 5) == -1) fail("listen");                        /* open: now the kernel answers */
    int guest = accept(door, NULL, NULL);                             /* asks for a finished connection */
    if (guest == -1) fail("accept");
    ssize_t length = read(guest, heard, sizeof heard);
    if (length == -1) fail("read");
    if (write(guest, heard, length) != length) fail("write");         /* the echo */
    if (read(guest, heard, sizeof heard) != 0) fail("end");           /* the guest has nothing more to say */
    if (close(guest) == -1) fail("close");                            /* nor have I */
    if (close(door) == -1) fail("close");                             /* no more guests */
    exit(0);
}
