// mq_open: variadic. The mode and the attributes exist only with O_CREAT.
#include <mqueue.h>
#include <stdarg.h>

#include "core/probe/observe.h"

using namespace ipcscope;

extern "C" [[gnu::visibility("default")]] mqd_t wrapper_mq_open(const char* name, int flags, ...) asm("mq_open");
mqd_t wrapper_mq_open(const char* name, int flags, ...) {
    mode_t mode = 0;
    mq_attr* attributes = nullptr;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        attributes = va_arg(rest, mq_attr*);
        va_end(rest);
    }
    start_if_early(real.mq_open);
    return observe<CallId::mq_open>(
        __builtin_return_address(0), [](const char* n, int f, mode_t m, mq_attr* a) { return real.mq_open(n, f, m, a); }, name, flags, mode, attributes);
}

// The fortified one has no mode: libc aborts if the flags ask for one.
extern "C" [[gnu::visibility("default")]] mqd_t wrapper_mq_open_2(const char* name, int flags) asm("__mq_open_2");
mqd_t wrapper_mq_open_2(const char* name, int flags) {
    start_if_early(real.__mq_open_2);
    return observe<CallId::mq_open>(
        __builtin_return_address(0), [](const char* n, int f, mode_t, mq_attr*) { const Quiet quiet; return real.__mq_open_2(n, f); }, name, flags,
        mode_t{0}, static_cast<mq_attr*>(nullptr));
}
