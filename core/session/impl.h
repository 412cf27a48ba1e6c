// The inside of a session: its parts, and the loop that its thread goes round in.
//
//   look for news (sockets, ends of processes, rings) → events → quiescent?  → facts, Quiet → next command → …
//
// Everything below `mutex` belongs to the session's thread.
#pragma once

#include <asio.hpp>
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "core/session/collector.h"
#include "core/session/facts.h"
#include "core/session/injector.h"
#include "core/session/keeper.h"
#include "core/session/paths.h"
#include "core/session/population.h"
#include "core/session/quiet.h"
#include "core/session/softirq.h"
#include "core/session/run_directory.h"
#include "core/session/session.h"
#include "core/session/terminal.h"
#include "core/session/welcome.h"
#include "core/session/wire.h"

namespace ipcscope {

// What is between the hosts of a run: a wire; one loopback of their own; this machine's.
enum class HostNetwork { Wire, OwnLoopback, MachineLoopback };

// Who keeps the programs of a run, or of one of its hosts, and what is known from there.
struct Kept {
    Keeper keeper;
    std::optional<asio::posix::stream_descriptor> control;
    bool are_all_gone = false;                  // it says
    std::map<pid_t, int> reaped;                // wait statuses that it took, by pid as it sees it
};

struct Session::Impl final : LifeAndDeath {
    Impl(Launch launch, std::function<void()> notify);
    virtual ~Impl();

    // session.cpp
    Result<void> start();
    void run(std::promise<Result<void>>& started);
    void live();
    bool look_for_news();
    void rest();
    bool tell_facts();
    bool have_packets_arrived();
    void announce_quiet();
    void finish();

    // launch.cpp
    Result<void> launch_program();
    Result<Keeper::Orders> orders_for(const Paths& paths, int terminal, const std::vector<std::string>& argv) const;
    Result<void> launch_one(const Keeper::Orders& orders);
    void tell_refused(int error);

    // launch_hosts.cpp
    Result<void> launch_hosts(const Keeper::Orders& common);
    Result<bool> prepare_hosts(const Keeper::Orders& common, HostNetwork network, std::vector<Keeper::Orders>& orders, std::vector<Keeper::Started>& started);
    void tell_no_wire(int refused);
    void tell_no_v6(int refused);
    void tell_hosts();
    std::vector<std::string> addresses_of(const LaunchedHost& host) const;

    // ends.cpp
    void find_the_dead() override;
    bool end_the_dead() override;
    bool is_somebody_leaving() override;
    bool is_child_unborn(ObservedProcess& parent, pid_t child) override { return quiescence.is_child_unborn(parent, child); }
    void end_process(ObservedProcess& process);
    int status_of(ObservedProcess& process);
    std::optional<int> reported_status(const ObservedProcess& process, std::chrono::milliseconds patience);
    void hear_keepers();
    void listen_to(Kept& kept);
    Kept& keeper_of(const ObservedProcess& process) { return *kept[process.host == 0 ? 0 : process.host - 1]; }
    bool are_all_gone() const;

    // commands.cpp
    void carry_out_commands();
    bool is_urgent(const Command& command) const;
    void carry_out(const Command& command);
    void carry_out(const Step& step);
    void carry_out(const RunFree& command);
    void carry_out(const Pause&);
    void carry_out(const Kill& command);
    void carry_out(const InjectClose& command) { injector.close(command.process, command.descriptor); }
    void carry_out(const InjectWrite& command) { injector.write(command.process, command.descriptor, command.bytes); }
    void carry_out(const FillPipe& command) { injector.fill_pipe(command.process, command.descriptor); }
    void carry_out(const TypeInput& command);
    void carry_out(const StopRun&);
    void carry_out(const Carry& command);
    void carry_out(const HoldWire& command) { wire.hold(command.is_held); }
    void carry_out(const SetWire& command) { wire.forget_cause(), wire.set(command); }
    void grant(ObservedProcess& process, ObservedThread& thread, Verdict verdict = Verdict::Go, int value = 0);
    void open_gates();
    void close_gates();
    void grant_next_in_line();

    std::optional<Area*> answer_hello(const Hello& hello, pid_t pid_here);
    void move() { is_quiet = false, last_news = std::chrono::steady_clock::now(); }

    const Launch launch;
    std::thread thread;
    std::atomic<State> state{State::Moving};
    std::atomic<bool> is_private{false}, has_wire{false};
    bool has_v6 = true;                         // hosts may have IPv6 addresses

    std::mutex mutex;
    std::deque<Command> posted;                 // mutex

    asio::io_context io{1};
    asio::steady_timer nap{io};
    Timebase timebase;
    Outbox out;
    std::optional<RunDirectory> directory;
    std::optional<Welcome> welcome;
    std::optional<Terminal> terminal;
    std::vector<std::unique_ptr<Kept>> kept;    // one; or one a host, in their order
    Population population;
    Collector collector;
    Quiescence quiescence;
    std::optional<Facts> facts;
    Injector injector;
    PacketCarriers carriers;
    Wire wire{io, out};

    std::deque<Command> commands;               // taken, not carried out yet
    std::uint64_t commands_done = 0;
    std::uint64_t quiets = 0;
    enum class Gates { Held, Paced, Open } gates = Gates::Held;
    std::chrono::steady_clock::duration pace{};
    SteadyTime next_grant{}, last_news{}, next_upkeep{};
    bool is_quiet = false;                      // since the last Quiet event nothing has happened
    bool is_stopping = false;
    SteadyTime stopped_at{};
};

}  // namespace ipcscope
