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
    if (count != 3 || inet_pton(AF_INET, words[1], &there.sin_addr) != 1) return 1;
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connection == -1 || connect(connection, (struct sockaddr *)&there, sizeof there) == -1) return 2;
    if (write(connection, "hello", 5) != 5) return 3;
    if (read(connection, buffer, sizeof buffer) != 5) return 4;
    if (close(connection) == -1) return 5;
    return getpid() == 2 ? 0 : 6;
}
