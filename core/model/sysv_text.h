// What the control calls of System V's three kinds say and are given, as text: strace's words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/events/event.h"

namespace ipcscope {

// [{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}]
std::string text_of_set_operations(const std::optional<Chunk>& operations);
// The fourth argument of semctl; `count` semaphores are in the set (0: not known). It came in `given` or went out in `got`.
std::string text_of_set_value(std::int64_t command, std::int64_t value, const std::optional<Chunk>& given, const std::optional<Chunk>& got, std::size_t count);
// {msg_perm={uid=0, gid=0, mode=0600 …}, msg_qnum=2, msg_qbytes=16384 …}
std::string text_of_queue_status(std::int64_t command, const std::optional<Chunk>& status);
std::string text_of_segment_status(std::int64_t command, const std::optional<Chunk>& status);

}  // namespace ipcscope
