// One line of /proc/locks (proc(5)). Pids in it are those of the PID namespace that the reader's /proc was mounted in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ipcscope {

struct LockLine {
    std::int64_t word = 0;                 // LockWord bits (fact.h)
    std::int64_t pid = 0;                  // -1: an open file's
    unsigned major = 0, minor = 0;
    std::int64_t inode = 0;
    std::int64_t first = 0, last = 0;      // last: INT64_MAX for EOF
};

// "1: -> POSIX  ADVISORY  WRITE 812 fe:00:1138 10 14". Nothing for leases, and for what cannot be understood.
std::optional<LockLine> parse_lock(std::string_view line);

}  // namespace ipcscope
