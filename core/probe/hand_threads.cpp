// pthread_create and pthread_exit. The new thread's first record is the return of the pthread_create that made it, as fork
// returns in the child: with its own pthread_t, by which the two returns find each other.
#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

namespace {

// What a thread on its way is to do. Where so many are on their way at once that no slot is free, the new thread is not told
// of by itself: it is found at its first call.
struct Slot {
    std::uint32_t is_taken;
    void* (*start_routine)(void*);
    void* argument;
};
constexpr std::uint32_t slot_count = 256;
constinit Slot slots[slot_count]{};

Slot* take_slot() {
    for (Slot& slot : slots)
        if (__atomic_load_n(&slot.is_taken, __ATOMIC_RELAXED) == 0 && __atomic_exchange_n(&slot.is_taken, 1u, __ATOMIC_ACQUIRE) == 0) return &slot;
    return nullptr;
}

void free_slot(Slot& slot) { __atomic_store_n(&slot.is_taken, 0u, __ATOMIC_RELEASE); }

void tell_of_birth() {
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) return;
    const pthread_t self = pthread_self();
    const Arguments<CallId::pthread_create> arguments{{word_from(&self), 0, 0, 0}};
    append_exit<CallId::pthread_create>(thread, *level, 0, 0, 0, arguments);
}

void* begin_thread(void* place) {
    Slot& slot = *static_cast<Slot*>(place);
    void* (*const start_routine)(void*) = slot.start_routine;
    void* const argument = slot.argument;
    free_slot(slot);
    tell_of_birth();
    return start_routine(argument);
}

int create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start_routine)(void*), void* argument) {
    Slot* const slot = take_slot();
    if (!slot) return real.pthread_create(thread, attributes, start_routine, argument);
    slot->start_routine = start_routine;
    slot->argument = argument;
    const int error = real.pthread_create(thread, attributes, begin_thread, slot);
    if (error != 0) free_slot(*slot);
    return error;
}

}  // namespace

IPCSCOPE_EXPORT int wrapper_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start_routine)(void*), void* argument) asm("pthread_create");
int wrapper_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start_routine)(void*), void* argument) {
    start_if_early(real.pthread_create);
    return observe<CallId::pthread_create>(__builtin_return_address(0), create, thread, attributes, start_routine, argument);
}

// It does not return, and so has no Exit: the thread's end is what is seen next.
IPCSCOPE_EXPORT [[noreturn]] void wrapper_pthread_exit(void* value) asm("pthread_exit");
void wrapper_pthread_exit(void* value) {
    start_if_early(real.pthread_exit);
    ThreadState& thread = this_thread;
    if (Level* const level = level_of(thread)) {
        OpenCall call;
        enter<CallId::pthread_exit>(thread, *level, call, __builtin_return_address(0), {word_from(value)});
        thread.innermost = call.outer;
    }
    real.pthread_exit(value);
    __builtin_unreachable();
}
