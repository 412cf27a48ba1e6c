// open, openat and fcntl: variadic. The third argument exists only if the flags (or the command) say so; to read it anyway is
// harmless on x86-64 but shows garbage.
#include <stdarg.h>

#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

// O_TMPFILE is several bits, one of them O_DIRECTORY's.
static bool has_mode(int flags) { return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE; }

IPCSCOPE_EXPORT int wrapper_open(const char* path, int flags, ...) asm("open");
int wrapper_open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if (has_mode(flags)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    start_if_early(real.open);
    return observe<CallId::open>(__builtin_return_address(0), [](const char* p, int f, mode_t m) { return real.open(p, f, m); }, path, flags, mode);
}

IPCSCOPE_EXPORT int wrapper_openat(int dirfd, const char* path, int flags, ...) asm("openat");
int wrapper_openat(int dirfd, const char* path, int flags, ...) {
    mode_t mode = 0;
    if (has_mode(flags)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    start_if_early(real.openat);
    return observe<CallId::openat>(
        __builtin_return_address(0), [](int d, const char* p, int f, mode_t m) { return real.openat(d, p, f, m); }, dirfd, path, flags, mode);
}

// The fortified ones have no mode: libc aborts if the flags ask for one.
template <auto function>
static int open_2(const void* site, const char* path, int flags) {
    start_if_early(real.*function);
    return observe<CallId::open>(site, [](const char* p, int f, mode_t) { const Quiet quiet; return (real.*function)(p, f); }, path, flags, mode_t{0});
}
template <auto function>
static int openat_2(const void* site, int dirfd, const char* path, int flags) {
    start_if_early(real.*function);
    return observe<CallId::openat>(site, [](int d, const char* p, int f, mode_t) { const Quiet quiet; return (real.*function)(d, p, f); }, dirfd, path, flags, mode_t{0});
}

IPCSCOPE_EXPORT int wrapper_open_2(const char* path, int flags) asm("__open_2");
int wrapper_open_2(const char* path, int flags) { return open_2<&RealFunctions::__open_2>(__builtin_return_address(0), path, flags); }

IPCSCOPE_EXPORT int wrapper_open64_2(const char* path, int flags) asm("__open64_2");
int wrapper_open64_2(const char* path, int flags) { return open_2<&RealFunctions::__open64_2>(__builtin_return_address(0), path, flags); }

IPCSCOPE_EXPORT int wrapper_openat_2(int dirfd, const char* path, int flags) asm("__openat_2");
int wrapper_openat_2(int dirfd, const char* path, int flags) {
    return openat_2<&RealFunctions::__openat_2>(__builtin_return_address(0), dirfd, path, flags);
}

IPCSCOPE_EXPORT int wrapper_openat64_2(int dirfd, const char* path, int flags) asm("__openat64_2");
int wrapper_openat64_2(int dirfd, const char* path, int flags) {
    return openat_2<&RealFunctions::__openat64_2>(__builtin_return_address(0), dirfd, path, flags);
}

static bool has_value(int command) {
    switch (command) {
        case F_GETFD: case F_GETFL: case F_GETOWN: case F_GETSIG: case F_GETLEASE: case F_GETPIPE_SZ: case F_GET_SEALS: return false;
        default: return true;
    }
}

IPCSCOPE_EXPORT int wrapper_fcntl(int fd, int command, ...) asm("fcntl");
int wrapper_fcntl(int fd, int command, ...) {
    long value = 0;
    if (has_value(command)) {
        va_list rest;
        va_start(rest, command);
        value = va_arg(rest, long);
        va_end(rest);
    }
    start_if_early(real.fcntl);
    return observe<CallId::fcntl>(__builtin_return_address(0), [](int f, int c, long v) { return real.fcntl(f, c, v); }, fd, command, value);
}
