// Why threads sleep at what lies in memory, for reasons.cpp.
#pragma once

#include "core/model/tell.h"

namespace ipcscope {

Reason sleeps_at_lock(const Told& told);
Reason sleeps_at_condition(const Told& told);
Reason sleeps_at_barrier(const Told& told);
Reason sleeps_in_join(const Told& told);

}  // namespace ipcscope
