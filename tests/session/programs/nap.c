// Sleeps for a time, then goes on without anybody's doing.
#include <unistd.h>

int main(void) {
    usleep(150000);
    getppid();
    return 0;
}
