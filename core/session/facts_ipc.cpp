// The state of System V objects, and of POSIX ones that have names, as the keeper reads it inside the run's namespaces.
#include <errno.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/shm.h>

#include <algorithm>

#include "core/session/facts.h"
#include "core/session/pidfd.h"

namespace ipcscope {
namespace {

Question question_about(const IpcObject& object, Asks what, std::int32_t index = 0) {
    Question question{};
    question.what = what;
    question.kind = object.kind;
    question.id = object.id;
    question.index = index;
    object.name.copy(question.name, ipc_name_bytes - 1);
    return question;
}

constexpr std::int32_t most_messages = 64;    // of a queue that are told of

std::int64_t two(std::int32_t high, std::int32_t low) { return std::int64_t{high} << 32 | static_cast<std::uint32_t>(low); }

}  // namespace

// Told to the keeper at once, not at the next quiescence: a free run may never be quiescent.
void Facts::remember_what_is_made() {
    // A name that is about to be made: whoever is killed in the middle leaves it behind. (Ids are known when the call returns.)
    for (auto& [thread, object] : ipc_.asked()) {
        if (!object.is_new || object.is_told || object.name.empty() || object.name.size() >= ipc_name_bytes) continue;
        keeper_.ask(question_about(object, Asks::Remember, false));
        object.is_told = true;
    }
    for (IpcObject& object : ipc_.all()) {
        if (!object.is_new || object.is_told) continue;
        keeper_.ask(question_about(object, Asks::Remember, object.is_certain));
        object.is_told = true;
    }
}

void Facts::read_ipc_objects(const Queues& open) {
    for (IpcObject& object : ipc_.all()) {
        const std::optional<KeeperAnswer> answer = keeper_.ask(question_about(object, Asks::State));
        if (!answer) return;
        object.is_gone = answer->error == ENOENT || answer->error == EINVAL || answer->error == EIDRM;
        if (object.is_gone) tell_gone(object, answer->error);
        if (answer->error == 0 && !open.contains(static_cast<std::int64_t>(answer->state.inode))) tell_state(object, *answer);
    }
    for (const auto& [inode, end] : open) read_message_queue(end);
}

void Facts::tell_gone(const IpcObject& object, int error) {
    switch (object.kind) {
        case IpcKind::MessageQueue: return add(FactKind::MessageQueue, no_id, {-1, -error}, object.name);
        case IpcKind::Semaphore:
        case IpcKind::SharedMemory: return add(FactKind::SharedMemoryName, no_id, {-error, 0, object.kind == IpcKind::Semaphore}, object.name);
        case IpcKind::SysVQueue: return add(FactKind::SysVQueue, no_id, {object.id, 0, -error});
        case IpcKind::SysVSemaphores: return add(FactKind::SysVSemaphores, no_id, {object.id, 0, -error});
        case IpcKind::SysVMemory: return add(FactKind::SysVMemory, no_id, {object.id, 0, -error});
    }
}

void Facts::tell_state(const IpcObject& object, const KeeperAnswer& answer) {
    const IpcState& state = answer.state;
    switch (object.kind) {
        case IpcKind::MessageQueue:
            return add(FactKind::MessageQueue, no_id,
                       {-1, state.count, two(static_cast<std::int32_t>(state.most_count), static_cast<std::int32_t>(state.most_bytes)), state.bytes,
                        state.first_pid},
                       object.name);
        case IpcKind::Semaphore:
        case IpcKind::SharedMemory:
            return add(FactKind::SharedMemoryName, no_id,
                       {state.bytes, static_cast<std::int64_t>(state.inode), object.kind == IpcKind::Semaphore}, object.name);
        case IpcKind::SysVQueue:
            add(FactKind::SysVQueue, no_id, {object.id, state.key, state.count, state.bytes, state.most_bytes},
                "lspid " + std::to_string(state.first_pid) + ", lrpid " + std::to_string(state.last_pid));
            return tell_messages(object, state.count);
        case IpcKind::SysVSemaphores: {
            add(FactKind::SysVSemaphores, no_id, {object.id, state.key, state.count});
            for (std::int64_t i = 0; i < std::min<std::int64_t>(state.count, most_semaphores); ++i) {
                const SemaphoreReading& one = answer.semaphores[i];
                add(FactKind::SysVSemaphore, no_id, {object.id, i, one.value, two(one.waiting, one.waiting_for_zero), one.last_pid});
            }
            return;
        }
        case IpcKind::SysVMemory:
            return add(FactKind::SysVMemory, no_id, {object.id, state.key, state.bytes, state.count, two(state.first_pid, state.last_pid)},
                       (state.mode & SHM_DEST) != 0 ? "SHM_DEST" : "");
    }
}

// MSG_COPY takes nothing out. A kernel without it says ENOSYS: then nobody tells the contents.
void Facts::tell_messages(const IpcObject& queue, std::int64_t count) {
    for (std::int32_t i = 0; i < std::min<std::int64_t>(count, most_messages); ++i) {
        const std::optional<KeeperAnswer> answer = keeper_.ask(question_about(queue, Asks::SysVMessage, i));
        if (!answer || answer->error != 0) return;
        const auto length = static_cast<std::size_t>(std::clamp<std::int64_t>(answer->length, 0, most_message_bytes));
        add(FactKind::SysVMessage, no_id, {queue.id, i, answer->type, answer->length}, std::string_view(answer->bytes, length));
    }
}

// A queue that somebody has open: by a copy of the descriptor, which also tells of one without a name. (A queue's file is read
// with an offset of our own; a descriptor that can only send cannot be read.)
void Facts::read_message_queue(const Descriptor& end) {
    const UniqueFd queue = borrow_descriptor(end.process->pidfd.get(), end.number);
    mq_attr attributes{};
    if (!queue || mq_getattr(queue.get(), &attributes) != 0) return;
    char text[128] = "";
    const ssize_t length = pread(queue.get(), text, sizeof text - 1, 0);
    long long bytes = -1;
    int notify = 0, signal = 0, pid = 0;
    if (length > 0) sscanf(text, "QSIZE:%lld NOTIFY:%d SIGNO:%d NOTIFY_PID:%d", &bytes, &notify, &signal, &pid);
    add(FactKind::MessageQueue, end.process->id,
        {end.number, attributes.mq_curmsgs, two(static_cast<std::int32_t>(attributes.mq_maxmsg), static_cast<std::int32_t>(attributes.mq_msgsize)), bytes,
         pid},
        end.link);
}

}  // namespace ipcscope
