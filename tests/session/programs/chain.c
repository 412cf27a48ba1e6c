// source -> middle -> sink, three processes and two pipes.
#include <sys/wait.h>
#include <unistd.h>

static void pass_on(int from, int to) {
    char byte;
    while (read(from, &byte, 1) == 1)
        if (write(to, &byte, 1) != 1) _exit(1);
    _exit(0);
}

int main(void) {
    int first[2], second[2];
    if (pipe(first) != 0 || pipe(second) != 0) return 1;
    if (fork() == 0) {
        close(first[1]);
        close(second[0]);
        pass_on(first[0], second[1]);
    }
    if (fork() == 0) {
        close(first[0]);
        close(first[1]);
        close(second[1]);
        pass_on(second[0], 1);
    }
    close(first[0]);
    close(second[0]);
    close(second[1]);
    if (write(first[1], "ab", 2) != 2) return 1;
    close(first[1]);
    while (wait(NULL) > 0) {
    }
    return 0;
}
