/* client.c: calls, and hears the end. cc -Wall client.c -o client && ./client 127.0.0.1 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    char buf[8];
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(7000) };
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) _exit(2);
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&there, sizeof there) == -1) _exit(1);
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(1);             /* the other side has closed */
    if (close(to) == -1) _exit(1);                               /* second: nothing more to hear */
    _exit(0);
}
