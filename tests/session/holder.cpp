// Runs the program that argv[1] names, free or (argv[2] = "held") stepping as fast as it can, privately or (argv[3] = "open") not,
// until it is killed.
#include <cstdio>
#include <cstring>

#include "core/session/run.h"

using namespace ipcscope;
using namespace std::chrono_literals;

int main(int count, char** words) {
    if (count < 4) return 2;
    Launch launch;
    launch.argv = {words[1]};
    launch.is_held = std::strcmp(words[2], "held") == 0;
    launch.is_private = std::strcmp(words[3], "open") != 0;
    std::puts("starting");
    std::fflush(stdout);
    const auto run = Run::start(launch, {});
    if (!run) return 1;
    for (;;) {
        (*run)->pump_until_quiet(10ms);
        for (const Thread& thread : (*run)->model().threads())
            if (launch.is_held && thread.state == ThreadState::AtGate) (*run)->post(Step{thread.id});
    }
}
