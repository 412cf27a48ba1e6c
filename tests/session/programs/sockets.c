// A server and a client over TCP, then a pair of UNIX sockets, step by step.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at = {.sin_family = AF_INET};

int main(void) {
    char bytes[16];
    at.sin_port = htons(5000);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int door = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(door, (struct sockaddr *)&at, sizeof at) == -1 || listen(door, 1) == -1) return 1;
    if (fork() == 0) {
        const int to = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(to, (struct sockaddr *)&at, sizeof at) == -1) _exit(1);
        if (send(to, "hello", 5, 0) != 5 || shutdown(to, SHUT_WR) == -1) _exit(2);
        _exit(recv(to, bytes, sizeof bytes, 0) == 2 ? 0 : 3);
    }
    const int from = accept(door, NULL, NULL);
    if (recv(from, bytes, sizeof bytes, 0) != 5 || recv(from, bytes, sizeof bytes, 0) != 0) return 2;
    if (write(from, "ok", 2) != 2 || close(from) == -1) return 3;
    wait(NULL);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1 || write(pair[0], "abc", 3) != 3 || read(pair[1], bytes, 2) != 2) return 4;
    const int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(datagrams, (struct sockaddr *)&at, sizeof at) == -1) return 5;
    if (sendto(datagrams, "self", 4, 0, (struct sockaddr *)&at, sizeof at) != 4 || recv(datagrams, bytes, sizeof bytes, 0) != 4) return 6;
    _exit(0);
}
