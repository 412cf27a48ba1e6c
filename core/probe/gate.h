// Where a call waits to be granted.
#pragma once

#include "core/probe/state.h"

namespace ipcscope {

// Is every call of the program's own code held now? (One load; no system call while the gate is open.)
inline bool is_gate_closed(const Level& level) { return level.header->gate_closed.load(std::memory_order_relaxed) != 0; }

// Comes to the gate with `call`, whose Enter is published, and waits until the session lets it through; then call.verdict
// is set. No cancellation point; errno is not touched; signal handlers run meanwhile, and their calls may be held in turn.
void wait_at_gate(ThreadState& thread, OpenCall& call);

}  // namespace ipcscope
