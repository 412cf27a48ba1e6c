// More records than any ring holds at once.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    const int fd = open("/dev/null", O_WRONLY);
    static char bytes[3000];
    long sum = 0;
    for (int i = 0; i < 100000; ++i) sum += write(fd, bytes, (size_t)(i % 3000));
    printf("%ld\n", sum);
    return 0;
}
