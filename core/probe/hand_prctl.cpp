// Strict seccomp leaves a thread read, write and exit, and takes the time stamp counter from it (a stamp would be SIGSEGV; so
// would clock_gettime). Without a stamp there is no place in the order, and the gate is a futex: such a thread is let alone
// from here on. Honest limit: one that gets there by a raw syscall(2) is not noticed.
#include <linux/seccomp.h>
#include <stdarg.h>

#include "core/probe/observe.h"

using namespace ipcscope;

static bool takes_the_clock(int option, unsigned long value) {
    return (option == PR_SET_SECCOMP && value == SECCOMP_MODE_STRICT) || (option == PR_SET_TSC && value == PR_TSC_SIGSEGV);
}

extern "C" [[gnu::visibility("default")]] int wrapper_prctl(int option, ...) asm("prctl");
int wrapper_prctl(int option, ...) {
    va_list rest;
    va_start(rest, option);
    unsigned long value[4];
    for (unsigned long& one : value) one = va_arg(rest, unsigned long);
    va_end(rest);
    start_if_early(real.prctl);
    const bool was_mute = this_thread.is_mute;
    if (takes_the_clock(option, value[0])) {
        this_thread.is_mute = true;
        for (Level& level : this_thread.level) level.ring = nullptr;
    }
    const int answer = real.prctl(option, value[0], value[1], value[2], value[3]);
    if (answer < 0) this_thread.is_mute = was_mute;
    return answer;
}
