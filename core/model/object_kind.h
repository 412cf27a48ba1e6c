// The kinds of things that processes meet in: a row each. How it is called, and when it stands on the stage, follow from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ipcscope {

enum class ObjectKind : std::uint8_t {
    Unknown, File, Directory, Terminal, Device, Pipe, Fifo, Socket, Anonymous,
    MessageQueue, SysVQueue,                              // mq_overview(7), sysvipc(7)
    Semaphore, SysVSemaphores,                            // sem_overview(7)
    SharedMemory, SysVMemory, AnonymousMemory,            // shm_overview(7); mmap(2) with MAP_SHARED|MAP_ANONYMOUS
    PrivateMemory,                                        // mmap(2) with MAP_PRIVATE|MAP_ANONYMOUS: one process's own
    Mutex, Condition, ReadWriteLock, Barrier, SpinLock,   // pthreads(7): they lie in the programs' memory
    EventFd, SignalFd, TimerFd,
    EventPoll,                                            // epoll(7)
    Count,
};

inline constexpr std::size_t object_kind_count = static_cast<std::size_t>(ObjectKind::Count);

enum class Naming : std::uint8_t {
    Numbered,      // "pipe#1": it has no name of its own
    Path,          // its path
    WordAndPath,   // "fifo /tmp/f"; numbered if it has no path
};

enum class OnStage : std::uint8_t {
    Never,
    Always,
    WhenOpen,      // while a process has it open, maps it, holds it or waits for it
    WhenWritten,   // terminals: once something was printed there, or somebody waits for a line
};

struct ObjectKindRow {
    ObjectKind kind;
    std::string_view noun;      // in a sentence: "the pipe is empty"
    std::string_view word;      // in its name: "pipe#1"
    Naming naming;
    OnStage on_stage;
};

inline constexpr auto object_kinds = std::to_array<ObjectKindRow>({
    {ObjectKind::Unknown,         "object",                  "unknown",   Naming::Numbered,    OnStage::Never},
    {ObjectKind::File,            "file",                    "file",      Naming::Path,        OnStage::WhenOpen},
    {ObjectKind::Directory,       "directory",               "directory", Naming::Path,        OnStage::Never},
    {ObjectKind::Terminal,        "terminal",                "terminal",  Naming::Numbered,    OnStage::WhenWritten},
    {ObjectKind::Device,          "device",                  "device",    Naming::Path,        OnStage::Never},
    {ObjectKind::Pipe,            "pipe",                    "pipe",      Naming::Numbered,    OnStage::Always},
    {ObjectKind::Fifo,            "FIFO",                    "fifo",      Naming::WordAndPath, OnStage::Always},
    {ObjectKind::Socket,          "socket",                  "socket",    Naming::Numbered,    OnStage::Always},
    {ObjectKind::Anonymous,       "object",                  "anonymous", Naming::Numbered,    OnStage::Never},
    {ObjectKind::MessageQueue,    "message queue",           "mq",        Naming::WordAndPath, OnStage::Always},
    {ObjectKind::SysVQueue,       "message queue",           "msg",       Naming::Numbered,    OnStage::Always},
    {ObjectKind::Semaphore,       "semaphore",               "sem",       Naming::WordAndPath, OnStage::Always},
    {ObjectKind::SysVSemaphores,  "semaphore set",           "semset",    Naming::Numbered,    OnStage::Always},
    {ObjectKind::SharedMemory,    "shared memory",           "shm",       Naming::WordAndPath, OnStage::Always},
    {ObjectKind::SysVMemory,      "shared memory",           "segment",   Naming::Numbered,    OnStage::Always},
    {ObjectKind::AnonymousMemory, "shared memory",           "memory",    Naming::Numbered,    OnStage::WhenOpen},
    {ObjectKind::PrivateMemory,   "private memory",          "private",   Naming::Numbered,    OnStage::WhenOpen},
    {ObjectKind::Mutex,           "mutex",                   "mutex",     Naming::Numbered,    OnStage::Always},
    {ObjectKind::Condition,       "condition variable",      "cond",      Naming::Numbered,    OnStage::Always},
    {ObjectKind::ReadWriteLock,   "read/write lock",         "rwlock",    Naming::Numbered,    OnStage::Always},
    {ObjectKind::Barrier,         "barrier",                 "barrier",   Naming::Numbered,    OnStage::Always},
    {ObjectKind::SpinLock,        "spin lock",               "spin",      Naming::Numbered,    OnStage::Always},
    {ObjectKind::EventFd,         "event counter",           "eventfd",   Naming::Numbered,    OnStage::Always},
    {ObjectKind::SignalFd,        "queue of signals",        "signalfd",  Naming::Numbered,    OnStage::Always},
    {ObjectKind::TimerFd,         "timer",                   "timerfd",   Naming::Numbered,    OnStage::Always},
    {ObjectKind::EventPoll,       "epoll instance",          "epoll",     Naming::Numbered,    OnStage::Always},
});

static_assert([] {
    for (std::size_t i = 0; i < object_kinds.size(); ++i)
        if (object_kinds[i].kind != static_cast<ObjectKind>(i)) return false;
    return object_kinds.size() == object_kind_count;
}(), "a row for each kind, in the order of the kinds");

constexpr const ObjectKindRow& row_of(ObjectKind kind) { return object_kinds[static_cast<std::size_t>(kind)]; }

constexpr bool is_memory(ObjectKind kind) {
    return kind == ObjectKind::SharedMemory || kind == ObjectKind::SysVMemory || kind == ObjectKind::AnonymousMemory || kind == ObjectKind::PrivateMemory;
}

// The thread that holds a lock, the readers that share one, whoever has taken permits that come back when it ends.
enum class HoldMode : std::uint8_t { Exclusive, Shared, Permit };

}  // namespace ipcscope
