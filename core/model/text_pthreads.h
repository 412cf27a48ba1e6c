#pragma once

#include <cstdint>
#include <string>

#include "core/events/call_table.h"

namespace ipcscope {

// "PTHREAD_MUTEX_RECURSIVE", for constants of <pthread.h> by role.
std::string text_of_lock_constant(Role role, std::int64_t value);

}  // namespace ipcscope
