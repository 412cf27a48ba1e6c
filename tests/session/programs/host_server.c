/* host_server PORT: answers one connection: what has come goes back. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    char buffer[16];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(count == 2 ? atoi(words[1]) : 0)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener == -1 || bind(listener, (struct sockaddr *)&own, sizeof own) == -1 || listen(listener, 1) == -1) return 1;
    int connection = accept(listener, NULL, NULL);
    if (connection == -1) return 2;
    ssize_t length = read(connection, buffer, sizeof buffer);
    if (length < 1 || write(connection, buffer, length) != length) return 3;
    if (read(connection, buffer, sizeof buffer) != 0) return 4;
    if (close(connection) == -1) return 5;
    return getpid() == 2 ? 0 : 6;
}
