// What lies in a run directory, and how it goes: the socket `hello`, the list `made` (thing.h), and `files`, where a lesson's programs run (they may have
// left anything there). The keeper and the session both remove it, whoever is last.
#pragma once

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

namespace ipcscope {

inline constexpr char run_files[] = "/files";
inline constexpr char run_socket[] = "/hello";
inline constexpr char run_list[] = "/made";

// Symbolic links are removed, never followed.
inline void remove_run_directory(const char* directory) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", directory, run_socket);
    unlink(path);
    snprintf(path, sizeof path, "%s%s", directory, run_list);
    unlink(path);
    snprintf(path, sizeof path, "%s%s", directory, run_files);
    constexpr int most_open = 16;
    const auto take_away = [](const char* name, const struct stat*, int, FTW*) { return remove(name), 0; };
    nftw(path, take_away, most_open, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    rmdir(directory);
}

}  // namespace ipcscope
