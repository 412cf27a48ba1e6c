#include "core/keeper/answers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/keeper/inet_diag.h"
#include "core/keeper/thing.h"

namespace ipcscope {
namespace {

std::vector<Thing> made;
FILE* list = nullptr;    // of the same, in the run directory

// --- States ----------------------------------------------------------------------------------------

// "QSIZE:129        NOTIFY:2     SIGNO:0     NOTIFY_PID:8260"
void read_queue_file(int queue, IpcState& state) {
    char text[128];
    const ssize_t length = pread(queue, text, sizeof text - 1, 0);
    state.bytes = -1;
    if (length <= 0) return;
    text[length] = 0;
    long long bytes = 0;
    int notify = 0, signal = 0, pid = 0;
    if (sscanf(text, "QSIZE:%lld NOTIFY:%d SIGNO:%d NOTIFY_PID:%d", &bytes, &notify, &signal, &pid) < 1) return;
    state.bytes = bytes;
    state.first_pid = pid;
}

int state_of_message_queue(const Thing& thing, IpcState& state) {
    const int queue = static_cast<int>(mq_open(thing.name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (queue < 0) return errno;
    mq_attr attributes{};
    struct stat about{};
    if (mq_getattr(queue, &attributes) == 0 && fstat(queue, &about) == 0) {
        read_queue_file(queue, state);
        state.count = attributes.mq_curmsgs;
        state.most_count = attributes.mq_maxmsg;
        state.most_bytes = attributes.mq_msgsize;
        state.mode = about.st_mode;
        state.inode = about.st_ino;
    }
    close(queue);
    return 0;
}

int state_of_file(const Thing& thing, IpcState& state) {
    struct stat about{};
    if (stat(path_of(thing).c_str(), &about) != 0) return errno;
    state.bytes = about.st_size;
    state.mode = about.st_mode;
    state.inode = about.st_ino;
    return 0;
}

int state_of_queue(int id, IpcState& state) {
    msqid_ds about{};
    if (msgctl(id, IPC_STAT, &about) != 0) return errno;
    state.key = about.msg_perm.__key;
    state.mode = about.msg_perm.mode;
    state.count = static_cast<std::int64_t>(about.msg_qnum);
    state.bytes = static_cast<std::int64_t>(about.__msg_cbytes);
    state.most_bytes = static_cast<std::int64_t>(about.msg_qbytes);
    state.first_pid = about.msg_lspid;
    state.last_pid = about.msg_lrpid;
    return 0;
}

int state_of_semaphores(int id, IpcState& state, SemaphoreReading* semaphores) {
    semid_ds about{};
    union {
        int value;
        semid_ds* about;
        unsigned short* values;
    } argument{.about = &about};
    if (semctl(id, 0, IPC_STAT, argument) != 0) return errno;
    state.key = about.sem_perm.__key;
    state.mode = about.sem_perm.mode;
    state.count = static_cast<std::int64_t>(about.sem_nsems);
    std::vector<unsigned short> values(about.sem_nsems);
    argument.values = values.data();
    if (semctl(id, 0, GETALL, argument) != 0) return errno;
    for (int i = 0; i < static_cast<int>(about.sem_nsems) && i < static_cast<int>(most_semaphores); ++i)
        semaphores[i] = {values[static_cast<size_t>(i)], semctl(id, i, GETNCNT), semctl(id, i, GETZCNT), semctl(id, i, GETPID)};
    return 0;
}

int state_of_memory(int id, IpcState& state) {
    shmid_ds about{};
    if (shmctl(id, IPC_STAT, &about) != 0) return errno;
    state.key = about.shm_perm.__key;
    state.mode = about.shm_perm.mode;
    state.count = static_cast<std::int64_t>(about.shm_nattch);
    state.bytes = static_cast<std::int64_t>(about.shm_segsz);
    state.first_pid = about.shm_cpid;
    state.last_pid = about.shm_lpid;
    return 0;
}

int state_of(const Thing& thing, KeeperAnswer& answer) {
    if (!is_system_v(thing.kind) && !is_fit(thing.name)) return ENOENT;
    switch (thing.kind) {
        case IpcKind::MessageQueue: return state_of_message_queue(thing, answer.state);
        case IpcKind::Semaphore:
        case IpcKind::SharedMemory: return state_of_file(thing, answer.state);
        case IpcKind::SysVQueue: return state_of_queue(thing.id, answer.state);
        case IpcKind::SysVSemaphores: return state_of_semaphores(thing.id, answer.state, answer.semaphores);
        case IpcKind::SysVMemory: return state_of_memory(thing.id, answer.state);
    }
    return EINVAL;
}

// A kernel without CONFIG_CHECKPOINT_RESTORE knows no MSG_COPY: ENOSYS.
int copy_message(int id, int index, KeeperAnswer& answer) {
    constexpr size_t largest = 65536;
    std::vector<long> buffer(1 + largest / sizeof(long));
    const ssize_t length = msgrcv(id, buffer.data(), largest, index, MSG_COPY | IPC_NOWAIT | MSG_NOERROR);
    if (length < 0) return errno;
    answer.type = buffer[0];
    answer.length = length;
    memcpy(answer.bytes, &buffer[1], static_cast<size_t>(length) < sizeof answer.bytes ? static_cast<size_t>(length) : sizeof answer.bytes);
    return 0;
}

bool is_same(const InetSocket& one, const InetSocket& other) {
    return one.inode == other.inode && one.state == other.state && one.local_port == other.local_port && one.peer_port == other.peer_port;
}

// The kernel passes over a socket that it is just turning into the small one it keeps for TIME-WAIT and FIN-WAIT-2. Two lists that
// are alike are the answer.
int list_settled(std::vector<InetSocket>& sockets) {
    constexpr int most_tries = 8;
    std::vector<InetSocket> before;
    for (int i = 0; i < most_tries; ++i) {
        sockets.clear();
        if (const int error = list_inet_sockets(sockets); error != 0) return error;
        if (i > 0 && std::ranges::equal(sockets, before, is_same)) break;
        before = sockets;
    }
    return 0;
}

int tell_sockets(std::int32_t first, KeeperAnswer& answer) {
    static std::vector<InetSocket> sockets;
    if (first < 0) return EINVAL;
    if (first == 0)
        if (const int error = list_settled(sockets); error != 0) return error;
    answer.state.count = static_cast<std::int64_t>(sockets.size());
    for (std::size_t i = static_cast<std::size_t>(first), place = 0; i < sockets.size() && place < most_sockets; ++i, ++place) answer.sockets[place] = sockets[i];
    return 0;
}

// --- What the run made -----------------------------------------------------------------------------

std::vector<Thing> there_before;
bool is_list_complete[6];    // by IpcKind: all that was there could be listed

bool& is_complete(IpcKind kind) { return is_list_complete[static_cast<std::size_t>(kind)]; }

void list_names(const char* directory, IpcKind kind) {
    DIR* const names = opendir(directory);
    if (!names) return;
    while (const dirent* entry = readdir(names)) {
        const std::string name = entry->d_name;
        const bool is_semaphore = kind == IpcKind::SharedMemory && name.starts_with("sem.");
        there_before.push_back({is_semaphore ? IpcKind::Semaphore : kind, 0, "/" + name.substr(is_semaphore ? 4 : 0)});
    }
    closedir(names);
    is_complete(kind) = true;
    if (kind == IpcKind::SharedMemory) is_complete(IpcKind::Semaphore) = true;
}

// "key  id  …", a heading first.
void list_ids(const char* table, IpcKind kind) {
    FILE* const lines = fopen(table, "re");
    if (!lines) return;
    char line[512];
    int id;
    while (fgets(line, sizeof line, lines))
        if (sscanf(line, "%*d %d", &id) == 1) there_before.push_back({kind, id, ""});
    fclose(lines);
    is_complete(kind) = true;
}

int remember(const Thing& thing, bool is_certain) {
    if (!is_system_v(thing.kind) && !is_fit(thing.name)) return EINVAL;
    const auto has = [&](const std::vector<Thing>& things) { return std::find(things.begin(), things.end(), thing) != things.end(); };
    if (has(made)) return 0;
    if (!is_certain && (!is_complete(thing.kind) || has(there_before))) return EEXIST;
    made.push_back(thing);
    if (list) write_to_list(list, thing);
    return 0;
}

}  // namespace

void remember_what_was_there(const char* list_of_made) {
    if (list_of_made) list = fopen(list_of_made, "we");
    list_names("/dev/shm", IpcKind::SharedMemory);
    struct statfs about{};
    constexpr auto queues = 0x19800202;    // MQUEUE_MAGIC
    if (statfs("/dev/mqueue", &about) == 0 && about.f_type == queues) list_names("/dev/mqueue", IpcKind::MessageQueue);
    list_ids("/proc/sysvipc/msg", IpcKind::SysVQueue);
    list_ids("/proc/sysvipc/sem", IpcKind::SysVSemaphores);
    list_ids("/proc/sysvipc/shm", IpcKind::SysVMemory);
}

bool answer_question() {
    Question question;
    if (recv(keeper_questions, &question, sizeof question, 0) != sizeof question) return false;
    question.name[ipc_name_bytes - 1] = 0;
    const Thing thing{question.kind, question.id, question.name};
    KeeperAnswer answer{};
    answer.number = question.number;
    switch (question.what) {
        case Asks::Remember: answer.error = remember(thing, question.index != 0); break;
        case Asks::State: answer.error = state_of(thing, answer); break;
        case Asks::SysVMessage: answer.error = copy_message(question.id, question.index, answer); break;
        case Asks::Sockets: answer.error = tell_sockets(question.index, answer); break;
        default: answer.error = EINVAL; break;
    }
    return send(keeper_questions, &answer, sizeof answer, MSG_NOSIGNAL) == sizeof answer;
}

void remove_what_was_made() {
    for (const Thing& thing : made) remove(thing);
    made.clear();
}

}  // namespace ipcscope
