#include "core/keeper/kill_all.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

namespace ipcscope {
namespace {

pid_t parent_of(const char* pid) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    const char* const after_name = strrchr(text, ')');    // the name may hold anything
    int parent = 0;
    return after_name && sscanf(after_name + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

// Children are enough: when they are dead, their own children are ours, and the next round finds them.
void kill_children() {
    DIR* const processes = opendir("/proc");
    if (!processes) return;
    while (const dirent* entry = readdir(processes))
        if (isdigit(static_cast<unsigned char>(entry->d_name[0])) && parent_of(entry->d_name) == getpid())
            kill(atoi(entry->d_name), SIGKILL);
    closedir(processes);
}

}  // namespace

void kill_all_descendants(bool (*reap)()) {
    constexpr int rounds = 2000;
    for (int round = 0; round < rounds; ++round) {
        if (getpid() == 1)
            kill(-1, SIGKILL);    // everybody in this namespace but ourselves
        else
            kill_children();
        if (!reap()) return;
        const timespec a_millisecond{0, 1'000'000};
        nanosleep(&a_millisecond, nullptr);
    }
}

}  // namespace ipcscope
