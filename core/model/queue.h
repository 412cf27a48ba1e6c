// Message queues, POSIX and System V: whole messages, never a part of one. Object::inside has them in the order in which they
// will be taken: POSIX by priority, then by age; System V by age alone, but whoever receives may ask for a type.
// Object::waiting: messages whose sender sleeps until there is room.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/events/event.h"

namespace ipcscope {

struct QueueState {
    bool is_posix = true;
    bool is_learned = false;                     // the kernel, or the call that made it, has told the limits
    std::int64_t most_messages = 10;             // POSIX: mq_maxmsg; as /proc/sys/fs/mqueue has them where nobody says
    std::int64_t most_length = 8192;             // POSIX: mq_msgsize, of one message
    std::int64_t most_bytes = 16384;             // System V: msg_qbytes, of all messages together
    std::int32_t id = -1, key = 0;               // System V
    ProcessId notifies = no_id;                  // POSIX: whom mq_notify is to tell
    std::vector<ProcessId> senders, receivers;   // System V: it has no descriptors; who has used it, and how

    bool operator==(const QueueState&) const = default;
};

}  // namespace ipcscope
