// Reads a line from its terminal and writes it back.
#include <unistd.h>

int main(void) {
    char line[64];
    const ssize_t length = read(0, line, sizeof line);
    if (length > 0 && write(1, line, (size_t)length) != length) return 1;
    return 0;
}
