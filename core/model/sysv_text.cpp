#include "core/model/sysv_text.h"

#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/model/canonical.h"
#include "core/model/chunk_text.h"

namespace ipcscope {
namespace {

// "shmmax=…, shmmin=1"
template <class... Field>
std::string fields(Field... field) {
    std::string text;
    const auto append = [&](const char* name, auto value) { text += (text.empty() ? "" : ", ") + std::string(name) + '=' + std::to_string(value); };
    (append(field.first, field.second), ...);
    return text;
}

template <class T>
std::pair<const char*, T> field(const char* name, T value) { return {name, value}; }

std::string text_of_permissions(const ipc_perm& permissions, bool is_in) {
    char text[160];
    const int length = std::snprintf(text, sizeof text, "{uid=%u, gid=%u, mode=%#o", permissions.uid, permissions.gid, static_cast<unsigned>(permissions.mode));
    if (is_in) return std::string(text, static_cast<std::size_t>(length)) + '}';
    std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ", key=%#x, cuid=%u, cgid=%u}", static_cast<unsigned>(permissions.__key), permissions.cuid,
                  permissions.cgid);
    return text;
}

std::string text_of_set_status(const std::optional<Chunk>& status, bool is_in) {
    const auto told = struct_from<semid_ds>(status);
    if (!told) return not_told;
    const std::string permissions = "{sem_perm=" + text_of_permissions(told->sem_perm, is_in);
    if (is_in) return permissions + '}';
    return permissions + ", " + fields(field("sem_otime", told->sem_otime), field("sem_ctime", told->sem_ctime), field("sem_nsems", told->sem_nsems)) + '}';
}

std::string text_of_set_limits(const std::optional<Chunk>& limits) {
    const auto told = struct_from<seminfo>(limits);
    if (!told) return not_told;
    return '{' + fields(field("semmap", told->semmap), field("semmni", told->semmni), field("semmns", told->semmns), field("semmnu", told->semmnu),
                        field("semmsl", told->semmsl), field("semopm", told->semopm), field("semume", told->semume), field("semusz", told->semusz),
                        field("semvmx", told->semvmx), field("semaem", told->semaem)) + '}';
}

// More may have been captured than the array has.
std::string text_of_values(const std::optional<Chunk>& values, std::size_t count) {
    constexpr std::size_t most = 32;
    if (!values || count == 0) return not_told;
    const std::size_t known = std::min({values->bytes.size() / sizeof(std::uint16_t), count, most});
    std::string text;
    for (std::size_t i = 0; i < known; ++i) {
        std::uint16_t value;
        std::memcpy(&value, values->bytes.data() + i * sizeof value, sizeof value);
        text += (i == 0 ? "" : ", ") + std::to_string(value);
    }
    return '[' + text + (known < count ? ", …]" : "]");
}

}  // namespace

std::string text_of_set_operations(const std::optional<Chunk>& operations) {
    if (!operations) return not_told;
    std::string text;
    for (std::size_t at = 0; at + sizeof(sembuf) <= operations->bytes.size(); at += sizeof(sembuf)) {
        sembuf one;
        std::memcpy(&one, operations->bytes.data() + at, sizeof one);
        text += (text.empty() ? "{sem_num=" : ", {sem_num=") + std::to_string(one.sem_num) + ", sem_op=" + std::to_string(one.sem_op) +
                ", sem_flg=" + text_of_flags(Role::SetOperations, static_cast<std::uint16_t>(one.sem_flg)) + "}";
    }
    return '[' + text + (operations->bytes.size() < operations->true_length ? ", …]" : "]");
}

std::string text_of_set_value(std::int64_t command, std::int64_t value, const std::optional<Chunk>& given, const std::optional<Chunk>& got, std::size_t count) {
    if (command == SETVAL) return std::to_string(static_cast<int>(value));
    if (value == 0) return "NULL";
    switch (command) {
        case SETALL: return text_of_values(given, count);
        case GETALL: return text_of_values(got, count);
        case IPC_SET: return text_of_set_status(given, true);
        case IPC_STAT:
        case SEM_STAT:
        case SEM_STAT_ANY: return text_of_set_status(got, false);
        default: return text_of_set_limits(got);
    }
}

std::string text_of_segment_status(std::int64_t command, const std::optional<Chunk>& status) {
    if (command == IPC_INFO) {
        const auto told = struct_from<shminfo>(status);
        if (!told) return not_told;
        return '{' + fields(field("shmmax", told->shmmax), field("shmmin", told->shmmin), field("shmmni", told->shmmni), field("shmseg", told->shmseg),
                            field("shmall", told->shmall)) + '}';
    }
    if (command == SHM_INFO) {
        const auto told = struct_from<shm_info>(status);
        if (!told) return not_told;
        return '{' + fields(field("used_ids", told->used_ids), field("shm_tot", told->shm_tot), field("shm_rss", told->shm_rss), field("shm_swp", told->shm_swp),
                            field("swap_attempts", told->swap_attempts), field("swap_successes", told->swap_successes)) + '}';
    }
    const auto told = struct_from<shmid_ds>(status);
    if (!told) return not_told;
    const std::string permissions = "{shm_perm=" + text_of_permissions(told->shm_perm, command == IPC_SET);
    if (command == IPC_SET) return permissions + '}';
    return permissions + ", " + fields(field("shm_segsz", told->shm_segsz), field("shm_cpid", told->shm_cpid), field("shm_lpid", told->shm_lpid),
                                       field("shm_nattch", told->shm_nattch), field("shm_atime", told->shm_atime), field("shm_dtime", told->shm_dtime),
                                       field("shm_ctime", told->shm_ctime)) + '}';
}

std::string text_of_queue_status(std::int64_t command, const std::optional<Chunk>& status) {
    if (command == IPC_INFO || command == MSG_INFO) {
        const auto told = struct_from<msginfo>(status);
        if (!told) return not_told;
        return '{' + fields(field("msgpool", told->msgpool), field("msgmap", told->msgmap), field("msgmax", told->msgmax), field("msgmnb", told->msgmnb),
                            field("msgmni", told->msgmni), field("msgssz", told->msgssz), field("msgtql", told->msgtql), field("msgseg", told->msgseg)) + '}';
    }
    const auto told = struct_from<msqid_ds>(status);
    if (!told) return not_told;
    const std::string permissions = "{msg_perm=" + text_of_permissions(told->msg_perm, command == IPC_SET);
    if (command == IPC_SET) return permissions + ", " + fields(field("msg_qbytes", told->msg_qbytes)) + '}';
    return permissions + ", " + fields(field("msg_stime", told->msg_stime), field("msg_rtime", told->msg_rtime), field("msg_ctime", told->msg_ctime),
                                       field("msg_qnum", told->msg_qnum), field("msg_qbytes", told->msg_qbytes), field("msg_lspid", told->msg_lspid),
                                       field("msg_lrpid", told->msg_lrpid)) + '}';
}

}  // namespace ipcscope
