// A server at a free port of 127.0.0.1, or at the path that it is given, for one visitor from outside.
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char bytes[256];
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (argc > 1) strncpy(path.sun_path, argv[1], sizeof path.sun_path - 1);
    const struct sockaddr *at = argc > 1 ? (struct sockaddr *)&path : (struct sockaddr *)&in;
    const int door = socket(at->sa_family, SOCK_STREAM, 0);
    if (bind(door, at, argc > 1 ? sizeof path : sizeof in) == -1 || listen(door, 1) == -1) return 1;
    const int from = accept(door, NULL, NULL);
    if (recv(from, bytes, sizeof bytes, 0) <= 0 || close(from) == -1) return 2;
    _exit(0);
}
