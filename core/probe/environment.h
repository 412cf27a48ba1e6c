// The probe's own part of the environment: hidden from the program, and given to every new image it starts.
#pragma once

#include <alloca.h>
#include <errno.h>
#include <sys/mman.h>

#include <cstddef>

#include "core/probe/system.h"

namespace ipcscope {

// Takes what is ours out of the environment, and keeps it. Before main, once.
// Only our own name leaves LD_PRELOAD: another preloaded library stays. False: there was no socket, nobody watches.
bool take_environment();

// Libc's own entries are to be hooked (IPCSCOPE_INSIDE is not "0").
bool is_inside_wanted();

// The environment for a new image: the program's, and ours at its end. Built in memory of the caller's, `bytes` of it.
std::size_t image_environment_bytes(char* const* envp);
char* const* build_image_environment(char* const* envp, void* memory);

// Calls run(environment) with ours added, on the stack unless it is huge: an exec may be made by the child of a vfork or in
// a signal handler, where there is no heap. If our addition was what made it too big, it is tried again without.
// `run` answers like execve (-1 and errno) or like posix_spawn (the error).
template <class Run>
[[gnu::noinline]] int with_image_environment(char* const* envp, Run&& run) {
    constexpr std::size_t most_on_stack = 8192;
    const std::size_t bytes = image_environment_bytes(envp);
    if (bytes == 0) return run(envp);    // nothing to add
    void* memory;
    if (bytes <= most_on_stack) {
        memory = alloca(bytes);
    } else {
        const long mapped = raw_syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped < 0 && mapped > -4096) return run(envp);
        memory = reinterpret_cast<void*>(mapped);
    }
    int answer = run(build_image_environment(envp, memory));
    const int error = answer == -1 ? errno : answer;
    if (bytes > most_on_stack) raw_syscall(SYS_munmap, memory, bytes);
    return error == E2BIG ? run(envp) : answer;
}

}  // namespace ipcscope
