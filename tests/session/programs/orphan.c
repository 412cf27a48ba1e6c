// The parent ends first; its child lives on, makes a call, and ends.
#include <unistd.h>

int main(void) {
    const pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
        getppid();
        _exit(4);
    }
    return 0;
}
