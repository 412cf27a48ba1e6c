// workload KIND COUNT: runs COUNT operations of one kind and prints the nanoseconds that one took.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void must(int fine, const char* what) {
    if (fine) return;
    perror(what);
    exit(1);
}

static void bytes(long count) {  // what dd bs=1 does
    int in = open("/dev/zero", O_RDONLY), out = open("/dev/null", O_WRONLY);
    char byte;
    must(in >= 0 && out >= 0, "open");
    for (long i = 0; i < count; ++i) must(read(in, &byte, 1) == 1 && write(out, &byte, 1) == 1, "copy");
}

static void ask(long count) {
    for (long i = 0; i < count; ++i) must(getppid() >= 0, "getppid");
}

static void round_trips(long count) {
    int there[2], back[2];
    char message[64] = "";
    must(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        close(there[1]);
        while (read(there[0], message, sizeof message) == sizeof message)
            must(write(back[1], message, sizeof message) == sizeof message, "write");
        _exit(0);
    }
    close(there[0]);
    for (long i = 0; i < count; ++i) {
        must(write(there[1], message, sizeof message) == sizeof message, "write");
        must(read(back[0], message, sizeof message) == sizeof message, "read");
    }
    close(there[1]);
    waitpid(child, NULL, 0);
}

static void spawns(long count) {
    for (long i = 0; i < count; ++i) {
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            execl("/bin/true", "true", (char*)NULL);
            _exit(127);
        }
        waitpid(child, NULL, 0);
    }
}

int main(int argc, char** argv) {
    static const struct { const char* name; void (*run)(long); } kinds[] = {
        {"bytes", bytes}, {"ask", ask}, {"round-trips", round_trips}, {"spawns", spawns}};
    must(argc == 3, "workload KIND COUNT");
    long count = atol(argv[2]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
        if (strcmp(argv[1], kinds[i].name) != 0) continue;
        kinds[i].run(count / 20 + 1);  // warm
        double began = now_ns();
        kinds[i].run(count);
        printf("%.3f\n", (now_ns() - began) / count);
        return 0;
    }
    fprintf(stderr, "workload: no kind is called %s\n", argv[1]);
    return 2;
}
