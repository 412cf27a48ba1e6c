// Linked statically: nothing can be preloaded. Reads one byte, then ends.
#include <unistd.h>

int main(void) {
    char byte;
    return read(0, &byte, 1) == 1 ? 5 : 1;
}
