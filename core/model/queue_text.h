// What message queue calls say and are given, as text.
#pragma once

#include <optional>
#include <string>

#include "core/events/event.h"

namespace ipcscope {

std::string text_of_queue_attributes(const std::optional<Chunk>& attributes);   // {mq_flags=0, mq_maxmsg=3, mq_msgsize=32, mq_curmsgs=0}
std::string text_of_notification(const std::optional<Chunk>& event);            // {SIGEV_SIGNAL, SIGUSR1}
std::string text_of_message(const std::optional<Chunk>& message);               // {mtype=7, mtext="seven"}

}  // namespace ipcscope
