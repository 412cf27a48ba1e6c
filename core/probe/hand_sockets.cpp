// recv and recvfrom, fortified: the size of the caller's buffer does not come last. getnameinfo: more arguments than a record
// has; the sizes of its two buffers are left out.
#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

IPCSCOPE_EXPORT ssize_t wrapper_recv_chk(int fd, void* buffer, size_t count, size_t size, int flags) asm("__recv_chk");
ssize_t wrapper_recv_chk(int fd, void* buffer, size_t count, size_t size, int flags) {
    start_if_early(real.__recv_chk);
    return observe<CallId::recv>(
        __builtin_return_address(0),
        [size](int f, void* b, size_t c, int g) {
            const Quiet quiet;
            return real.__recv_chk(f, b, c, size, g);
        },
        fd, buffer, count, flags);
}

IPCSCOPE_EXPORT ssize_t wrapper_recvfrom_chk(int fd, void* buffer, size_t count, size_t size, int flags, sockaddr* address, socklen_t* length) asm("__recvfrom_chk");
ssize_t wrapper_recvfrom_chk(int fd, void* buffer, size_t count, size_t size, int flags, sockaddr* address, socklen_t* length) {
    start_if_early(real.__recvfrom_chk);
    return observe<CallId::recvfrom>(
        __builtin_return_address(0),
        [size](int f, void* b, size_t c, int g, sockaddr* a, socklen_t* l) {
            const Quiet quiet;
            return real.__recvfrom_chk(f, b, c, size, g, a, l);
        },
        fd, buffer, count, flags, address, length);
}

IPCSCOPE_EXPORT int wrapper_getnameinfo(const sockaddr* address, socklen_t length, char* host, socklen_t host_size, char* service, socklen_t service_size,
                                        int flags) asm("getnameinfo");
int wrapper_getnameinfo(const sockaddr* address, socklen_t length, char* host, socklen_t host_size, char* service, socklen_t service_size, int flags) {
    start_if_early(real.getnameinfo);
    return observe<CallId::getnameinfo>(
        __builtin_return_address(0),
        [host_size, service_size](const sockaddr* a, socklen_t l, char* h, char* s, int f) { return real.getnameinfo(a, l, h, host_size, s, service_size, f); },
        address, length, host, service, flags);
}
