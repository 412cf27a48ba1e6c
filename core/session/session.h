// The session: one run of some real programs. It launches them under the probe, holds and grants their calls, collects
// what happens into events, asks the kernel for its word, and cleans up. It knows no lessons, no model and no window.
//
// Threads: a session owns one thread (one asio::io_context). All functions here may be called from any one other thread.
// Up goes one queue of events (take), down goes one queue of commands (post). Nothing reaches around.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/events/area.h"
#include "core/events/call_table.h"
#include "core/trace/result.h"
#include "core/trace/trace.h"

namespace ipcscope {

// A host of the run: namespaces of its own (user, network, PID, IPC, mount, UTS), so its own addresses, ports and pids. The session is the
// wire between the hosts, and the only way out of them.
struct LaunchedHost {
    std::string name;
    std::vector<std::string> addresses;       // with their prefix: "192.0.2.2/24", "2001:db8::2/64"
    std::vector<std::string> argv;            // the program that it runs; as Launch::argv
};

// How to run a program.
struct Launch {
    std::vector<std::string> argv;            // argv[0] is looked for in PATH unless it has a '/'
    std::vector<LaunchedHost> hosts;          // if any: each runs its own program, argv is not used; processes are born in their order. Where the
                                              // machine gives no namespaces or no TUN device the programs run on its loopback, and a Note says so
    bool has_wire = true;                     // false: as if the machine gave no TUN device
    int mtu = 1500;                           // of the wire, bytes
    bool is_wire_held = false;                // each packet waits for a Carry …
    bool lets_acknowledgments = false;        // … but TCP packets that only acknowledge, after the handshake, never do
    bool lets_handshakes = false;             // … nor the handshake's own, then
    std::string directory;                    // where it runs; "" = here
    bool has_own_directory = false;           // it runs in an empty directory of its own instead, which is gone with the run
    std::vector<std::pair<std::string, std::string>> environment;  // added to this process's own
    bool is_private = true;                   // in its own PID, IPC and mount namespaces, where the machine allows it: small
                                              // pids, names that collide with nobody's, nothing left over. Else a Note says so
    bool has_own_network = true;              // if private: a network of its own, too, with a loopback interface and nothing else: no
                                              // port is taken, and nobody outside can be reached. false: this machine's
    bool is_held = true;                      // gates closed from the first call on
    bool has_terminal = true;                 // descriptors 0-2 are a pseudo-terminal of the session; false: ipcscope's own
    bool reads_facts = true;                  // ask the kernel at every quiescence
    std::uint32_t capture_limit = max_capture;  // bytes captured a chunk
    std::uint32_t ring_bytes = default_ring_bytes;
    std::vector<std::string> wrapper;         // put before argv, not observed itself: {"strace", "-f", "-o", "x"}. For tests
    bool sees_inside = true;                  // calls that libc makes inside itself too (PROBE.md)
};

// Commands. A Step, and what acts inside a process, waits until the system is quiescent; such commands keep their order. The
// others act at once, also while something spins for ever, and so overtake those. What cannot be done any more (the thread
// has ended) is answered with a Note event, never an error. A Quiet event says in value[1] how many commands it answers.
struct Step {                                 // let this thread's held call go; when all is quiet again: a Quiet event
    ThreadId thread = no_id;
    Verdict verdict = Verdict::Go;
    int value = 0;
};
struct RunFree { double calls_a_second = 0; };  // 0: gates open; else one held call of any thread at this pace, each ending in a Quiet
struct Pause {};                              // gates closed; a Quiet event when all is quiet
struct Kill { ProcessId process = no_id; int signal = 0; };
struct InjectClose { ProcessId process = no_id; int descriptor = -1; };
struct InjectWrite { ProcessId process = no_id; int descriptor = -1; std::string bytes; };
struct FillPipe { ProcessId process = no_id; int descriptor = -1; };  // writes, made by that process, until the pipe is full
struct TypeInput { std::string bytes; };      // typed at the programs' terminal
struct StopRun {};                            // end everything
// The wire. A packet that is still on it:
struct Carry {
    std::uint64_t packet = 0;                 // its number, as in Packet events
    PacketFate fate = PacketFate::Delivered;  // Delivered, Dropped, Duplicated or Corrupted
    std::chrono::microseconds delay{0};       // Delivered: after so long; others may overtake it
};
struct HoldWire { bool is_held = true; };     // packets wait for a Carry; or all go through, those that wait too, oldest first
struct SetWire {                              // from now on
    std::chrono::microseconds latency{0};     // one way
    std::uint64_t bytes_a_second = 0;         // each way; 0: as fast as it goes
    std::uint32_t loses_one_in = 0;           // every Nth packet is dropped; 0: none
    std::uint32_t cut_host = 0;               // the cable of this host is pulled; 0: of none, every_host: of all
};
using Command = std::variant<Step, RunFree, Pause, Kill, InjectClose, InjectWrite, FillPipe, TypeInput, StopRun, Carry, HoldWire, SetWire>;
// Every command but RunFree and TypeInput ends in a Quiet event once the system is quiescent.

class Session {
 public:
    // Starts the thread and launches the program. A program that cannot be started is a failure in words; so is a machine
    // without what it takes. `notify` is called from the session's thread whenever take() has something new.
    static Result<std::unique_ptr<Session>> start(Launch launch, std::function<void()> notify = {});
    ~Session();                               // ends everything that still runs, waits for it, removes what was made
    Session(const Session&) = delete;

    void post(Command command);

    // Moves what happened since the last take into `batch` (which is cleared first). Never blocks. False if nothing.
    bool take(EventBatch& batch);
    // The same, sleeping until there is something, or the run is over, or the deadline passed.
    bool wait(EventBatch& batch, std::chrono::milliseconds deadline);

    enum class State : std::uint8_t { Moving, Quiet, Running, Over };
    State state() const;                      // as of the events taken so far or later; Over: no process is left
    bool is_private() const;                  // the namespaces were had
    bool has_wire() const;                    // hosts are there, and joined by a wire

 private:
    struct Impl;
    explicit Session(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace ipcscope
