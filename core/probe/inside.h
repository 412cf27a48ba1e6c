// Seeing inside libc: stdio, fopen, opendir, popen, system and posix_spawn call libc's own functions without the PLT, so that
// no wrapper sees them. Their entries are patched where they begin as they are known to begin; otherwise they are left alone,
// and the session finds by the kernel's counts (/proc/PID/io) that something was not seen.
#pragma once

namespace ipcscope {

// Before main, once, after the real functions were resolved: those that are patched are then called behind the patch.
void look_inside();

}  // namespace ipcscope
