// The call table as data: what every floor knows about the calls that ipcscope understands.
// The rows stand in call_table.def; this header only gives them shape. Header only, no allocation,
// no libc++ runtime: the probe includes it too.
#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ipcscope {

// What an argument means. How it is captured and how it is written follow from this alone.
enum class Role : std::uint8_t {
    None,
    Fd, NewFd, DirFd,        // descriptors; DirFd may be AT_FDCWD
    FdPair,                  // int[2], filled by the call
    Path,                    // NUL-terminated, in
    BytesIn, BytesOut,       // a buffer; its length is the next Size argument (in) or the result (out)
    VectorIn, VectorOut,     // struct iovec[]; the number is the next Count argument. Captured: the bytes, joined
    Size, Count, PollCount,
    Offset, Whence,
    OpenFlags, Mode,
    FcntlCommand, FcntlValue,  // the value of a lock command is a struct flock: captured at enter, F_GETLK's answer at exit
    LockOperation, LockCommand,  // of flock, of lockf
    Pid, PidOut,
    Signal, StatusOut, WaitFlags, ExitStatus,
    Argv, Envp,              // Argv is captured as NUL-separated strings; Envp is not captured
    Handler, ActionIn, ActionOut,
    PollFds,                 // struct pollfd[], captured at enter (events) and at exit (revents)
    Milliseconds, Seconds, Microseconds,
    TimeIn, TimeOut,         // struct timespec
    IpcName,                 // NUL-terminated, in: the name of a POSIX queue, semaphore or shared memory, "/q"
    Key, IpcId,              // System V: the key that processes agree on, the number that the kernel gave
    IpcFlags,                // IPC_CREAT, IPC_EXCL and the permissions of msgget, semget, shmget
    Address,                 // where in memory: not followed, but told by what lies there ("memory#1+8")
    Protection, MapFlags, SyncFlags, MemfdFlags,   // mmap(2), msync(2), memfd_create(2)
    MemfdName,               // NUL-terminated, in: a name for people, no file's
    SemaphoreAt, NewSemaphore,   // sem_t*: not followed, but told by name ("sem#1"). New…: this call makes it
    IsShared, Permits,       // of sem_init: between processes, or not; how many it begins with
    SemaphoreClock,          // of sem_clockwait
    ValueOut,                // int*
    Priority, PriorityOut,   // of a message: unsigned, unsigned*
    QueueAttributesIn, QueueAttributesOut,   // struct mq_attr
    NotifyIn,                // struct sigevent
    MessageIn, MessageOut,   // struct msgbuf: a long, its type, and the text; how long the text is says the next Size argument (in) or
                             // the result (out)
    MessageType, MessageFlags,
    QueueCommand, QueueStatus,   // of msgctl; struct msqid_ds, captured in for IPC_SET and out for IPC_STAT
    SetOperations,           // struct sembuf[]; the number is the next Count argument
    SetNumber, SetCommand,   // of semctl: which semaphore of the set
    SetValue,                // of semctl: a union; the command says whether it is used, and what it is
    AttachFlags,             // of shmat
    SegmentCommand, SegmentStatus,   // of shmctl; struct shmid_ds or what else the command fills in
    Counter, CounterOut,     // of an eventfd: a number, uint64_t*
    EventFdFlags, SignalFdFlags, TimerFdFlags, SetTimeFlags,
    SignalSet,               // const sigset_t*
    ClockId,
    TimerIn, TimerOut,       // struct itimerspec
    // Objects that lie in the program's memory (pthreads(7)): not followed, but told by name ("mutex#1"). New…: this call makes it
    MutexAt, ConditionAt, ReadWriteLockAt, BarrierAt, SpinLockAt,
    NewMutex, NewCondition, NewReadWriteLock, NewBarrier, NewSpinLock,
    MutexAttributes, ConditionAttributes, ReadWriteLockAttributes, BarrierAttributes,   // pthread_…attr_t, in
    MutexType, Sharing, Robustness, Protocol, Preference,   // constants: PTHREAD_MUTEX_…, PTHREAD_PROCESS_… and so on
    ThreadOut, ThreadHandle, // pthread_t
    StartRoutine,            // where a thread begins: an address in the program's file, if it lies there
    // Sockets (socket(7))
    Family, SocketType, SocketProtocol, Backlog, AcceptFlags,
    AddressIn, AddressLength,        // struct sockaddr, as long as the next AddressLength argument says
    AddressOut, Space,               // the same, filled by the call; how much room there is and how much was needed: socklen_t*, captured at enter
    SocketFlags,                     // MSG_…
    HeaderIn, HeaderOut,             // struct msghdr, captured as message_header.h says
    HeadersIn, HeadersOut,           // struct mmsghdr[]; the number is the next Count argument (in), the result (out)
    ShutdownHow,
    OptionLevel, SocketOption, OptionIn, OptionOut,   // a value as long as the next AddressLength argument, or Space, says
    OtherFd,                         // a second descriptor: where bytes come from (Fd: where they go to), what an epoll instance watches
    OffsetAt,                        // off_t*, captured in and out; null: the open file's own offset
    SpliceFlags,
    FdLimit, FdSet,                  // of select: the highest descriptor + 1; fd_set, captured in and out
    TimevalIn,                       // struct timeval
    EpollFlags, EpollCommand, EpollEventIn, EpollEventsOut, EventCount,
    HostName, HintsIn, AddressesOut, // of getaddrinfo: texts, struct addrinfo, and a list of them
    NameFlags, TextOut,              // of getnameinfo: NI_…, and a text that it fills in
    Pointer,                 // not followed; stays the last one
};
inline constexpr std::size_t role_count = static_cast<std::size_t>(Role::Pointer) + 1;

// What the returned number means.
enum class Answer : std::uint8_t {
    Zero,      // 0, or -1 with errno
    Fd,        // a new descriptor, or -1
    Count,     // a number of bytes, or -1
    Pid,       // a pid (0 in the child), or -1
    Offset, Number,
    Address,   // where in memory, or -1 (MAP_FAILED) with errno
    Semaphore, // where in memory, or SEM_FAILED (0) with errno
    Key,       // of System V, or -1
    Value,     // what lies in memory, as a number; there is no error
    Handler,   // what was chosen before, or SIG_ERR
    Error,     // 0 or an error number; errno is not used
    Resolved,  // 0 or an EAI_… number; errno is not used
    Serial,    // the same, and PTHREAD_BARRIER_SERIAL_THREAD (-1) for one of those who met
    Never,     // returns only if it fails
};

// What a call does to the model (core/model folds by this and by nothing else).
enum class Effect : std::uint8_t {
    Asks,                      // changes nothing
    Forks, Executes, Spawns, Waits, Exits,
    MakesPipe, MakesFifo, Opens, Closes, Duplicates, Controls, Seeks, Unlinks,
    Sends, Receives, SendsAt, ReceivesAt, Polls,
    Maps, Unmaps, Protects, MakesMemory, OpensShared, UnlinksShared, Resizes,
    LocksFile,                 // a file, or bytes of it; so do fcntl's lock commands (Controls)
    MakesSemaphore, EndsSemaphore, OpensSemaphore, ClosesSemaphore, UnlinksSemaphore, TakesPermit, GivesPermit, AsksSemaphore,
    Loads, Stores, Updates,
    StartsThread, JoinsThread, EndsThread,
    MakesLock, EndsLock,       // a mutex, condition variable, read/write lock, barrier, spin lock
    Locks, LocksShared, TriesLock, TriesLockShared, Unlocks, Repairs,
    AwaitsSignal, WakesOne, WakesAll, Meets,   // condition variables; barriers
    Signals, Handles, Sleeps,
    OpensQueue, UnlinksQueue, AsksQueue, Notifies, MakesQueue, ControlsQueue,   // message queues, POSIX and System V
    SendsMessage, ReceivesMessage,
    MakesSemaphores, OperatesSemaphores, ControlsSemaphores,                     // semaphore sets, System V
    MakesSegment, AttachesSegment, DetachesSegment, ControlsSegment,              // shared memory, System V
    MakesEventFd, AddsCount, TakesCount, MakesSignalFd, MakesTimerFd, SetsTimer,
    MakesSocket, MakesSocketPair, Binds, Listens, Accepts, Connects, ShutsDown, SetsOption, AsksSocket,   // socket(7)
    MakesEventPoll, Watches,   // epoll(7)
    SendsSeveral, ReceivesSeveral,   // messages in one call: sendmmsg(2), recvmmsg(2)
    MovesBytes,                // from one descriptor to another, inside the kernel: their bytes are never in the process's memory
    Count,
};
inline constexpr std::size_t effect_count = static_cast<std::size_t>(Effect::Count);

// Whether the call gives bytes to an object, or takes some out of one.
constexpr bool is_send(Effect effect) { return effect == Effect::Sends || effect == Effect::SendsAt || effect == Effect::SendsMessage || effect == Effect::SendsSeveral; }
constexpr bool is_receive(Effect effect) {
    return effect == Effect::Receives || effect == Effect::ReceivesAt || effect == Effect::ReceivesMessage || effect == Effect::ReceivesSeveral;
}

enum class Made : std::uint8_t { FromRow, ByHand, Announced };   // Announced: an access to memory
// Whether an error comes back as the answer itself.
constexpr bool answers_with_error(Answer answer) { return answer == Answer::Error || answer == Answer::Serial; }


inline constexpr std::size_t max_arguments = 6;

struct Argument {
    Role role = Role::None;
    std::string_view type;
    std::string_view name;
};

struct CallRow {
    std::string_view name;
    std::string_view result_type;
    Answer answer;
    Effect effect;
    int section;               // of the manual
    std::string_view help;
    Made made;
    std::uint8_t argument_count;
    std::array<Argument, max_arguments> argument;
};

// --- Everything below is made from call_table.def -------------------------------------------------

#define IPCSCOPE_EXPAND(...) IPCSCOPE_EXPAND1(IPCSCOPE_EXPAND1(IPCSCOPE_EXPAND1(__VA_ARGS__)))
#define IPCSCOPE_EXPAND1(...) IPCSCOPE_EXPAND2(IPCSCOPE_EXPAND2(IPCSCOPE_EXPAND2(__VA_ARGS__)))
#define IPCSCOPE_EXPAND2(...) __VA_ARGS__
#define IPCSCOPE_PARENS ()
// FOR_EACH(f, (a), (b)) -> f(a), f(b)       (each argument of a row is a tuple: f takes its three parts)
#define IPCSCOPE_FOR_EACH(f, ...) __VA_OPT__(IPCSCOPE_EXPAND(IPCSCOPE_FOR_EACH_STEP(f, __VA_ARGS__)))
#define IPCSCOPE_FOR_EACH_STEP(f, tuple, ...) f tuple __VA_OPT__(, IPCSCOPE_FOR_EACH_AGAIN IPCSCOPE_PARENS(f, __VA_ARGS__))
#define IPCSCOPE_FOR_EACH_AGAIN() IPCSCOPE_FOR_EACH_STEP

enum class CallId : std::uint16_t {
#define CALL(name, ...) name,
#define HAND(name, ...) name,
#define ACCESS(name, ...) name,
#define ALIAS(...)
#define CHECKED(...)
#define LISTED(...)
#include "call_table.def"
#undef CALL
#undef HAND
#undef ACCESS
    Count,
};

inline constexpr std::size_t call_count = static_cast<std::size_t>(CallId::Count);

#define IPCSCOPE_ARGUMENT(type, role, name) Argument{Role::role, #type, #name}
#define IPCSCOPE_ONE(type, role, name) 1
template <class... T> constexpr std::uint8_t count_of(T...) { return sizeof...(T); }

inline constexpr std::array<CallRow, call_count> call_table = {{
#define CALL(name, type, answer, effect, section, help, ...)                                            \
    CallRow{#name, #type, Answer::answer, Effect::effect, section, help, Made::FromRow,                 \
            count_of(IPCSCOPE_FOR_EACH(IPCSCOPE_ONE, __VA_ARGS__)), {{IPCSCOPE_FOR_EACH(IPCSCOPE_ARGUMENT, __VA_ARGS__)}}},
#define HAND(name, type, answer, effect, section, help, ...)                                            \
    CallRow{#name, #type, Answer::answer, Effect::effect, section, help, Made::ByHand,                  \
            count_of(IPCSCOPE_FOR_EACH(IPCSCOPE_ONE, __VA_ARGS__)), {{IPCSCOPE_FOR_EACH(IPCSCOPE_ARGUMENT, __VA_ARGS__)}}},
#define ACCESS(name, type, answer, effect, section, help, ...)                                          \
    CallRow{#name, #type, Answer::answer, Effect::effect, section, help, Made::Announced,               \
            count_of(IPCSCOPE_FOR_EACH(IPCSCOPE_ONE, __VA_ARGS__)), {{IPCSCOPE_FOR_EACH(IPCSCOPE_ARGUMENT, __VA_ARGS__)}}},
#include "call_table.def"
#undef CALL
#undef HAND
#undef ACCESS
#undef ALIAS
#undef CHECKED
#undef LISTED
}};

struct AliasRow {
    std::string_view name;      // as exported by libc
    CallId call;
    bool checked;               // a fortified twin
};
inline constexpr auto alias_table = std::to_array<AliasRow>({
#define CALL(...)
#define HAND(...)
#define ACCESS(...)
#define LISTED(...)
#define ALIAS(other, name) {#other, CallId::name, false},
#define CHECKED(other, name) {#other, CallId::name, true},
#include "call_table.def"
#undef ALIAS
#undef CHECKED
#undef LISTED
});

struct ListedRow {
    std::string_view name;
    std::string_view why;
};
inline constexpr auto listed_table = std::to_array<ListedRow>({
#define ACCESS(...)
#define ALIAS(...)
#define CHECKED(...)
#define LISTED(name, why) {#name, why},
#include "call_table.def"
#undef CALL
#undef HAND
#undef ACCESS
#undef ALIAS
#undef CHECKED
#undef LISTED
});

// fcntl's value is a struct flock.
constexpr bool is_lock_command(std::int64_t fcntl_command) {
    return fcntl_command == F_GETLK || fcntl_command == F_SETLK || fcntl_command == F_SETLKW || fcntl_command == F_OFD_GETLK ||
           fcntl_command == F_OFD_SETLK || fcntl_command == F_OFD_SETLKW;
}
constexpr bool asks_for_lock(std::int64_t fcntl_command) { return fcntl_command == F_GETLK || fcntl_command == F_OFD_GETLK; }

// What semctl's fourth argument is. A command that is not listed here uses none.
enum class SetUnion : std::uint8_t { Unused, Value, ValuesIn, ValuesOut, StatusIn, StatusOut, LimitsOut };
constexpr SetUnion union_of_semctl(std::int64_t command) {
    switch (command) {
        case SETVAL: return SetUnion::Value;
        case SETALL: return SetUnion::ValuesIn;
        case GETALL: return SetUnion::ValuesOut;
        case IPC_SET: return SetUnion::StatusIn;
        case IPC_STAT:
        case SEM_STAT:
        case SEM_STAT_ANY: return SetUnion::StatusOut;
        case IPC_INFO:
        case SEM_INFO: return SetUnion::LimitsOut;
        default: return SetUnion::Unused;
    }
}
// The first argument of such a semctl or shmctl is no id: an index into the kernel's own table, or of no meaning.
constexpr bool asks_by_index_of_set(std::int64_t command) { return command == IPC_INFO || (command >= SEM_STAT && command <= SEM_STAT_ANY); }
constexpr bool asks_by_index_of_segment(std::int64_t command) { return command == IPC_INFO || (command >= SHM_STAT && command <= SHM_STAT_ANY); }

constexpr const CallRow& row_of(CallId id) { return call_table[static_cast<std::size_t>(id)]; }
constexpr bool is_call(std::uint16_t number) { return number < call_count; }

// The call of this name (aliases included), or CallId::Count.
constexpr CallId call_from_name(std::string_view name) {
    for (std::size_t i = 0; i < call_count; ++i)
        if (call_table[i].name == name) return static_cast<CallId>(i);
    for (const AliasRow& alias : alias_table)
        if (alias.name == name) return alias.call;
    return CallId::Count;
}

// The position of the first argument with this role, or -1.
constexpr int argument_with(const CallRow& row, Role role) {
    for (int i = 0; i < row.argument_count; ++i)
        if (row.argument[static_cast<std::size_t>(i)].role == role) return i;
    return -1;
}

// Whether there is anything that can go wrong with it.
constexpr bool can_fail(const CallRow& row) { return row.answer != Answer::Never && row.effect != Effect::Asks; }
// Whether it may return without a reason, as the standard allows: a wait that nobody has ended.
constexpr bool can_wake_for_no_reason(const CallRow& row) { return row.effect == Effect::AwaitsSignal; }
// Whether fewer bytes than asked for is an answer that the kernel itself may give (read(2), write(2)).
constexpr bool can_be_shortened(const CallRow& row) { return row.answer == Answer::Count && argument_with(row, Role::Size) >= 0; }

}  // namespace ipcscope
