// The processes of a run: who is born, executes, ends, and the events that say so.
#pragma once

#include <functional>
#include <map>

#include "core/events/hello.h"
#include "core/session/observed.h"
#include "core/session/outbox.h"
#include "core/session/session.h"

namespace asio {
class io_context;    // its header is heavy, and only population.cpp needs it
}

namespace ipcscope {

class Population {
 public:
    Population(asio::io_context& io, const Launch& launch, const Timebase& timebase, Outbox& out)
        : io_(io), launch_(launch), timebase_(timebase), out_(out) {}

    const std::vector<std::unique_ptr<ObservedProcess>>& alive() const { return alive_; }
    ObservedProcess* with_id(ProcessId id) const;
    ObservedProcess* with_pid_here(pid_t pid) const;
    struct Place {
        ObservedProcess* process = nullptr;
        ObservedThread* thread = nullptr;
    };
    Place with_thread(ThreadId id) const;

    // A process that nobody has told us of yet. Null: it is gone already.
    ObservedProcess* adopt(pid_t pid_here, UniqueFd pidfd = {});
    // Who adopts the orphans of each host, in their order. Set where there are hosts, before anybody is adopted.
    bool has_hosts() const { return !reapers_.empty(); }
    void set_reapers(std::vector<pid_t> reapers) { reapers_ = std::move(reapers); }
    void ignore(pid_t pid_here) { ignored_ = pid_here; }   // the wrapper: of the run, but not observed
    bool is_ignored(pid_t pid_here) const { return pid_here == ignored_; }

    // One that was launched before it is not born yet.
    bool is_another_first(const ObservedProcess& process) const;

    // A probe says hello. Everything its process did before must be in the trace already. The area to hand to it, or null.
    Area* welcome(const Hello& hello, ObservedProcess& process, bool is_gate_closed);
    void declare_unseen(ObservedProcess& process);
    // A fork of `parent` answered with this pid: should the child be dead before its probe said so, it is known whose it was.
    void tell_parent(pid_t pid, const ObservedProcess& parent);
    // A fork answered with this pid, and nobody ever saw the child: it was killed, and its end taken, before its first instruction
    // of ours. It is born and has ended, all at once. `since`: how many were born when the fork began.
    void bear_stillborn(const ObservedProcess& parent, pid_t pid, ProcessId since, bool is_vfork, int status);
    // The process has ended, and all it did is in the trace. `status` as waitpid(2) gives it, -1 if nobody knows.
    void end(ObservedProcess& process, int status);
    void forget(ObservedProcess& process);

    // The thread whose record this is; on its first record it is born.
    ObservedThread& thread_of(ObservedProcess& process, SharedArea& shared, std::uint32_t ring, pid_t tid);
    // A thread that /proc lists and that has made no call.
    ObservedThread& add_thread(ObservedProcess& process, pid_t tid, pid_t tid_here);
    void end_thread(ObservedProcess& process, ObservedThread& thread);

    ProcessId born() const { return static_cast<ProcessId>(by_id_.size()); }
    // Descriptors that no call explains.
    std::function<void(ObservedProcess&)> find_descriptors;

 private:
    struct Origin {
        ProcessId parent;
        BirthHow how;
    };
    Origin origin_of(const Hello* hello, const ObservedProcess& process) const;
    std::uint32_t host_of(pid_t pid_here) const;
    void bear(ObservedProcess& process, const Hello* hello);
    void change_image(ObservedProcess& process, bool is_seen);
    void add_with_program(Event event, pid_t pid_here);
    void bear_thread(ObservedProcess& process, ObservedThread& thread);
    void forget_old_image(ObservedProcess& process);

    asio::io_context& io_;
    const Launch& launch_;
    const Timebase& timebase_;
    Outbox& out_;
    std::vector<std::unique_ptr<ObservedProcess>> alive_;
    std::vector<ObservedProcess*> by_id_;       // null: it has ended
    struct Birth {
        ProcessId parent;
        pid_t pid;
        std::uint32_t host;
    };
    std::vector<Birth> births_;                 // by ProcessId
    std::vector<ProcessId> process_of_thread_;  // by ThreadId
    pid_t ignored_ = 0;
    std::vector<pid_t> reapers_;                // by host
};

}  // namespace ipcscope
