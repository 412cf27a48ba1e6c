// What a program has printed and libc has not written yet: the buffer of its standard output, read in its own memory
// (process_vm_readv). Only where it uses the same libc as ipcscope does; else nothing is known.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace ipcscope {

struct StdioBuffer {
    std::uint64_t count = 0;    // bytes that wait
    std::string bytes;          // the first of them
};

// `place`: where its stdout lies, 0 if not known yet; kept by the caller, found again after an exec.
std::optional<StdioBuffer> read_stdio_buffer(pid_t pid, std::uint64_t& place);

}  // namespace ipcscope
