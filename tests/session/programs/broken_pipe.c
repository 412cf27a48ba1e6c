// Dies of SIGPIPE.
#include <unistd.h>

int main(void) {
    int fds[2];
    if (pipe(fds) != 0) return 1;
    close(fds[0]);
    return write(fds[1], "x", 1) == 1 ? 0 : 1;
}
