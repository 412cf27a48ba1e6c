#include "core/model/queue_text.h"

#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>

#include "core/model/canonical.h"
#include "core/model/chunk_text.h"

namespace ipcscope {
std::string text_of_queue_attributes(const std::optional<Chunk>& attributes) {
    const auto told = struct_from<mq_attr>(attributes);
    if (!told) return not_told;
    const std::string flags = told->mq_flags == 0 ? "0" : told->mq_flags == O_NONBLOCK ? "O_NONBLOCK" : std::to_string(told->mq_flags);
    return "{mq_flags=" + flags + ", mq_maxmsg=" + std::to_string(told->mq_maxmsg) + ", mq_msgsize=" + std::to_string(told->mq_msgsize) +
           ", mq_curmsgs=" + std::to_string(told->mq_curmsgs) + "}";
}

std::string text_of_notification(const std::optional<Chunk>& event) {
    const auto told = struct_from<sigevent>(event);
    if (!told) return not_told;
    switch (told->sigev_notify) {
        case SIGEV_SIGNAL: return "{SIGEV_SIGNAL, " + text_of_signal(told->sigev_signo) + "}";
        case SIGEV_NONE: return "{SIGEV_NONE}";
        case SIGEV_THREAD: return "{SIGEV_THREAD}";
        default: return "{" + std::to_string(told->sigev_notify) + "}";
    }
}

std::string text_of_message(const std::optional<Chunk>& message) {
    const auto type = struct_from<long>(message);
    if (!type) return not_told;
    const std::string_view text(reinterpret_cast<const char*>(message->bytes.data()) + sizeof(long), message->bytes.size() - sizeof(long));
    return "{mtype=" + std::to_string(*type) + ", mtext=" + text_of_bytes(text, message->true_length - sizeof(long)) + "}";
}

}  // namespace ipcscope
