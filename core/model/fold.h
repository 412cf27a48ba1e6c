// Inside the fold: what its parts share. An event is folded by its kind, a call by its effect; one function an effect,
// in fold_processes.cpp, fold_descriptors.cpp, fold_bytes.cpp, fold_locks.cpp; the kernel's word in fold_facts.cpp.
//
// References to objects, messages and open files die when one is made: take ids across a make_….
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/events/fact.h"
#include "core/model/model.h"

namespace ipcscope {

// Where the argument with this role stands in this call, or -1: a table, since the fold asks at every call.
int position_of(CallId call, Role role);

// A call, as its effect sees it.
struct Call {
    EventIndex enter;
    const Event& entry;       // its Enter
    const Event* exit;        // its Exit; null while it is in the kernel
    CallId id;
    Process& process;
    Thread& thread;

    bool has(Role role) const { return position_of(id, role) >= 0; }
    std::int64_t argument(Role role) const;     // 0 if the call has none
    int descriptor() const { return static_cast<int>(argument(Role::Fd)); }
    std::int64_t result() const { return exit->value[0]; }
    bool has_failed() const;
};

struct Fold {
    Model& model;
    const Trace& trace;
    const Event& event;
    EventIndex index;

    void apply();

    // --- events (fold.cpp)
    void enter();
    void grant();
    void exit();
    void abandon();
    void fall_asleep();
    void wake();
    void quiet();
    // --- events (fold_processes.cpp)
    void born();
    void image();
    void thread_born();
    void thread_ended();
    void ended();
    // --- events (fold_facts.cpp)
    void found();
    void fact();
    void unseen();
    // --- events (fold_network.cpp)
    void host();
    void packet();
    void carried();
    void wire_set();

    // --- effects: what a call causes when it begins, what its result says, what is left when it never returns
    void closes_begin(const Call& call);
    void closes_result(const Call& call);
    void closes_abandoned(const Call& call);
    void sends_begin(const Call& call);
    void sends_result(const Call& call);
    void sends_abandoned(const Call& call);
    void receives_result(const Call& call);
    void makes_pipe_result(const Call& call);
    void makes_fifo_result(const Call& call);
    void opens_result(const Call& call);
    void duplicates_result(const Call& call);
    void controls_result(const Call& call);
    void controls_begin(const Call& call);
    void controls_abandoned(const Call& call);
    void locks_file_begin(const Call& call);
    void locks_file_result(const Call& call);
    void locks_file_abandoned(const Call& call);
    void seeks_result(const Call& call);
    void unlinks_result(const Call& call);
    void waits_result(const Call& call);
    // fold_queues.cpp
    void opens_queue_result(const Call& call);
    void unlinks_queue_result(const Call& call);
    void asks_queue_result(const Call& call);
    void notifies_result(const Call& call);
    void makes_queue_result(const Call& call);
    void controls_queue_result(const Call& call);
    void sends_message_begin(const Call& call);
    void sends_message_result(const Call& call);
    void sends_message_abandoned(const Call& call);
    void receives_message_result(const Call& call);
    ObjectId sleeps_at_queue(const Call& call);
    void makes_semaphores_result(const Call& call);        // fold_semaphore_sets.cpp
    void operates_semaphores_begin(const Call& call);
    void operates_semaphores_result(const Call& call);
    void operates_semaphores_abandoned(const Call& call);
    void controls_semaphores_begin(const Call& call);
    void controls_semaphores_result(const Call& call);
    ObjectId sleeps_at_semaphore_set(const Call& call);
    void makes_segment_result(const Call& call);           // fold_segments.cpp
    void attaches_segment_result(const Call& call);
    void detaches_segment_result(const Call& call);
    void controls_segment_result(const Call& call);
    // fold_event_files.cpp
    void makes_event_fd_result(const Call& call);
    void makes_signal_fd_result(const Call& call);
    void makes_timer_fd_result(const Call& call);
    void sets_timer_result(const Call& call);
    void adds_count_begin(const Call& call);
    void adds_count_result(const Call& call);
    void takes_count_result(const Call& call);
    void exits_begin(const Call& call);
    void signals_result(const Call& call);
    void handles_result(const Call& call);
    void maps_result(const Call& call);                    // fold_memory.cpp
    void unmaps_result(const Call& call);
    void protects_result(const Call& call);
    void makes_memory_result(const Call& call);
    void opens_shared_result(const Call& call);
    void unlinks_shared_result(const Call& call);
    void resizes_result(const Call& call);
    void makes_semaphore_result(const Call& call);         // fold_semaphores.cpp
    void ends_semaphore_result(const Call& call);
    void opens_semaphore_result(const Call& call);
    void closes_semaphore_result(const Call& call);
    void unlinks_semaphore_result(const Call& call);
    void takes_permit_result(const Call& call);
    void takes_permit_abandoned(const Call& call);
    void gives_permit_begin(const Call& call);
    void gives_permit_result(const Call& call);
    void asks_semaphore_result(const Call& call);
    ObjectId sleeps_at_semaphore(const Call& call);
    void loads_result(const Call& call);
    void stores_result(const Call& call);
    void starts_thread_result(const Call& call);           // fold_threads.cpp
    void joins_thread_result(const Call& call);
    void makes_lock_result(const Call& call);              // fold_pthreads.cpp
    void ends_lock_result(const Call& call);
    void locks_begin(const Call& call);
    void locks_result(const Call& call);
    void unlocks_begin(const Call& call);
    void unlocks_result(const Call& call);
    void repairs_result(const Call& call);
    void awaits_signal_begin(const Call& call);            // fold_conditions.cpp
    void awaits_signal_result(const Call& call);
    void awaits_signal_abandoned(const Call& call);
    void wakes_unasked_begin(const Call& call);
    void wakes_begin(const Call& call);
    void meets_begin(const Call& call);
    void meets_abandoned(const Call& call);
    void makes_socket_result(const Call& call);            // fold_sockets.cpp
    void makes_socket_pair_result(const Call& call);
    void binds_result(const Call& call);
    void listens_result(const Call& call);
    void accepts_result(const Call& call);
    void connects_begin(const Call& call);
    void connects_result(const Call& call);
    void shuts_down_begin(const Call& call);
    void sets_option_result(const Call& call);
    void asks_socket_result(const Call& call);
    void makes_event_poll_result(const Call& call);        // fold_event_polls.cpp
    void watches_result(const Call& call);
    void moves_bytes_result(const Call& call);             // fold_socket_bytes.cpp
    // Where a thread that sleeps in the call sleeps
    ObjectId sleeps_at_peer(const Call& call);
    ObjectId sleeps_at_lock(const Call& call);
    ObjectId sleeps_at_descriptor(const Call& call);
    ObjectId sleeps_at_path(const Call& call);
    ObjectId sleeps_at_polled(const Call& call);

    // --- shared helpers
    Process* process() { return event.process < model.processes_.size() ? &model.processes_[event.process] : nullptr; }
    Thread* thread() { return event.thread < model.threads_.size() ? &model.threads_[event.thread] : nullptr; }
    OpenFile& file(OpenFileId id) { return model.open_files_[id]; }
    Object& object(ObjectId id) { return model.objects_[id]; }
    Message& message(MessageId id) { return model.messages_[id]; }
    void surprise() { ++model.surprises_; }
    void note_change(Change change);
    Call call_at(Thread& thread, EventIndex enter, const Event* exit = nullptr);
    void begin(Thread& thread, EventIndex enter);
    Pending& pending(Thread& thread, EventIndex enter);
    void leave_calls(Thread& thread, std::size_t keep);    // the innermost calls never return, until `keep` are left
    void end_thread(Thread& thread);

    // descriptors (descriptors.cpp)
    Descriptor* descriptor(Process& process, int number);
    OpenFile* file_behind(Process& process, int number);
    OpenFileId make_file(ObjectId object, int flags);
    void install(Process& process, int number, OpenFileId file, bool close_on_exec);
    Descriptor take_out(Process& process, int number);     // the caller lets go of its file
    void hold(OpenFileId file);
    void let_go(OpenFileId file);
    void bury_if_unused(ObjectId object);
    void close(Process& process, int number);
    void close_all(Process& process);
    void close_on_exec(Process& process);

    // objects (objects.cpp)
    ObjectId make_object(ObjectKind kind, std::string_view path);
    ObjectId object_of_path(std::string_view path);        // the one there, or no_id
    void give_kind(Object& object, ObjectKind kind);
    void correct_kind(ObjectId object, ObjectKind kind);
    void merge(ObjectId from, ObjectId into);
    ObjectId learn(ObjectId object, std::uint64_t inode, std::uint64_t mode, std::string_view link);
    std::string path_of(const Call& call);
    void doubt(Process& process, bool has_read, bool has_written);

    // memory (fold_memory.cpp)
    // What a shared mapping shows at this address: the same (object, offset) for all who share it. Nothing: the process's own.
    std::optional<MemoryPlace> object_at(const Process& process, std::uint64_t address) const;
    void map(Process& process, Mapping mapping);           // whatever was there goes
    void unmap(Process& process, std::uint64_t address, std::uint64_t length);
    void unmap_all(Process& process);
    void copy_mappings(const Process& parent, Process& child);
    void change_mappings(Process& process, std::uint64_t address, std::uint64_t length, const int* protection);
    void end_memory_if_unused(ObjectId object);
    std::string shared_path_of(const Call& call);
    void take_name_off(ObjectId object);
    // Objects that lie in memory (a mutex …): one by (shared object, offset), else by (process, address). One that lies there and
    // is of another kind ends when a new one is made.
    InMemory place_in_memory(const Process& process, std::uint64_t address) const;
    ObjectId find_in_memory(const Process& process, std::uint64_t address) const;   // or no_id
    ObjectId object_in_memory(const Process& process, std::uint64_t address, ObjectKind kind);
    void end_in_memory(ObjectId object);
    void know_bytes(ObjectId object, std::uint64_t offset, std::string_view bytes);
    void mapping_fact(Process& process);
    void memory_fact(const Process& process);

    // threads (fold_threads.cpp)
    void begin_thread();                                   // the return of pthread_create in the thread that it made

    // locks in memory (fold_pthreads.cpp)
    void meet_locks(const Call& call);                     // the program's own call names them: now they are known
    ObjectId lock_of(const Call& call, Role role = Role::None);   // or no_id
    ObjectId make_lock(const Process& process, std::uint64_t address, ObjectKind kind);
    bool give_back(ObjectId lock, const Call& call);
    void acquire(ObjectId lock, const Call& call, HoldMode mode, bool is_marked);
    void leave_locks(const Thread& thread);                // it ends: what is robust is told to the next owner
    void learn_lock(Object& lock);                         // from its own words in memory
    void find_where_it_sleeps(Thread& thread);             // the futex that the kernel names

    // bytes (fold_bytes.cpp)
    void accept(Message& message, Object& object, bool is_continuing);
    void accept_over(Message& message, Object& object, std::uint64_t count);
    void withdraw(Message& message, Object& object, std::uint64_t count);
    void admit_waiting(Object& object);
    void settle(MessageId message, std::uint64_t length);
    std::uint64_t take(ObjectId object, const Call& call, std::uint64_t count, std::string_view received);

    // semaphores (fold_semaphores.cpp)
    ObjectId semaphore_at(const Process& process, std::uint64_t address) const;   // or no_id
    Object& semaphore_of(const Call& call);
    void learn_semaphores();

    // locks on files (fold_locks.cpp)
    void drop_record_locks(Process& process, ObjectId object);
    void drop_locks_of(OpenFileId file);

    // message queues (fold_queues.cpp)
    ObjectId queue_of(const Call& call);                   // or no_id
    std::uint64_t bytes_queued(const Object& queue) const;
    bool has_room(const Object& queue, const Message& message) const;
    void put_into_queue(Message& message, Object& queue);
    void admit_messages(Object& queue);
    MessageId make_queued_message(const Call& call, ObjectId queue);
    void withdraw_message(MessageId message);
    std::string queue_path(const Call& call);
    void learn_limits(Object& queue, const std::optional<Chunk>& attributes);
    void forget_name(ObjectId object, ProcessId by);
    void learn_queue(Object& queue, std::int64_t count, std::int64_t most, std::int64_t most_length);
    void queue_fact();

    // System V semaphores and shared memory (fold_semaphore_sets.cpp, fold_segments.cpp)
    ObjectId semaphore_set_of(const Call& call);           // or no_id
    void begin_operation(SemaphoreSet& set);
    void operate(Object& object, const std::vector<sembuf>& operations, const Process& process, int sign);
    void undo_semaphores(const Process& process);          // it ends
    void semaphore_set_fact();
    ObjectId segment_of(const Call& call, int number);
    void segment_fact();

    // eventfd, signalfd, timerfd (fold_event_files.cpp)
    ObjectId make_event_file(const Call& call, ObjectKind kind, std::int64_t flags);
    void add_to_count(Message& message);
    void settle_count(Message& message, bool has_succeeded);
    void take_from_event_file(ObjectId object, const Call& call, const std::optional<Chunk>& chunk);
    void event_file_fact();

    // sockets (fold_sockets.cpp)
    ObjectId make_socket(std::uint32_t host, int family, int type, int protocol);
    ObjectId socket_of(const Call& call);                  // or no_id
    ObjectId socket_bound_to(const SocketAddress& address, int type, ObjectId from) const;   // or no_id; `from` will speak with it
    SocketAddress address_in(const Call& call) const;
    SocketAddress address_out(const Call& call) const;
    void tie(ObjectId one, ObjectId other);
    void leave_queue(ObjectId socket);
    void end_socket(ObjectId socket);
    void learn_address(ObjectId socket, const SocketAddress& local, const SocketAddress& peer);
    void socket_fact();
    void peer_fact();
    void tcp_numbers_fact();
    void kernel_sockets_fact();
    void kernel_socket_fact();   // fold_network.cpp
    // … and their bytes (fold_socket_bytes.cpp)
    void sends_to_socket(const Call& call, const OpenFile& behind);
    // What one message is given, and what is taken with one: of a call that moves several there are several.
    struct Given {
        std::string_view bytes;
        std::uint64_t length = 0;
        SocketAddress address;
        std::string_view control;
    };
    struct Taken {
        std::uint64_t count = 0;
        std::string_view bytes, control;
    };
    void give_to_socket(const Call& call, const OpenFile& behind, const Given& given);
    void receives_from_socket(const Call& call, ObjectId from);
    void take_from_socket(const Call& call, ObjectId from, const Taken& taken);
    void receive_datagram(const Call& call, ObjectId from, const Taken& taken);
    void receive_carried(const Call& call, Message& message, std::string_view control);
    // fold_several.cpp
    void sends_several_begin(const Call& call);
    void sends_several_result(const Call& call);
    void sends_several_abandoned(const Call& call);
    void receives_several_result(const Call& call);
    template <class Use> void for_each_given(const Call& call, Use&& use);
    void drop_carried(Message& message);
    void agree_on_bytes(ObjectId receiver);
    std::string_view received_bytes(const Call& call) const;
    std::uint64_t sent_length(const Call& call, std::string_view& bytes) const;

    // facts (fold_facts.cpp)
    ObjectId pipe_of_inode(std::uint64_t inode);           // or no_id; FIFOs too
    void adopt_descriptor(Process& process);
    void forget_unlisted(Process& process);
};

std::string normal_path(std::string_view path);
ObjectKind kind_from_mode(std::uint64_t mode, std::string_view link);
End end_of(ObjectKind kind, int flags);
bool can_read(int flags);
bool can_write(int flags);
std::string_view bytes_of(const Chunk& chunk);
void show_state(Thread& thread);                           // what it does when it is not asleep
void include_signal(std::vector<int>& signals, int signal, bool is_in);

}  // namespace ipcscope
