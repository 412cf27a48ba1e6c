/* host_client ADDRESS PORT: says hello there, and reads it back. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    char buffer[16];
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(count == 3 ? atoi(words[2]) : 0)};
    struct sockaddr_in6 there6 = {.sin6_family = AF_INET6, .sin6_port = there.sin_port};
    const int is_v6 = count == 3 && inet_pton(AF_INET6, words[1], &there6.sin6_addr) == 1;
    if (count != 3 || (!is_v6 && inet_pton(AF_INET, words[1], &there.sin_addr) != 1)) return 1;
    int connection = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    const struct sockaddr *address = is_v6 ? (struct sockaddr *)&there6 : (struct sockaddr *)&there;
    if (connection == -1 || connect(connection, address, is_v6 ? sizeof there6 : sizeof there) == -1) return 2;
    if (write(connection, "hello", 5) != 5) return 3;
    if (read(connection, buffer, sizeof buffer) != 5) return 4;
    if (close(connection) == -1) return 5;
    return getpid() == 2 ? 0 : 6;
}
