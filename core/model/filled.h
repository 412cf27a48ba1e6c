// Arguments that a call fills in: what they are is known when it has returned.
#pragma once

#include "core/events/call_table.h"

namespace ipcscope {

constexpr bool is_told_by_exit(Role role) {
    switch (role) {
        case Role::FdPair:
        case Role::BytesOut:
        case Role::VectorOut:
        case Role::PidOut:
        case Role::StatusOut:
        case Role::ActionOut:
        case Role::PollFds:
        case Role::TimeOut:
        case Role::PriorityOut:
        case Role::QueueAttributesOut:
        case Role::MessageOut:
        case Role::QueueStatus:
        case Role::CounterOut:
        case Role::TimerOut: return true;
        default: return false;
    }
}

}  // namespace ipcscope
