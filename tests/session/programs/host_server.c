/* Answers one connection: what has come goes back. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    char buffer[16];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(80)};
    if (geteuid() != 0) own.sin_port = htons(8080);
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
