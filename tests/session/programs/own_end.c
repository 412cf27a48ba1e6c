// The classic mistake: it holds the write end of the pipe that it reads from, and would sleep for ever.
#include <unistd.h>

int main(void) {
    int fds[2];
    char bytes[8];
    if (pipe(fds) != 0) return 1;
    const ssize_t length = read(fds[0], bytes, sizeof bytes);
    return (int)length + 20;
}
