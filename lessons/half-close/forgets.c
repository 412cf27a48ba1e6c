/* forgets.c: nobody says that this was all. cc -Wall forgets.c && ./a.out 127.0.0.1 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    char buf[64];
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(7000) };
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) _exit(2);
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (to == -1 || connect(to, (struct sockaddr *)&there, sizeof there) == -1) _exit(1);
    if (send(to, "6*", 2, 0) != 2 || send(to, "7", 1, 0) != 1) _exit(1); /* ask */
    if (recv(to, buf, sizeof buf, 0) != 2) _exit(1);             /* hear */
    if (recv(to, buf, sizeof buf, 0) != 0) _exit(1);
    if (close(to) == -1) _exit(1);                               /* both directions have ended */
    _exit(0);
}
