// The model: what the events mean. Five nouns, the same for every mechanism: process, descriptor, open file (the open
// file description), kernel object, and the threads that wait at it. It is a fold of the trace up to the cursor:
//
//     Model model; for (EventIndex i = 0; i < cursor; ++i) model.apply(trace, i);
//
// Two models folded from the same events are equal. Nothing is erased: things end. Ids are positions in the vectors and
// are never reused. Views read `const Model&` and nothing else.
#pragma once

#include <sys/types.h>

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/model/event_files.h"
#include "core/model/file_lock.h"
#include "core/model/memory.h"
#include "core/model/network.h"
#include "core/model/object_kind.h"
#include "core/model/pipe_buffer.h"
#include "core/model/pthreads.h"
#include "core/model/queue.h"
#include "core/model/segment.h"
#include "core/model/semaphore.h"
#include "core/model/semaphore_set.h"
#include "core/model/socket.h"
#include "core/trace/trace.h"

namespace ipcscope {

using OpenFileId = std::uint32_t;
using ObjectId = std::uint32_t;
using MessageId = std::uint32_t;

enum class ThreadState : std::uint8_t {
    Running,   // in its own code
    AtGate,    // before a call, held
    InKernel,  // the call was let go and has not returned
    Asleep,    // in the kernel, and the kernel says that it sleeps
    Ended,
};

struct Descriptor {
    int number = -1;
    OpenFileId file = no_id;
    bool close_on_exec = false;
    EventIndex since = no_id;

    bool operator==(const Descriptor&) const = default;
};

// Who has a lock, or a part of it. Who waits for it is told by the threads (Model::waiters).
struct Hold {
    ThreadId thread = no_id;              // mutex, read/write lock, spin lock: the thread that took it
    ProcessId process = no_id;            // record locks and permits belong to a process
    OpenFileId file = no_id;              // flock(2) and OFD locks belong to an open file: whoever shares it holds them
    HoldMode mode = HoldMode::Exclusive;
    std::uint64_t count = 1;              // recursive locks; permits
    std::int64_t first = 0, last = 0;     // record locks: bytes, `last` included
    EventIndex since = no_id;

    bool operator==(const Hold&) const = default;
};

// What a call that has not returned has already caused, or still waits for. Only calls at the gate, sends and closes have
// one. (A cause is folded when the call is entered; what its result contradicts is taken back.)
struct Pending {
    EventIndex enter = no_id;
    bool is_held = false;            // it stands at the gate
    std::uint64_t most_bytes = UINT64_MAX;  // granted for so many bytes only
    MessageId message = no_id;       // a send: what it gives
    Descriptor closed;               // a close: the descriptor as it was; number -1 if there is none
    ObjectId lock = no_id;           // an unlock, a wait at a condition variable: what it gives back …
    Hold given_back;                 // … and how it was held
    bool had_waiters_mark = false;   // … with LockState::has_waiters_mark
    bool found_free = false;         // a lock: nobody had it when the call began

    bool operator==(const Pending&) const = default;
};

struct Thread {
    ThreadId id = no_id;
    ProcessId process = no_id;
    pid_t tid = 0;                   // as it sees itself
    pid_t tid_here = 0;              // on this machine
    ThreadState state = ThreadState::Running;
    std::vector<EventIndex> calls;   // Enters without an Exit, innermost last (a signal handler may call inside a call)
    EventIndex last_exit = no_id;    // what it did last
    EventIndex asleep_since = no_id; // the Asleep event
    std::string wchan;               // where in the kernel it sleeps, as /proc says
    ObjectId waits_for = no_id;      // the object it sleeps at, if there is one
    std::uint64_t site = 0;          // where in the program it last entered a call (ELF address), 0 = unknown
    std::vector<Pending> pending;    // of the calls in `calls`
    MessageId last_message = no_id;  // what it gave last
    std::uint64_t handle = 0;        // its pthread_t; 0: not known, or nobody can mean it any more
    std::uint64_t start = 0;         // where it began, in the program's file: pthread_create's start_routine; 0: main, or not known
    std::string name;                // given by the lesson; "": told by its process and its number (Model::name_of)

    EventIndex call() const { return calls.empty() ? no_id : calls.back(); }
    const Pending* pending_of(EventIndex enter) const;
    bool operator==(const Thread&) const = default;
};

struct StartedThread {
    std::uint64_t handle = 0;        // pthread_t
    std::uint64_t start = 0;

    bool operator==(const StartedThread&) const = default;
};

enum class ProcessState : std::uint8_t { Alive, Zombie, Gone };

struct Process {
    ProcessId id = no_id;
    std::string name;                // "parent", "child": given by the lesson; else the program's name, made unique: "sh", "sh#2"
    std::string program;             // path of the executable
    std::string command;             // argv, joined by blanks
    pid_t pid = 0;                   // as it sees itself
    pid_t pid_here = 0;              // on this machine (differs inside a PID namespace)
    std::uint32_t host = 0;          // where it runs; 0: on this machine, or all are on one
    ProcessId parent = no_id;        // who made it
    ProcessState state = ProcessState::Alive;
    std::optional<int> wait_status;  // when it ended: as waitpid(2) gives it
    bool is_seen = true;             // the probe is in it
    std::vector<ThreadId> threads;   // the first is the main thread
    std::vector<StartedThread> started;   // pthread_create has returned, and they have not been seen yet
    std::vector<Descriptor> descriptors;  // open ones only, by number
    std::vector<Mapping> mappings;        // made by calls, by address
    bool borrows_memory = false;          // made by vfork, and still in its parent's memory
    std::vector<int> ignored_signals;     // SIG_IGN chosen
    std::vector<int> handled_signals;     // a function of its own chosen
    std::uint64_t unseen_calls = 0;       // counted by the kernel, not seen by the probe (libc's internal ones …)
    bool takes_kernels_word = false;      // calls that nobody saw may have changed its descriptors (it is not seen, unseen
                                          // calls, a spawn's file actions): what the kernel lists is adopted
    bool is_orphan = false;               // `parent` has ended before it, and somebody else has adopted it
    pid_t adopter = 0;                    // who that is, as the programs see it: the kernel tells at the next quiescence
    std::string unwritten;                // what libc holds for standard output, in the process's own memory: the first bytes …
    std::uint64_t unwritten_count = 0;    // … and how many there are. The kernel tells at each quiescence
    EventIndex born = no_id, ended = no_id;

    const Descriptor* descriptor(int number) const;
    const Mapping* mapping_at(std::uint64_t address) const;
    bool operator==(const Process&) const = default;
};

enum class End : std::uint8_t { None, Read, Write, Both };  // which end of a pipe or FIFO an open file is

struct OpenFile {
    OpenFileId id = no_id;
    ObjectId object = no_id;
    End end = End::None;
    int flags = 0;                   // open(2) status flags: O_RDONLY/O_WRONLY/O_RDWR, O_APPEND, O_NONBLOCK …
    std::int64_t offset = 0;         // shared by all its descriptors; files only
    bool is_offset_known = true;     // false: the next fact says (appended to a file of unknown size, unseen calls)
    int references = 0;              // descriptors, in all processes

    bool operator==(const OpenFile&) const = default;
};

// Bytes on their way through an object: what one call gave. They lie in the object (or travel to it) until calls take them.
struct Message {
    MessageId id = no_id;
    ObjectId object = no_id;
    ProcessId from = no_id;
    EventIndex sent = no_id;              // Enter of the call that sent it
    std::string bytes;                    // captured ones; the first `bytes.size()` of `length`
    std::uint64_t length = 0;             // true length
    std::int64_t rank = 0;                // in a message queue: its priority (POSIX), its type (System V)
    std::uint64_t accepted = 0;           // the kernel has taken so many from the sender
    std::uint64_t taken = 0;              // so many were received
    struct Taking {
        ProcessId by;
        EventIndex received;              // Exit of the call that took it
        std::uint64_t first, count;
        bool operator==(const Taking&) const = default;
    };
    std::vector<Taking> takings;          // who received which part, in order
    std::vector<OpenFileId> carried;      // open files that travel along (SCM_RIGHTS): held, until somebody receives them
    bool is_settled = false;              // the sending call has returned, and `length` is what was accepted (0: it never was)

    bool operator==(const Message&) const = default;
};

// Bytes of one message that lie side by side in an object.
struct Stretch {
    MessageId message = no_id;
    std::uint64_t first = 0, count = 0;   // within the message

    bool operator==(const Stretch&) const = default;
};

struct Object {
    ObjectId id = no_id;
    ObjectKind kind = ObjectKind::Unknown;
    std::string name;                     // "pipe#1", "fifo /tmp/f", "terminal", a path: what canonical lines say
    std::string path;                     // as last named by a call or the kernel
    std::uint64_t inode = 0;              // 0 = not known yet (the kernel tells at the next quiescence)
    std::uint32_t readers = 0, writers = 0;  // open files that can read, that can write
    bool has_ended = false;               // no open file is left (pipes)
    bool is_unlinked = false;
    bool is_uncertain = false;            // calls that nobody saw may have put bytes in or taken some out
    std::optional<PipeBuffer> pipe;       // pipes and FIFOs: how full the kernel's buffer is
    std::optional<QueueState> queue;      // message queues
    std::optional<CounterState> counter;  // eventfd
    std::optional<SignalsState> signals;  // signalfd
    std::optional<TimerState> timer;      // timerfd
    std::optional<SocketState> socket;    // sockets
    std::optional<EventPollState> event_poll;   // epoll instances
    bool is_capacity_known = false;       // a call or the kernel has told it (else it is the kernel's default)
    std::optional<std::int64_t> file_size;  // files: if the calls tell
    std::deque<MessageId> inside;         // messages with bytes not yet taken, oldest first
    std::deque<Stretch> lying;            // the same bytes as far as they were accepted, in the order of reading
    std::deque<MessageId> waiting;        // messages whose sender waits for room, in the kernel's order
    std::vector<Hold> holds;              // locks and permits, oldest first
    std::optional<KnownBytes> bytes;      // memory objects, and what lies in memory: its bytes from the beginning on
    std::optional<InMemory> in_memory;    // mutexes, unnamed semaphores …: where they lie
    std::optional<LockState> lock;        // mutexes, read/write locks, spin locks
    std::optional<ConditionState> condition;
    std::optional<BarrierState> barrier;
    std::string terminal;                 // terminals: the last bytes that were written, at most 4 KiB
    std::optional<SemaphoreState> semaphore;
    std::optional<SemaphoreSet> semaphore_set;
    std::optional<SegmentState> segment;
    std::optional<FileLocks> locks;       // files that somebody has asked to lock; what was got stands in `holds`
    EventIndex born = no_id;

    std::uint64_t bytes_inside() const {
        std::uint64_t sum = pipe ? pipe->bytes() : 0;
        if (socket)
            for (const Stretch& stretch : lying) sum += stretch.count;
        return sum;
    }
    bool operator==(const Object&) const = default;
};

// What the last event changed: views mark it until the next step.
struct Change {
    ProcessId process = no_id;
    ObjectId object = no_id;
    MessageId message = no_id;
    int descriptor = -1;
    EventIndex at = no_id;

    bool operator==(const Change&) const = default;
};

class Model {
 public:
    // Names for processes in the order of their birth, as a lesson gives them. Set before the first apply.
    void set_names(std::vector<std::string> names) { names_ = std::move(names); }
    // The same for the threads that are no process's first one.
    void set_thread_names(std::vector<std::string> names) { thread_names_ = std::move(names); }
    const std::vector<std::string>& thread_names() const { return thread_names_; }

    // Names for places in memory. Set before the first apply.
    void set_fields(std::vector<MemoryField> fields) { fields_ = std::move(fields); }
    const std::vector<MemoryField>& fields() const { return fields_; }
    const MemoryField* field_at(std::uint64_t offset) const;   // the one in which this byte lies, or null

    // Folds the event at `index` of `trace`. Events that cannot be (a close of a descriptor that is not open and yet
    // succeeded …) are counted in `surprises` and change nothing, but where unseen calls explain them.
    //
    // Causes are folded when a call begins (Enter; Granted, if it was held), results when it returns:
    //   send     begin: the message goes to the object, which takes what it has room for.  Exit: settled to the true count
    //   close    begin: the descriptor is gone.            Exit: back again if the call failed
    //   _exit    begin: all descriptors are gone.          all others: at Exit, from arguments and result
    void apply(const Trace& trace, EventIndex index);

    const std::vector<Process>& processes() const { return processes_; }
    const std::vector<Thread>& threads() const { return threads_; }
    const std::vector<OpenFile>& open_files() const { return open_files_; }
    const std::vector<Object>& objects() const { return objects_; }
    const std::vector<Message>& messages() const { return messages_; }
    const NetworkState& network() const { return network_; }

    const Process* process(ProcessId id) const { return id < processes_.size() ? &processes_[id] : nullptr; }
    const Thread* thread(ThreadId id) const { return id < threads_.size() ? &threads_[id] : nullptr; }
    // What this path, or queue name "mqueue:/q", or System V id "msqid:0" stands for now, or null.
    const Object* object_at(const std::string& path) const;
    const Process* process_named(std::string_view name) const;
    // The object behind a descriptor of a process as things stand now, or null.
    const Object* object_behind(ProcessId process, int descriptor) const;
    const OpenFile* file_behind(ProcessId process, int descriptor) const;
    // What lies at this address of a process, if it is known as a mutex, a semaphore or the like; or null.
    const Object* object_in_memory(ProcessId process, std::uint64_t address) const;
    // "child"; for the second thread of a process the name that the lesson gives it, or "child/2".
    std::string name_of(ThreadId thread) const;
    // The thread of this process with this pthread_t, or null.
    const Thread* thread_with_handle(ProcessId process, std::uint64_t handle) const;

    // All descriptors whose open file is this end of this object: "2 write ends are still open: parent 4, child 4".
    // (`end` None: of any end.)
    struct Holder {
        ProcessId process;
        int descriptor;
        bool operator==(const Holder&) const = default;
    };
    std::vector<Holder> holders(ObjectId object, End end) const;
    // The ends of a connection that lead to this socket's other end: who could still send to it.
    std::vector<Holder> holders_of_other(const Object& socket) const;
    // Nothing will come any more, as far as the calls tell.
    bool is_at_end(const Object& socket) const;
    // Threads asleep at this object.
    std::vector<ThreadId> waiters(ObjectId object) const;

    std::uint64_t steps() const { return steps_; }           // Quiet events so far
    EventIndex step_began() const { return step_began_; }    // the first thing that happened after the last Quiet; just after a
                                                             // Quiet, of the step that it ended
    EventIndex applied() const { return applied_; }          // how many events were folded
    const std::vector<Change>& changes() const { return changes_; }  // since the step began, at most a few hundred
    std::uint64_t surprises() const { return surprises_; }

    bool operator==(const Model&) const = default;

 private:
    friend struct Fold;  // core/model/fold*.cpp: one function an effect
    std::vector<std::string> names_, thread_names_;
    std::vector<MemoryField> fields_;
    std::vector<Process> processes_;
    std::vector<Thread> threads_;
    std::vector<OpenFile> open_files_;
    std::vector<Object> objects_;
    std::vector<Message> messages_;
    std::vector<Change> changes_;
    NetworkState network_;
    std::unordered_map<std::string, ObjectId> object_by_path_;       // what an open of this path would find
    std::unordered_map<std::uint64_t, ObjectId> pipe_by_inode_;
    std::array<std::uint32_t, object_kind_count> named_{};                            // objects named so far, by kind
    std::map<InMemory, ObjectId> object_in_memory_;                  // those that live
    std::uint64_t steps_ = 0;
    bool is_step_over_ = false;
    EventIndex step_began_ = 0;
    EventIndex applied_ = 0;
    std::uint64_t surprises_ = 0;
};

// The name of a System V object in Model::object_at: "msqid:0", "semid:0", "shmid:0"; "" if the call is about none.
std::string ipc_path(const CallRow& row, int id);

}  // namespace ipcscope
