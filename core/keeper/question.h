// What the session asks its keeper, who lives inside the run's namespaces: System V ids, queue names and /dev/shm mean nothing
// elsewhere. A second SOCK_SEQPACKET pair, one struct a packet; the keeper answers one question after the other, from the
// moment the program runs until the session has nothing more to ask.
//
// No question leaves a trace: IPC_STAT, GETALL and mq_getattr change nothing, MSG_COPY takes nothing out.
#pragma once

#include <cstdint>

#include "core/keeper/inet_diag.h"

namespace ipcscope {

enum class IpcKind : std::uint32_t { MessageQueue, Semaphore, SharedMemory, SysVQueue, SysVSemaphores, SysVMemory };

enum class Asks : std::uint32_t {
    Remember,     // this object was made by the run: remove it at the end. `index` 1: the call has proved that it is new
                  // (O_EXCL, IPC_PRIVATE); 0: it may have been there, and then it stays
    State,        // how things stand with it
    SysVMessage,  // the `index`th message of this queue
    Sockets,      // the TCP and UDP sockets of the network, from the `index`th on. They are listed anew at index 0
};

inline constexpr std::uint32_t ipc_name_bytes = 256;     // NAME_MAX, and the 0
inline constexpr std::uint32_t most_semaphores = 128;    // of a set that are told of
inline constexpr std::uint32_t most_message_bytes = 4096;
inline constexpr std::uint32_t most_sockets = 64;        // in one answer

struct Question {
    std::uint32_t number;         // the answer has the same
    Asks what;
    IpcKind kind;
    std::int32_t id;              // System V: as msgget, semget, shmget return it
    std::int32_t index;
    char name[ipc_name_bytes];    // POSIX: as the program says it, with its '/'
};

struct SemaphoreReading {
    std::int32_t value, waiting, waiting_for_zero, last_pid;   // GETVAL, GETNCNT, GETZCNT, GETPID
};

// Which fields mean something depends on the kind of object asked for.
struct IpcState {
    std::int32_t key;                    // System V
    std::uint32_t mode;                  // with S_IFMT for POSIX; SHM_DEST for System V memory
    std::int64_t count;                  // messages, semaphores, attached mappings
    std::int64_t bytes;                  // in the queue (QSIZE, msg_cbytes); of the memory. -1: not readable
    std::int64_t most_count, most_bytes; // mq_maxmsg, mq_msgsize; most_bytes: msg_qbytes
    std::int32_t first_pid, last_pid;    // of the last msgsnd and msgrcv; who made the memory and who attached it last; the pid that
                                         // mq_notify is to tell (first_pid)
    std::uint64_t inode;                 // POSIX
};

struct KeeperAnswer {
    std::uint32_t number;
    std::int32_t error;                  // 0 or errno: ENOENT, EINVAL, EIDRM: it is not there (any more)
    IpcState state;                      // Asks::State; Asks::Sockets: `count` is how many there are in all
    std::int64_t type, length;           // Asks::SysVMessage: its type, and its true length
    union {
        char bytes[most_message_bytes];              // Asks::SysVMessage: the first of them
        SemaphoreReading semaphores[most_semaphores];  // Asks::State of a set: `state.count` of them, at most so many
        InetSocket sockets[most_sockets];            // Asks::Sockets: those from `index` on
    };
};

inline constexpr int keeper_questions = 4;    // the descriptor of the keeper's end, besides keeper_control

}  // namespace ipcscope
