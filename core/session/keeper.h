// The session's hold on its keeper (core/keeper): starts it, speaks with it, sees it end.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/keeper/question.h"
#include "core/keeper/report.h"
#include "core/session/unique_fd.h"
#include "core/trace/result.h"

namespace ipcscope {

// A report, and the pid of who sent it, as the session sees it.
struct HeardReport {
    KeeperReport report;
    pid_t sender;
    UniqueFd attached;    // Wire: the device
};

class Keeper {
 public:
    struct Orders {
        std::string keeper;                    // the program itself
        std::string run_directory;
        bool is_private = true;
        bool has_own_network = true;
        pid_t network_of = 0;                  // in the network of that keeper's; 0: of nobody's
        std::string host = {};                 // as core/keeper/wire_end.h says; "": it is none
        bool keeps_directory = false;          // others run in it
        bool leads_terminal = true;            // … and is its session's leader
        std::string directory;                 // where the program runs; "" = here
        std::string program;                   // its path
        std::vector<std::string> argv;
        std::vector<std::string> environment;
        int terminal = -1;                     // the slave of its pseudo-terminal; -1: it has our own descriptors 0-2
    };
    struct Started {
        pid_t pid_here = 0, pid = 0;           // the program, on this machine and as it sees itself
        int refused = 0;                       // private: 0; else why not (errno), or -1 if nobody asked
        UniqueFd pidfd;
        UniqueFd wire;                         // a host's TUN device: a packet a read, a packet a write
        int wire_refused = 0;                  // why there is none (errno)
        int v6_refused = 0;                    // why it has no IPv6 (errno)
    };

    Keeper() = default;
    Keeper(const Keeper&) = delete;
    ~Keeper() { end(); }

    // Starts the keeper and the program. Must be called on a thread that lives as long as the run: the keeper dies with it.
    Result<Started> start(const Orders& orders);
    // The same in two parts: namespaces and wire are there, and the program's process waits; then its execve.
    Result<Started> prepare(const Orders& orders);
    Result<void> go(const Orders& orders);

    int control() const { return control_.get(); }
    pid_t pid() const { return pid_; }
    pid_t reaper() const { return reaper_; }   // who adopts the run's orphans, as the session sees it
    std::optional<HeardReport> hear();         // the next report, if one is there
    bool has_own_network() const { return has_own_network_; }
    bool is_gone() const { return is_gone_; }  // nothing more will be heard
    // What only somebody inside the namespaces can say (question.h). Waits for the answer, a moment at most; none if there is
    // nobody to give one.
    std::optional<KeeperAnswer> ask(Question question);
    void stop();                               // asks it to end everything
    void end();                                // ends everything and waits for it, half a second at most; then it is killed

 private:
    std::optional<HeardReport> hear_within(std::chrono::milliseconds deadline);
    Failure failure_from(const KeeperReport& report, const Orders& orders) const;

    UniqueFd control_, questions_;
    std::uint32_t asked_ = 0;
    UniqueFd pidfd_;
    pid_t pid_ = 0;
    pid_t reaper_ = 0;
    bool is_gone_ = false;
    bool has_own_network_ = false;
};

}  // namespace ipcscope
