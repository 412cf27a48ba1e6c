/* host_server PORT [6]: answers one connection, over IPv6 if so said: what has come goes back. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    char buffer[16];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(count >= 2 ? atoi(words[1]) : 0)};
    struct sockaddr_in6 own6 = {.sin6_family = AF_INET6, .sin6_port = own.sin_port};
    const int is_v6 = count == 3;
    int listener = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    const struct sockaddr *address = is_v6 ? (struct sockaddr *)&own6 : (struct sockaddr *)&own;
    if (listener == -1 || bind(listener, address, is_v6 ? sizeof own6 : sizeof own) == -1 || listen(listener, 1) == -1) return 1;
    int connection = accept(listener, NULL, NULL);
    if (connection == -1) return 2;
    ssize_t length = read(connection, buffer, sizeof buffer);
    if (length < 1 || write(connection, buffer, length) != length) return 3;
    if (read(connection, buffer, sizeof buffer) != 0) return 4;
    if (close(connection) == -1) return 5;
    return getpid() == 2 ? 0 : 6;
}
