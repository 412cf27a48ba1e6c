// Facts: the kernel's own word, read by the session whenever the system is quiescent (and at births and ends), kept in
// the trace as events of kind Fact, so that a recording carries its witnesses with it. The model is compared with them
// (core/model/witness.h); it is never built from them, but for Found descriptors.
//
// Event::value[0] is the kind; process and thread are set where they apply; chunk 0 is a text.
#pragma once

#include <cstdint>

namespace ipcscope {

enum class FactKind : std::int64_t {
    ThreadState,      // [1] = state letter of /proc/PID/task/TID/stat (R S D T Z X), [2] = system call number of
                      //       /proc/…/syscall, -1 if running, -2 if not readable.            text = wchan ("" if not readable)
    ProcessState,     // [1] = state letter of /proc/PID/stat, 0 if the process is gone. [2] = pid as shown in the path of the source
    Descriptor,       // [1] = number, [2] = flags as open(2) has them (with O_CLOEXEC), [3] = offset, [4] = inode, [5] = st_mode.
                      //                                                              text = the link, "pipe:[48812]" or a path
    DescriptorCount,  // [1] = how many descriptors /proc/PID/fd lists: what was not named above is not there
    PipeBytes,        // [1] = inode, [2] = FIONREAD, [3] = F_GETPIPE_SZ (-1 if not readable), [4] = bytes in the text's source.
                      //                              text = the bytes themselves, by tee(2), which takes nothing out
    SameOpenFile,     // [1] = descriptor, [2] = ProcessId, [3] = descriptor there: kcmp(2) says they share one open file
};

}  // namespace ipcscope
