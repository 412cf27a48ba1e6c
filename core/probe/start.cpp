// The probe: a library that the session preloads into the programs it observes. It records every call of the call table
// (Enter before it is made, Exit after it returned) in memory shared with the session, and holds calls at the gate.
//
// Laws, all of them; a test stands behind each (tests/probe).
//
//   No descriptor kept, ever: mappings only.
//   No handler installed, no signal blocked or ignored (but for the length of a greeting). No thread of its own.
//   No allocation, no lock, no libc call that may do either, on the path of a call.
//   No system call on the path of a call while the gate is open: a program under strict seccomp lives on.
//   errno as found. At most 1 KiB of stack a call. The gate is no cancellation point.
//   Nothing printed, nobody ended: if anything fails, the program runs on unobserved.
//   The program does not see us: its environment, its descriptors, its dlerror are what they would be without us.
//   Thread-local data in the initial-exec model; everything resolved before main.
//   Links nothing but libc; exports nothing but the hooked names (tests/probe/exports.golden).
//   A damaged or vanished session costs time (bounded), never correctness.
#include "core/probe/start.h"

#include <link.h>

#include "core/events/event.h"
#include "core/probe/attach.h"
#include "core/probe/environment.h"
#include "core/probe/inside.h"
#include "core/probe/resolve.h"
#include "core/probe/system.h"

namespace ipcscope {
namespace {

constinit bool is_started = false;

// The loader names the main program first.
int note_main_program(dl_phdr_info* info, std::size_t, void*) {
    std::uint64_t begin = UINT64_MAX;
    std::uint64_t end = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = info->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD) continue;
        if (segment.p_vaddr < begin) begin = segment.p_vaddr;
        if (segment.p_vaddr + segment.p_memsz > end) end = segment.p_vaddr + segment.p_memsz;
    }
    process.main_bias = info->dlpi_addr;
    process.main_begin = info->dlpi_addr + begin;
    process.main_end = info->dlpi_addr + end;
    return 1;
}

}  // namespace

void start() {
    if (is_started) return;
    is_started = true;
    resolve();
    if (!take_environment()) return;
    dl_iterate_phdr(note_main_program, nullptr);
    if (!make_generation_page()) return;
    if (!attach_process(HelloReason::Start, no_id, static_cast<std::int32_t>(raw_syscall(SYS_getppid)))) return;
    if (is_inside_wanted()) look_inside();
}

// 101 is the first number that is not the implementation's own.
[[gnu::constructor(101), gnu::used]] static void start_before_main() { start(); }

}  // namespace ipcscope
