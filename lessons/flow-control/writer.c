/* writer.c: writes more than anybody reads. cc -Wall writer.c -o writer && ./writer 127.0.0.1 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

enum { many = 100000, little = 4096 };
static char bytes[many];

int main(int count, char **words)
{
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(7000) };
    if (count != 2 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) _exit(2);
    int to = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(to, SOL_SOCKET, SO_SNDBUF, &(int){ little }, sizeof(int)) == -1) _exit(1);
    if (connect(to, (struct sockaddr *)&there, sizeof there) == -1) _exit(1);
    if (send(to, bytes, many, 0) != many) _exit(1);              /* pour */
    if (send(to, bytes, many, MSG_DONTWAIT) >= many) _exit(1);   /* a part */
    if (close(to) == -1) _exit(1);                               /* all was said */
    _exit(0);
}
