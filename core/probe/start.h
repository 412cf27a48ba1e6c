// The probe's beginning.
#pragma once

namespace ipcscope {

// Finds the real functions, hides us from the program, greets the session. The first call does it, the others do nothing:
// it is the probe's constructor, unless another library's constructor made a call before that.
void start();

// A wrapper's first line: another library's constructor may call it before ours has run.
inline void start_if_early(bool is_resolved) {
    if (!is_resolved) [[unlikely]] start();
}

}  // namespace ipcscope
