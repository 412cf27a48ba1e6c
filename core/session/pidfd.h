// Handles on processes that no other process can come to mean (pidfd_open(2) and its family; Linux 5.6).
#pragma once

#include <sys/types.h>

#include <optional>

#include "core/session/unique_fd.h"

namespace ipcscope {

UniqueFd open_pidfd(pid_t pid);
bool send_signal(int pidfd, int signal);                // false: it is gone, or we may not; errno says
bool has_ended(int pidfd);                              // all its threads have ended, and the kernel has told whoever waits for that

// A descriptor of ours for the open file behind descriptor `number` of that process. While it is held, the open file cannot
// close: take it only when everything is quiet, and give it back at once.
UniqueFd borrow_descriptor(int pidfd, int number);

// The wait status of a process that somebody has waited for already (Linux 6.15; nothing on older ones).
std::optional<int> status_after_wait(int pidfd);

}  // namespace ipcscope
