// fork, vfork, and the ends of a process.
#include "core/probe/attach.h"
#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

// In the child, leave() finds the generation page wiped, and so an area of the child's own: Exit(fork) = 0 is its first record.
IPCSCOPE_EXPORT pid_t wrapper_fork() asm("fork");
pid_t wrapper_fork() {
    start_if_early(real.fork);
    return observe<CallId::fork>(__builtin_return_address(0), real.fork);
}

// vfork's child runs on its parent's stack and returns through the caller's frame, so a C function cannot stand in between.
// The parent's return address waits in a register (each process has its own), as in libc's own vfork. The two functions
// around the system call use stack below the caller's frame only, and are done with it before they return.
//
// The child also borrows the parent's thread-local data: what the parent's thread remembers is put aside, and found again
// when the parent goes on, which is when the child is gone.
asm(".pushsection .text\n"
    ".globl vfork\n"
    ".type vfork, @function\n"
    "vfork:\n"
    "    .cfi_startproc\n"
    "    endbr64\n"
    "    movq (%rsp), %rdi\n"
    "    subq $8, %rsp\n"
    "    .cfi_adjust_cfa_offset 8\n"
    "    call ipcscope_vfork_enter\n"
    "    addq $8, %rsp\n"
    "    .cfi_adjust_cfa_offset -8\n"
    "    testl %eax, %eax\n"
    "    jz 1f\n"
    "    movl $-1, %eax\n"
    "    ret\n"
    "1:  popq %rdi\n"
    "    .cfi_adjust_cfa_offset -8\n"
    "    .cfi_register %rip, %rdi\n"
    "    movl $58, %eax\n"    // SYS_vfork
    "    syscall\n"
    "    pushq %rdi\n"
    "    .cfi_adjust_cfa_offset 8\n"
    "    .cfi_rel_offset %rip, 0\n"
    "    movq %rax, %rdi\n"
    "    jmp ipcscope_vfork_leave\n"
    "    .cfi_endproc\n"
    "    .size vfork, . - vfork\n"
    "    .popsection\n");
static_assert(SYS_vfork == 58);

namespace {

constexpr std::uint32_t max_vforks = 3;    // a vfork's child that vforks, and once more
constinit thread_local ThreadState parked[max_vforks]{};
constinit thread_local std::uint32_t parked_count = 0;

void become_child(ThreadState& thread) {
    if (parked_count >= max_vforks) return;
    parked[parked_count++] = thread;
    thread.depth = 0;
    thread.innermost = nullptr;
    std::memset(thread.level, 0, sizeof thread.level);
    const std::int32_t parent_pid = thread.pid;
    thread.pid = static_cast<std::int32_t>(raw_syscall(SYS_getpid));
    thread.tid = static_cast<std::int32_t>(raw_syscall(SYS_gettid));
    thread.own_area = {};
    thread.has_own_area = true;    // even if there is none: then the child is not observed, but never filed under its parent
    attach(HelloReason::Vfork, process.id, parent_pid, thread.own_area);
}

void become_parent_again(ThreadState& thread) {
    if (parked_count == 0) return;
    if (thread.own_area.header) raw_syscall(SYS_munmap, thread.own_area.header, thread.own_area.bytes);
    thread = parked[--parked_count];
}

}  // namespace

// 0: go on. Anything else: fail, errno is set.
extern "C" [[gnu::visibility("hidden"), gnu::used]] int ipcscope_vfork_enter(const void* site) {
    start_if_early(real.vfork);
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) return 0;
    OpenCall call;
    enter<CallId::vfork>(thread, *level, call, site, {});
    thread.innermost = call.outer;
    if (call.verdict != Verdict::Fail) return 0;
    errno = call.verdict_value;
    append_exit<CallId::vfork>(thread, *level, Flag::Injected, -1, call.verdict_value, {});
    return -1;
}

extern "C" [[gnu::visibility("hidden"), gnu::used]] pid_t ipcscope_vfork_leave(long answer) {
    ThreadState& thread = this_thread;
    if (process.is_observed) {
        if (answer == 0) become_child(thread);
        else if (answer > 0) become_parent_again(thread);
    }
    const int error = answer < 0 ? static_cast<int>(-answer) : 0;
    const pid_t result = error ? -1 : static_cast<pid_t>(answer);
    if (Level* const level = level_of(thread)) append_exit<CallId::vfork>(thread, *level, 0, result, error, {});
    if (error) errno = error;
    return result;
}

// The ends. They do not return, and so have no Exit: the process's end is what is seen next.
template <CallId id>
static void enter_end(const void* site, int status) {
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) return;
    OpenCall call;
    enter<id>(thread, *level, call, site, {static_cast<std::uint64_t>(static_cast<std::int64_t>(status))});
    thread.innermost = call.outer;
}

#define IPCSCOPE_END(name)                                                                          \
    IPCSCOPE_EXPORT [[noreturn]] void wrapper_##name(int status) asm(#name);                        \
    void wrapper_##name(int status) {                                                               \
        start_if_early(real.name);                                                                  \
        enter_end<CallId::name>(__builtin_return_address(0), status);                               \
        real.name(status);                                                                          \
        __builtin_unreachable();                                                                    \
    }
IPCSCOPE_END(exit)
IPCSCOPE_END(_exit)
IPCSCOPE_END(_Exit)
