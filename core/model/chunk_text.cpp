#include "core/model/chunk_text.h"

#include <signal.h>
#include <time.h>

#include <algorithm>

#include "core/model/canonical.h"

namespace ipcscope {

std::string text_of_chunk(const std::optional<Chunk>& chunk) {
    return chunk ? text_of_bytes(view_of(*chunk), chunk->true_length) : not_told;
}

std::string text_of_argv(const std::optional<Chunk>& chunk) {
    if (!chunk) return not_told;
    std::string text;
    for (std::string_view rest = view_of(*chunk); !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find('\0'));
        text += (text.empty() ? "" : ", ") + text_of_bytes(one, one.size());
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    }
    return '[' + text + (chunk->bytes.size() < chunk->true_length ? ", …]" : "]");
}

std::string text_of_handler(std::int64_t handler) {
    if (handler == reinterpret_cast<std::intptr_t>(SIG_DFL)) return "SIG_DFL";
    if (handler == reinterpret_cast<std::intptr_t>(SIG_IGN)) return "SIG_IGN";
    if (handler == reinterpret_cast<std::intptr_t>(SIG_ERR)) return "SIG_ERR";
    return "handler 0x…";
}

std::string text_of_action(const std::optional<Chunk>& chunk) {
    const auto action = struct_from<struct sigaction>(chunk);
    if (!action) return not_told;
    constexpr int restorer = 0x04000000;  // libc's own business
    const int flags = action->sa_flags & ~restorer;
    return '{' + text_of_handler(reinterpret_cast<std::intptr_t>(action->sa_handler)) +
           (flags == 0 ? "" : ", " + text_of_flags(Role::ActionIn, flags)) + "}";
}

std::string text_of_time(const std::optional<Chunk>& chunk) {
    const auto time = struct_from<timespec>(chunk);
    if (!time) return not_told;
    return "{tv_sec=" + std::to_string(time->tv_sec) + ", tv_nsec=" + std::to_string(time->tv_nsec) + "}";
}

}  // namespace ipcscope
