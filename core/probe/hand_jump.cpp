// Jumps out of calls. A handler that interrupts a call may leave by siglongjmp; then that call will never return, and a
// record that was half written will never be finished. These functions have no row: they are watched, not recorded.
//
// Honest limit: a call is taken for abandoned if its frame lies below the jump's target. A handler on an alternate stack that
// lies above its thread's stack looks as if it were outside of it.
#include "core/probe/observe.h"

using namespace ipcscope;

// Where the stack pointer will be: glibc keeps it in the eighth word but one, rotated and mixed with a secret of the thread.
static std::uintptr_t target_of(const void* environment) {
    std::uintptr_t stack_pointer = static_cast<const std::uintptr_t*>(environment)[6];
    asm("rorq $17, %0\n\txorq %%fs:0x30, %0" : "+r"(stack_pointer));
    return stack_pointer;
}

static void abandon_calls_below(std::uintptr_t target) {
    ThreadState& thread = this_thread;
    while (thread.innermost && reinterpret_cast<std::uintptr_t>(thread.innermost) < target) {
        OpenCall& call = *thread.innermost;
        if (call.depth > thread.depth || call.call >= CallId::Count) {    // left by cancellation, and written over since
            thread.innermost = nullptr;
            return;
        }
        thread.depth = call.depth;    // whatever this call was writing when the handler came
        thread.is_quiet = call.is_quiet;
        if (call.is_entered)
            if (Level* const level = level_of(thread))
                append(thread, *level, {0, RecordKind::Abandoned, 0, static_cast<std::uint16_t>(call.call), 0, 0}, 0, [](char*) {});
        if (thread.waiting == &call) thread.waiting = call.outer_waiting;
        thread.innermost = call.outer;
    }
}

#define IPCSCOPE_JUMP(name)                                                                                            \
    extern "C" [[gnu::visibility("default"), noreturn]] void wrapper_##name(void* environment, int value) asm(#name);   \
    void wrapper_##name(void* environment, int value) {                                                                \
        start_if_early(real.name);                                                                                     \
        abandon_calls_below(target_of(environment));                                                                   \
        real.name(environment, value);                                                                                 \
        __builtin_unreachable();                                                                                       \
    }
IPCSCOPE_JUMP(longjmp)
IPCSCOPE_JUMP(_longjmp)
IPCSCOPE_JUMP(siglongjmp)
IPCSCOPE_JUMP(__longjmp_chk)
