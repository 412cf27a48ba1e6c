// A pipe, and a call to wait at with both ends open.
#include <unistd.h>

int main(void) {
    int fds[2];
    if (pipe(fds) != 0) return 1;
    getppid();
    getppid();
    return 0;
}
