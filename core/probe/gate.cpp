// One thread's gate is two counters: `arrived` (ours) and `granted` (the session's, raised to `arrived`). A call waits until
// granted has reached the number it arrived with, its ticket.
//
// The hard thing: a handler runs while a call waits, makes a call, arrives with a higher number and is granted; that raises
// `granted` past the outer call's ticket, which nobody has let through. So a handler's call, when it arrives, settles the
// matter for the calls below it: one whose ticket is reached by now keeps its verdict (is_granted), the others must
// come to the gate again when the handler is done (must_return).
#include "core/probe/gate.h"

#include <linux/futex.h>

#include "core/probe/system.h"

namespace ipcscope {
namespace {

bool is_reached(const Ring& ring, std::uint32_t ticket) {
    return static_cast<std::int32_t>(ring.granted.load(std::memory_order_acquire) - ticket) >= 0;
}

void take_verdict(const Ring& ring, OpenCall& call) {
    call.verdict = static_cast<Verdict>(ring.verdict.load(std::memory_order_relaxed));
    call.verdict_value = ring.verdict_value.load(std::memory_order_relaxed);
}

void settle_waiting_calls(const ThreadState& thread, const Ring& ring, const OpenCall& arriving) {
    for (OpenCall* call = thread.waiting; call; call = call->outer_waiting) {
        if (call->depth != arriving.depth || call->is_granted || call->must_return) continue;
        if (is_reached(ring, call->ticket)) {
            take_verdict(ring, *call);
            call->is_granted = true;
        } else {
            call->must_return = true;
        }
    }
}

void arrive(ThreadState& thread, Ring& ring, OpenCall& call) {
    settle_waiting_calls(thread, ring, call);
    do {
        call.must_return = false;
        call.ticket = ring.arrived.load(std::memory_order_relaxed) + 1;
        ring.arrived.store(call.ticket, std::memory_order_release);
        handler_fence();
        thread.waiting = &call;
        handler_fence();
        // A handler that arrived before `waiting` was set did not know of us: then our number is not the last one.
    } while (ring.arrived.load(std::memory_order_relaxed) != call.ticket);
}

}  // namespace

void wait_at_gate(ThreadState& thread, OpenCall& call) {
    const std::uint32_t generation = thread.generation;
    call.outer_waiting = thread.waiting;
    arrive(thread, *thread.level[call.depth].ring, call);
    for (;;) {
        // A handler that forked: in the child, this call's Enter is the parent's, and so was the gate.
        if (*process.generation != generation) {
            call.verdict = Verdict::Go;
            break;
        }
        Ring& ring = *thread.level[call.depth].ring;
        if (call.is_granted) break;
        if (call.must_return) {
            thread.waiting = call.outer_waiting;
            arrive(thread, ring, call);
        }
        const std::uint32_t granted = ring.granted.load(std::memory_order_acquire);
        if (static_cast<std::int32_t>(granted - call.ticket) >= 0) {
            take_verdict(ring, call);
            handler_fence();
            if (call.is_granted || !call.must_return) break;
            continue;
        }
        raw_syscall(SYS_futex, &ring.granted, FUTEX_WAIT, granted, nullptr, nullptr, 0);
    }
    thread.waiting = call.outer_waiting;
}

}  // namespace ipcscope
