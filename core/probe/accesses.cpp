// Loads and stores. A program that was compiled with gcc -fsanitize=thread, and not linked with that sanitizer's library, calls
// a function of these names before each load and store of its own (gcc's gcc/sanitizer.def has the list). Those of memory that it
// has mapped itself are recorded and held at the gate, as if they were calls.
//
//   load    the value is read when it has been let go, and returned to the program's own instruction, which comes next
//   store   the program's own instruction stores, after we have returned. So what it stored is known when the thread comes to us
//           again, with whatever it does next: there the store's Exit is written, its value read from where it was stored
//   atomic  is done here, in one
//
// Honest limits: with open gates another thread may come between a load or store and the reading of its value here. A handler
// that interrupts between our return and the store makes the store end too early.
#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

namespace ipcscope {
namespace {

// What lies there as a number: up to 8 bytes, with its sign. Nothing there (it will be SIGBUS or SIGSEGV): 0.
std::int64_t value_at(const ThreadState& thread, const void* address, std::size_t size, bool is_careful) {
    std::int64_t value = 0;
    const std::size_t length = size < sizeof value ? size : sizeof value;
    if (is_careful) copy_carefully(&value, address, length, thread.pid);
    else __builtin_memcpy(&value, address, length);
    const int unused_bits = 8 * static_cast<int>(sizeof value - length);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused_bits) >> unused_bits;
}

using LoadArguments = Arguments<CallId::load>;

[[gnu::noinline]] void announce_load(const void* site, const void* address, std::size_t size) {
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) return;
    const LoadArguments arguments{word_from(address), size};
    OpenCall call;
    enter<CallId::load>(thread, *level, call, site, arguments);
    leave<CallId::load>(thread, call, value_at(thread, address, size, is_gate_closed(*level)), 0, 0, arguments);
}

[[gnu::noinline]] void announce_store(const void* site, const void* address, std::size_t size) {
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) return;
    OpenCall call;
    enter<CallId::store>(thread, *level, call, site, {word_from(address), size});
    thread.innermost = call.outer;
    thread.store_address = address;
    thread.store_size = size;
}

inline void on_load(const void* site, const void* address, std::size_t size) {
    if (is_own_memory(address)) [[unlikely]] announce_load(site, address, size);
}
inline void on_store(const void* site, const void* address, std::size_t size) {
    if (is_own_memory(address)) [[unlikely]] announce_store(site, address, size);
}

template <CallId id, class T, class Operation>
inline T atomically(const void* site, const volatile T* address, Operation operation) {
    if (!is_own_memory(address)) [[likely]] return operation();
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) return operation();
    const Arguments<id> arguments{reinterpret_cast<std::uint64_t>(address), sizeof(T)};
    OpenCall call;
    enter<id>(thread, *level, call, site, arguments);
    const T before = operation();
    leave<id>(thread, call, before, 0, 0, arguments);
    return before;
}

}  // namespace

void finish_store(ThreadState& thread, Level& level) {
    const std::size_t size = thread.store_size;
    thread.store_size = 0;
    append_exit<CallId::store>(thread, level, 0, value_at(thread, thread.store_address, size, is_gate_closed(level)), 0, {});
}

}  // namespace ipcscope

#define IPCSCOPE_SITE __builtin_return_address(0)

IPCSCOPE_EXPORT void __tsan_init() {}
IPCSCOPE_EXPORT void __tsan_func_entry(void*) {}
IPCSCOPE_EXPORT void __tsan_func_exit() {
    ThreadState& thread = this_thread;
    if (thread.store_size != 0) [[unlikely]]
        if (Level* const level = level_of(thread)) finish_store(thread, *level);
}

#define IPCSCOPE_ACCESS(name, size)                                                                                    \
    IPCSCOPE_EXPORT void __tsan_read##name(void* address) { on_load(IPCSCOPE_SITE, address, size); }                   \
    IPCSCOPE_EXPORT void __tsan_write##name(void* address) { on_store(IPCSCOPE_SITE, address, size); }                 \
    IPCSCOPE_EXPORT void __tsan_unaligned_read##name(void* address) { on_load(IPCSCOPE_SITE, address, size); }         \
    IPCSCOPE_EXPORT void __tsan_unaligned_write##name(void* address) { on_store(IPCSCOPE_SITE, address, size); }       \
    IPCSCOPE_EXPORT void __tsan_volatile_read##name(void* address) { on_load(IPCSCOPE_SITE, address, size); }          \
    IPCSCOPE_EXPORT void __tsan_volatile_write##name(void* address) { on_store(IPCSCOPE_SITE, address, size); }        \
    IPCSCOPE_EXPORT void __tsan_unaligned_volatile_read##name(void* address) { on_load(IPCSCOPE_SITE, address, size); } \
    IPCSCOPE_EXPORT void __tsan_unaligned_volatile_write##name(void* address) { on_store(IPCSCOPE_SITE, address, size); }
IPCSCOPE_ACCESS(1, 1)
IPCSCOPE_ACCESS(2, 2)
IPCSCOPE_ACCESS(4, 4)
IPCSCOPE_ACCESS(8, 8)
IPCSCOPE_ACCESS(16, 16)

IPCSCOPE_EXPORT void __tsan_read_range(void* address, std::size_t size) { on_load(IPCSCOPE_SITE, address, size); }
IPCSCOPE_EXPORT void __tsan_write_range(void* address, std::size_t size) { on_store(IPCSCOPE_SITE, address, size); }
IPCSCOPE_EXPORT void __tsan_vptr_update(void* address, void*) { on_store(IPCSCOPE_SITE, address, sizeof(void*)); }
IPCSCOPE_EXPORT void __tsan_vptr_read(void* address) { on_load(IPCSCOPE_SITE, address, sizeof(void*)); }

#define IPCSCOPE_ORDER __ATOMIC_SEQ_CST
#define IPCSCOPE_ATOMIC(bits, T)                                                                                                        \
    IPCSCOPE_EXPORT T __tsan_atomic##bits##_load(const volatile T* a, int) {                                                            \
        return atomically<CallId::load>(IPCSCOPE_SITE, a, [=] { return __atomic_load_n(a, IPCSCOPE_ORDER); });                          \
    }                                                                                                                                   \
    IPCSCOPE_EXPORT void __tsan_atomic##bits##_store(volatile T* a, T v, int) {                                                         \
        atomically<CallId::store>(IPCSCOPE_SITE, a, [=] { return __atomic_store_n(a, v, IPCSCOPE_ORDER), v; });                         \
    }                                                                                                                                   \
    IPCSCOPE_EXPORT T __tsan_atomic##bits##_exchange(volatile T* a, T v, int) {                                                         \
        return atomically<CallId::update>(IPCSCOPE_SITE, a, [=] { return __atomic_exchange_n(a, v, IPCSCOPE_ORDER); });                 \
    }                                                                                                                                   \
    IPCSCOPE_EXPORT T __tsan_atomic##bits##_compare_exchange_val(volatile T* a, T expected, T v, int, int) {                            \
        return atomically<CallId::update>(IPCSCOPE_SITE, a, [=] {                                                                       \
            T found = expected;                                                                                                         \
            __atomic_compare_exchange_n(a, &found, v, false, IPCSCOPE_ORDER, IPCSCOPE_ORDER);                                           \
            return found;                                                                                                               \
        });                                                                                                                             \
    }                                                                                                                                   \
    IPCSCOPE_EXPORT int __tsan_atomic##bits##_compare_exchange_strong(volatile T* a, T* expected, T v, int, int) {                      \
        bool is_done = false;                                                                                                           \
        *expected = atomically<CallId::update>(IPCSCOPE_SITE, a, [=, &is_done] {                                                        \
            T found = *expected;                                                                                                        \
            is_done = __atomic_compare_exchange_n(a, &found, v, false, IPCSCOPE_ORDER, IPCSCOPE_ORDER);                                 \
            return found;                                                                                                               \
        });                                                                                                                             \
        return is_done;                                                                                                                 \
    }                                                                                                                                   \
    asm(".globl __tsan_atomic" #bits "_compare_exchange_weak\n.type __tsan_atomic" #bits "_compare_exchange_weak, @function\n"          \
        ".set __tsan_atomic" #bits "_compare_exchange_weak, __tsan_atomic" #bits "_compare_exchange_strong");                           \
    IPCSCOPE_FETCH(bits, T, add)                                                                                                        \
    IPCSCOPE_FETCH(bits, T, sub)                                                                                                        \
    IPCSCOPE_FETCH(bits, T, and)                                                                                                        \
    IPCSCOPE_FETCH(bits, T, or)                                                                                                         \
    IPCSCOPE_FETCH(bits, T, xor)                                                                                                        \
    IPCSCOPE_FETCH(bits, T, nand)
#define IPCSCOPE_FETCH(bits, T, name)                                                                                                   \
    IPCSCOPE_EXPORT T __tsan_atomic##bits##_fetch_##name(volatile T* a, T v, int) {                                                     \
        return atomically<CallId::update>(IPCSCOPE_SITE, a, [=] { return __atomic_fetch_##name(a, v, IPCSCOPE_ORDER); });               \
    }
IPCSCOPE_ATOMIC(8, signed char)
IPCSCOPE_ATOMIC(16, short)
IPCSCOPE_ATOMIC(32, int)
IPCSCOPE_ATOMIC(64, long)

IPCSCOPE_EXPORT void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(IPCSCOPE_ORDER); }
IPCSCOPE_EXPORT void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(IPCSCOPE_ORDER); }
