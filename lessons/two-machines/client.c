/* client.c: tells port 7000 of a host its number. cc -Wall client.c -o client && ./client 127.0.0.1 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) { perror(what); exit(1); }

int main(int count, char **words)
{
    char number[16], word[64];
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(7000)};
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) {
        fprintf(stderr, "usage: client ADDRESS\n");
        exit(2);
    }
    int length = snprintf(number, sizeof number, "%d", getpid());     /* my number */
    int line = socket(AF_INET, SOCK_DGRAM, 0);
    if (line == -1) fail("socket");
    struct sockaddr *to = (struct sockaddr *)&there;
    if (sendto(line, number, length, 0, to, sizeof there) == -1) fail("sendto"); /* tell it */
    if (recv(line, word, sizeof word, 0) == -1) fail("recv");         /* an answer */
    exit(0);
}
