// What eventfd, signalfd and timerfd calls say and are given, as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/events/event.h"

namespace ipcscope {

std::string text_of_count(const std::optional<Chunk>& count);          // [3]
std::string text_of_signal_set(std::uint64_t set);                     // [SIGINT SIGTERM]
std::string text_of_signal_set(const std::optional<Chunk>& set);
std::string text_of_timer(const std::optional<Chunk>& timer);          // {it_interval=0s, it_value=1.5s}
std::string text_of_nanoseconds(std::int64_t ns);                      // 1.5s

}  // namespace ipcscope
