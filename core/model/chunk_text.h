// What travels with an event, read as what it is, and as text.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/events/event.h"

namespace ipcscope {

inline constexpr const char* not_told = "…";

// Nothing, if there are too few bytes for one.
template <class T>
std::optional<T> struct_from(const std::optional<Chunk>& chunk) {
    if (!chunk || chunk->bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, chunk->bytes.data(), sizeof value);
    return value;
}

inline std::string_view view_of(const Chunk& chunk) { return {reinterpret_cast<const char*>(chunk.bytes.data()), chunk.bytes.size()}; }

std::string text_of_chunk(const std::optional<Chunk>& chunk);    // "hello"
std::string text_of_argv(const std::optional<Chunk>& chunk);     // ["cat", "file"]
std::string text_of_handler(std::int64_t handler);               // SIG_IGN; handler 0x…
std::string text_of_action(const std::optional<Chunk>& chunk);   // {SIG_IGN, SA_RESTART}
std::string text_of_time(const std::optional<Chunk>& chunk);     // {tv_sec=1, tv_nsec=0}

}  // namespace ipcscope
