// The kernel threads that carry packets when there is much to do (ksoftirqd). While one of them is runnable, what was sent over
// loopback may not have arrived, though its send has returned: the system is not quiescent.
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

namespace ipcscope {

class PacketCarriers {
 public:
    // By /proc/PID/stat. Where they cannot be seen (a pid namespace of the session's own) they count as idle.
    bool are_idle();

 private:
    std::optional<std::vector<pid_t>> threads_;
};

}  // namespace ipcscope
