// The real functions, as they would be called if we were not there: the next definition in the loader's order (libc's, or
// that of another preloaded library).
#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern "C" {
int __open_2(const char*, int);
int __open64_2(const char*, int);
int __openat_2(int, const char*, int);
int __openat64_2(int, const char*, int);
mqd_t __mq_open_2(const char*, int);
ssize_t __recv_chk(int, void*, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void*, size_t, size_t, int, sockaddr*, socklen_t*);
}

namespace ipcscope {

struct RealFunctions {
#define CALL(name, ...) decltype(&::name) name;
#define HAND(name, ...) decltype(&::name) name;
#define ACCESS(...)
#define ALIAS(...)
#define CHECKED(other, name) void* other;
#define LISTED(...)
#include "core/events/call_table.def"
#undef CALL
#undef HAND
#undef ACCESS
#undef ALIAS
#undef CHECKED
#undef LISTED
    // Hooked for other reasons than to be recorded.
    decltype(&::__open_2) __open_2;
    decltype(&::__open64_2) __open64_2;
    decltype(&::__openat_2) __openat_2;
    decltype(&::__openat64_2) __openat64_2;
    decltype(&::__mq_open_2) __mq_open_2;
    decltype(&::__recv_chk) __recv_chk;
    decltype(&::__recvfrom_chk) __recvfrom_chk;
    void (*longjmp)(void*, int);
    void (*_longjmp)(void*, int);
    void (*siglongjmp)(void*, int);
    void (*__longjmp_chk)(void*, int);
    decltype(&::system) system;
    decltype(&::popen) popen;
    decltype(&::prctl) prctl;
};

extern constinit RealFunctions real;

void resolve();

}  // namespace ipcscope
