// The end of a run: no descendant survives.
#pragma once

namespace ipcscope {

// Kills every descendant of this process (which is PID 1 of its namespace, or a subreaper: their orphans become its children),
// calling `reap` until it says that no child is left. Gives up after two seconds on what cannot be killed (another
// user's process; one stuck in the kernel).
void kill_all_descendants(bool (*reap)());

}  // namespace ipcscope
