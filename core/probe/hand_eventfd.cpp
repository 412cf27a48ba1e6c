// eventfd_read and eventfd_write call libc's own read and write inside, which are not the program's calls.
#include <sys/eventfd.h>

#include "core/probe/observe.h"

using namespace ipcscope;

extern "C" [[gnu::visibility("default")]] int wrapper_eventfd_read(int fd, eventfd_t* value) asm("eventfd_read");
int wrapper_eventfd_read(int fd, eventfd_t* value) {
    start_if_early(real.eventfd_read);
    return observe<CallId::eventfd_read>(
        __builtin_return_address(0), [](int f, eventfd_t* v) { const Quiet quiet; return real.eventfd_read(f, v); }, fd, value);
}

extern "C" [[gnu::visibility("default")]] int wrapper_eventfd_write(int fd, eventfd_t value) asm("eventfd_write");
int wrapper_eventfd_write(int fd, eventfd_t value) {
    start_if_early(real.eventfd_write);
    return observe<CallId::eventfd_write>(
        __builtin_return_address(0), [](int f, eventfd_t v) { const Quiet quiet; return real.eventfd_write(f, v); }, fd, value);
}
