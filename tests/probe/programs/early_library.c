// A library whose constructor makes calls before the probe's has run. Trap 15.
#include <unistd.h>

int early_pipe[2];
long early_written;

__attribute__((constructor)) static void call_early(void) {
    if (pipe(early_pipe) == 0) early_written = write(early_pipe[1], "early", 5);
}
