// The kernel without libc: raw system calls. They touch no errno, are no cancellation points, and work before libc is ready.
// The answer is the kernel's: -errno on failure.
#pragma once

#include <sys/syscall.h>

#include <cstdint>

namespace ipcscope {

#ifndef __x86_64__
#error "the probe speaks x86-64 (system.h, hand_fork.cpp, hand_jump.cpp and inside.cpp say where)"
#endif

namespace raw_detail {
template <class T>
inline long word(T value) {
    if constexpr (__is_same(T, decltype(nullptr))) return 0;
    else return (long)value;
}
}  // namespace raw_detail

template <class... A>
inline long raw_syscall(long number, A... arguments) {
    static_assert(sizeof...(A) <= 6);
    const long a[7] = {raw_detail::word(arguments)..., 0};
    register long r10 asm("r10") = sizeof...(A) > 3 ? a[3] : 0;
    register long r8 asm("r8") = sizeof...(A) > 4 ? a[4] : 0;
    register long r9 asm("r9") = sizeof...(A) > 5 ? a[5] : 0;
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "0"(number), "D"(a[0]), "S"(sizeof...(A) > 1 ? a[1] : 0), "d"(sizeof...(A) > 2 ? a[2] : 0), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
}

// Between two writes that a signal handler of this same thread must see in this order.
inline void handler_fence() { asm volatile("" ::: "memory"); }

// While one lives, no handler runs in this thread. For the rare long passages only (finding a ring, greeting the session).
class SignalsBlocked {
 public:
    SignalsBlocked() {
        const std::uint64_t all = ~std::uint64_t{0};
        raw_syscall(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, &all, &before_, sizeof all);
    }
    ~SignalsBlocked() { raw_syscall(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, &before_, nullptr, sizeof before_); }
    SignalsBlocked(const SignalsBlocked&) = delete;

 private:
    std::uint64_t before_ = 0;
};

}  // namespace ipcscope
