/* server.c: hears a number, and asks its kernel whose it is. cc -Wall server.c -o server && ./server */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) { perror(what); exit(1); }

int main(void)
{
    char heard[64];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(7000)}, from;
    socklen_t length = sizeof from;
    own.sin_addr.s_addr = htonl(INADDR_ANY);

    if (getpid() < 1) exit(1);                                        /* my own number */
    int ear = socket(AF_INET, SOCK_DGRAM, 0);
    if (ear == -1) fail("socket");
    if (bind(ear, (struct sockaddr *)&own, sizeof own) == -1) fail("bind");
    ssize_t got = recvfrom(ear, heard, sizeof heard - 1, 0, (struct sockaddr *)&from, &length); /* a number */
    if (got == -1) fail("recvfrom");
    heard[got] = '\0';
    if (kill(atoi(heard), 0) == -1) fail("kill");                     /* is there such a process? */
    if (sendto(ear, "hello", 5, 0, (struct sockaddr *)&from, length) == -1) fail("sendto"); /* to the address */
    exit(0);
}
