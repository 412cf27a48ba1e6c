// Arguments that a call fills in.
#pragma once

#include "core/events/call_table.h"

namespace ipcscope {

// What they are is known when it has returned, and not before.
constexpr bool is_filled_in(Role role) {
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
        case Role::SegmentStatus:
        case Role::CounterOut:
        case Role::TimerOut:
        case Role::NewSemaphore:
        case Role::NewMutex:
        case Role::NewCondition:
        case Role::NewReadWriteLock:
        case Role::NewBarrier:
        case Role::NewSpinLock:
        case Role::ThreadOut:
        case Role::AddressOut:
        case Role::HeaderOut:
        case Role::HeadersOut:
        case Role::OptionOut:
        case Role::FdSet:
        case Role::EpollEventsOut:
        case Role::AddressesOut:
        case Role::TextOut:
        case Role::ValueOut: return true;
        default: return false;
    }
}

// What they are may be another thing when it has returned: fcntl's F_GETLK overwrites what it was asked, semctl's GETALL fills an
// array, and its SETALL shows one.
constexpr bool is_told_by_exit(Role role) { return is_filled_in(role) || role == Role::FcntlValue || role == Role::SetValue || role == Role::OffsetAt; }

}  // namespace ipcscope
