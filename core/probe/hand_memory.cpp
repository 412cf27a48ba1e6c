// Memory objects with a name. libc makes shm_open of an open in /dev/shm: that is part of a call that is recorded already.
#include "core/probe/observe.h"

using namespace ipcscope;

extern "C" [[gnu::visibility("default")]] int wrapper_shm_open(const char* name, int flags, mode_t mode) asm("shm_open");
int wrapper_shm_open(const char* name, int flags, mode_t mode) {
    start_if_early(real.shm_open);
    const auto open = [](const char* n, int f, mode_t m) {
        const Quiet quiet;
        return real.shm_open(n, f, m);
    };
    return observe<CallId::shm_open>(__builtin_return_address(0), open, name, flags, mode);
}
