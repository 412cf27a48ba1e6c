#include "core/session/ipc_objects.h"

#include <fcntl.h>
#include <sys/ipc.h>

#include <algorithm>

namespace ipcscope {
namespace {

// Names of a POSIX call have the role IpcName, its flags OpenFlags; a System V one has Key and IpcFlags, and returns the id.
constexpr struct {
    std::string_view call;
    IpcKind kind;
} makers[] = {
    {"mq_open", IpcKind::MessageQueue},
    {"sem_open", IpcKind::Semaphore},
    {"shm_open", IpcKind::SharedMemory},
    {"msgget", IpcKind::SysVQueue},
    {"semget", IpcKind::SysVSemaphores},
    {"shmget", IpcKind::SysVMemory},
};

std::string text_in(std::span<const std::byte> payload, int argument) {
    while (const std::optional<Chunk> chunk = take_chunk(payload))
        if (chunk->argument == argument)
            return std::string(reinterpret_cast<const char*>(chunk->bytes.data()), strnlen(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size()));
    return {};
}

}  // namespace

const std::array<std::uint8_t, call_count> IpcObjects::kind_by_call = [] {
    std::array<std::uint8_t, call_count> table{};
    table.fill(nobody);
    for (const auto& maker : makers)
        if (const CallId call = call_from_name(maker.call); call != CallId::Count)
            table[static_cast<std::size_t>(call)] = static_cast<std::uint8_t>(maker.kind);
    return table;
}();

void IpcObjects::entered(const Event& enter, std::span<const std::byte> payload) {
    const CallRow& row = row_of(static_cast<CallId>(enter.call));
    const auto value = [&](Role role) {
        const int at = argument_with(row, role);
        return at < 0 ? 0 : enter.value[at];
    };
    IpcObject& object = asked_[enter.thread];
    object = {};
    object.kind = static_cast<IpcKind>(kind_by_call[enter.call]);
    if (const int name = argument_with(row, Role::IpcName); name >= 0) {
        object.name = text_in(payload, name);
        object.is_new = value(Role::OpenFlags) & O_CREAT;
        object.is_certain = object.is_new && (value(Role::OpenFlags) & O_EXCL);
    } else {
        const bool is_nameless = static_cast<key_t>(value(Role::Key)) == IPC_PRIVATE;
        object.is_new = is_nameless || (value(Role::IpcFlags) & IPC_CREAT);
        object.is_certain = is_nameless || (object.is_new && (value(Role::IpcFlags) & IPC_EXCL));
    }
}

void IpcObjects::returned(const Event& exit) {
    const auto asked = asked_.find(exit.thread);
    if (asked == asked_.end()) return;
    IpcObject object = std::move(asked->second);
    asked_.erase(asked);
    object.is_told = false;
    if (exit.error != 0) return;
    const bool is_named = argument_with(row_of(static_cast<CallId>(exit.call)), Role::IpcName) >= 0;
    if (is_named && (object.name.empty() || object.name.size() >= ipc_name_bytes)) return;
    if (!is_named) object.id = static_cast<std::int32_t>(exit.value[0]);
    const auto known = std::ranges::find_if(all_, [&](const IpcObject& other) { return other.is_same(object); });
    if (known == all_.end()) {
        constexpr std::size_t most = 4096;
        if (all_.size() < most) all_.push_back(std::move(object));
        return;
    }
    known->is_gone = false;
    if (object.is_new && !known->is_certain) {
        known->is_new = true;
        known->is_certain = object.is_certain;
        known->is_told = false;
    }
}

}  // namespace ipcscope
