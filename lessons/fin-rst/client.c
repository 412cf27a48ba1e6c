/* client.c: is left in two ways. cc -Wall client.c -o client && ./client 127.0.0.1 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    char buf[8];
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(7000) };
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) _exit(4);
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(to, (struct sockaddr *)&there, sizeof there) == -1) _exit(1);
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(2);             /* goodbye */
    if (send(to, "wait", 4, MSG_NOSIGNAL) != 4) _exit(3);        /* late */
    if (send(to, "wait", 4, MSG_NOSIGNAL) != -1) _exit(1);       /* too late */
    if (close(to) == -1) _exit(1);                               /* nobody is there */
    to = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(to, (struct sockaddr *)&there, sizeof there) == -1) _exit(1); /* call again */
    if (send(to, "answer", 6, 0) != 6) _exit(1);                 /* say */
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(2);             /* heard? */
    _exit(0);
}
