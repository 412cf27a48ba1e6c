// The kernel's own word (fact.h), asked for whenever the system is quiescent: only then do the answers belong together.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/events/fact.h"
#include "core/session/ipc_objects.h"
#include "core/session/keeper.h"
#include "core/session/memory_watch.h"
#include "core/session/population.h"
#include "core/session/sock_diag.h"
#include "core/session/socket_owner.h"

namespace ipcscope {

class Facts {
 public:
    // `keeper`: the first. (Of several, one a host, only this one is asked for the objects that System V and POSIX calls name.)
    Facts(Population& population, Outbox& out, IpcObjects& ipc, Keeper& keeper, std::string socket_path)
        : population_(population), out_(out), ipc_(ipc), keeper_(keeper), memory_(out), socket_path_(std::move(socket_path)) {}
    // All keepers: one; or one a host, in their order. They stay the caller's. `are_apart`: each host has a network of its own.
    void ask_of_sockets(std::vector<Keeper*> keepers, bool are_apart) { keepers_ = std::move(keepers), are_apart_ = are_apart; }

    // Facts of all processes, and of those that have ended since.
    void read();
    // They were told: nobody asks again about who is gone, or about what has not changed.
    void keep();
    void remember_ended(ProcessId process, pid_t pid_here) { ended_.push_back({process, pid_here, false}); }
    // Found events for all descriptors of a process that was born with descriptors nobody has told of.
    void find_descriptors(ObservedProcess& process);
    // An Unseen event, if the kernel has counted bytes that no call has shown.
    void tell_unseen(ObservedProcess& process);
    // The keeper removes it at the end, even if this session is killed.
    void remember_what_is_made();
    bool has_ip_sockets() const { return has_ip_sockets_; }    // some process has, or had

 private:
    struct Descriptor {
        ObservedProcess* process;
        int number;
        std::string link;
        std::int64_t flags, offset;
        std::int64_t inode, mode;
        std::uint64_t device;
        std::string info;            // of an eventfd, signalfd or timerfd: /proc/PID/fdinfo/N
    };
    std::vector<Descriptor> list_descriptors(ObservedProcess& process) const;
    bool is_our_socket(const Descriptor& descriptor) const;
    // A descriptor listed before with the same open file; null if there is none. (Keeps the list: one of each open file, by link.)
    using ByLink = std::map<std::string, std::vector<Descriptor>>;
    static const Descriptor* same_open_file(ByLink& known, const Descriptor& descriptor);

    // One descriptor of each pipe and of each message queue, by inode; one that can read where there is one.
    using Queues = std::map<std::int64_t, Descriptor>;
    using Files = std::map<std::int64_t, std::uint64_t>;   // regular files: the device, by inode
    struct Ends {
        Queues pipes, queues;
        Files files;
    };
    void read_process(ObservedProcess& process, ByLink& known, Ends& ends);
    void read_unseen_process(ObservedProcess& process, ByLink& known, Ends& ends);
    void read_buffer(ObservedProcess& process);
    void read_threads(ObservedProcess& process);
    void read_pipe(const Descriptor& end);
    void read_locks(const Files& files);    // facts_locks.cpp
    void read_event_file(const Descriptor& descriptor);    // facts_event_files.cpp
    // facts_sockets.cpp
    void read_socket(const Descriptor& descriptor);
    void remember_connection(const Descriptor& descriptor, int socket, int protocol);
    void read_peers();
    void read_kernel_sockets(Keeper& keeper, std::uint32_t host);
    // facts_ipc.cpp
    void read_ipc_objects(const Queues& open);
    void read_message_queue(const Descriptor& end);
    void tell_state(const IpcObject& object, const KeeperAnswer& answer);
    void tell_gone(const IpcObject& object, int error);
    void tell_messages(const IpcObject& queue, std::int64_t count);
    void add(FactKind kind, ProcessId process, std::initializer_list<std::int64_t> values, std::string_view text = {}, ThreadId thread = no_id);

    Population& population_;
    Outbox& out_;
    IpcObjects& ipc_;
    Keeper& keeper_;
    std::vector<Keeper*> keepers_;
    bool are_apart_ = false;
    MemoryWatch memory_;
    // Sockets with a connection, as of this reading: whose other end may be somebody's outside of the run.
    struct Connection {
        ProcessId process;
        int number;
        std::uint64_t inode;
        int protocol;
        SocketAddress local, remote;
    };
    std::vector<Connection> connections_;
    std::set<std::uint64_t> own_sockets_;    // inodes
    std::optional<SockDiag> sock_diag_;
    SocketOwners owners_;
    bool has_ip_sockets_ = false;
    std::string socket_path_;
    struct Ended {
        ProcessId process;
        pid_t pid_here;
        bool is_gone = false;
    };
    std::vector<Ended> ended_;
};

}  // namespace ipcscope
