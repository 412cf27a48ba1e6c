// sem_open and semctl: variadic.
#include <stdarg.h>

#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

// Mode and value exist only with O_CREAT. What libc does with the file in /dev/shm is part of the call.
IPCSCOPE_EXPORT sem_t* wrapper_sem_open(const char* name, int flags, ...) asm("sem_open");
sem_t* wrapper_sem_open(const char* name, int flags, ...) {
    mode_t mode = 0;
    unsigned int value = 0;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        value = va_arg(rest, unsigned int);
        va_end(rest);
    }
    start_if_early(real.sem_open);
    return observe<CallId::sem_open>(
        __builtin_return_address(0),
        [](const char* n, int f, mode_t m, unsigned int v) {
            const Quiet quiet;
            return real.sem_open(n, f, m, v);
        },
        name, flags, mode, value);
}

// The fourth argument is a union of an int and pointers: one register.
IPCSCOPE_EXPORT int wrapper_semctl(int id, int number, int command, ...) asm("semctl");
int wrapper_semctl(int id, int number, int command, ...) {
    long value = 0;
    if (union_of_semctl(command) != SetUnion::Unused) {
        va_list rest;
        va_start(rest, command);
        value = va_arg(rest, long);
        va_end(rest);
    }
    start_if_early(real.semctl);
    return observe<CallId::semctl>(
        __builtin_return_address(0), [](int i, int n, int c, long v) { return real.semctl(i, n, c, v); }, id, number, command, value);
}
