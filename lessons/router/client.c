/* client.c: says hello to port 7000 of a host. cc -Wall client.c -o client && ./client 127.0.0.1 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) { perror(what); exit(1); }

int main(int count, char **words)
{
    char echo[64];
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(7000)};
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) {
        fprintf(stderr, "usage: client ADDRESS\n");
        exit(2);
    }
    int line = socket(AF_INET, SOCK_STREAM, 0);                       /* made */
    if (line == -1) fail("socket");
    if (connect(line, (struct sockaddr *)&there, sizeof there) == -1) fail("connect");
    if (write(line, "hello", 5) != 5) fail("write");                  /* one packet's worth */
    if (read(line, echo, sizeof echo) != 5) fail("read");
    if (close(line) == -1) fail("close");                             /* says goodbye: FIN */
    exit(0);
}
