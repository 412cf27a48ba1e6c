// What the user asks for (session.h): granting, and everything else that changes the run.
#include <signal.h>
#include <string.h>

#include "core/session/impl.h"
#include "core/session/pidfd.h"

namespace ipcscope {
namespace {

std::string name_of_signal(int signal) {
    const char* const name = sigabbrev_np(signal);
    return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace

// A step is of one quiescent system into another, and so is what is done inside a process: such commands wait. The others
// must work also while something spins for ever: they overtake.
bool Session::Impl::is_urgent(const Command& command) const {
    return !std::holds_alternative<Step>(command) && !std::holds_alternative<InjectClose>(command) && !std::holds_alternative<InjectWrite>(command) &&
           !std::holds_alternative<FillPipe>(command) && !std::holds_alternative<Carry>(command);
}

void Session::Impl::carry_out_commands() {
    {
        const std::lock_guard lock(mutex);
        commands.insert(commands.end(), std::make_move_iterator(posted.begin()), std::make_move_iterator(posted.end()));
        posted.clear();
    }
    for (auto command = commands.begin(); command != commands.end();) {
        if (!is_urgent(*command) && !is_quiet) {
            ++command;
            continue;
        }
        const Command now = std::move(*command);
        command = commands.erase(command);
        ++commands_done;
        move();
        if (gates == Gates::Held && !is_stopping) state = State::Moving;
        carry_out(now);
    }
}

void Session::Impl::carry_out(const Command& command) {
    std::visit([this](const auto& known) { carry_out(known); }, command);
}

// --- The gate --------------------------------------------------------------------------------------

// The Granted event first: it must stand before everything that the call brings about.
void Session::Impl::grant(ObservedProcess& process, ObservedThread& thread, Verdict verdict, int value) {
    collector.write_granted(process, thread, verdict, value);
    wire.remember_cause(process.host, process.id, thread.id);
    for (const RingOfThread& ring : thread.rings)
        if (ring.shared->area.is_at_gate(ring.ring)) ring.shared->area.grant(ring.ring, verdict, value);
}

void Session::Impl::carry_out(const Step& step) {
    const Population::Place place = population.with_thread(step.thread);
    if (place.thread && place.thread->is_held()) return grant(*place.process, *place.thread, step.verdict, step.value);
    out.note(place.thread ? "This thread does not wait at the gate: nothing was granted." : "This thread has ended: nothing was granted.",
             place.process ? place.process->id : no_id);
}

void Session::Impl::carry_out(const RunFree& command) {
    if (is_stopping) return;
    state = State::Running;
    if (command.calls_a_second <= 0) return open_gates();
    close_gates();
    gates = Gates::Paced;
    pace = std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(1 / command.calls_a_second));
    next_grant = std::chrono::steady_clock::now();
}

void Session::Impl::carry_out(const Pause&) {
    close_gates();
    gates = Gates::Held;
    if (!is_stopping) state = State::Moving;
}

void Session::Impl::open_gates() {
    collector.collect();
    gates = Gates::Open;
    wire.forget_cause();
    collector.set_gates_open(true);
    for (const auto& process : population.alive()) {
        for (const auto& thread : process->threads) {
            if (!thread->is_held()) continue;
            collector.write_granted(*process, *thread);
            thread->is_let_through = true;
        }
    }
    for (const auto& process : population.alive())
        for (const auto& shared : process->areas) shared->area.set_gate_closed(false);
}

// Who is on the way through stays let through; from the next call on everybody is held.
void Session::Impl::close_gates() {
    if (gates != Gates::Open) return;
    for (const auto& process : population.alive())
        for (const auto& shared : process->areas) shared->area.set_gate_closed(true);
    collector.collect();
    collector.set_gates_open(false);
}

// At a pace: the one that has waited longest.
void Session::Impl::grant_next_in_line() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_grant) return;
    Population::Place first;
    for (const auto& process : population.alive())
        for (const auto& thread : process->threads)
            if (thread->is_held() && (!first.thread || thread->waits_since < first.thread->waits_since)) first = {process.get(), thread.get()};
    next_grant = std::max(next_grant + pace, now);
    if (!first.thread) return;
    grant(*first.process, *first.thread);
    move();
}

// --- The rest --------------------------------------------------------------------------------------

void Session::Impl::carry_out(const Kill& command) {
    ObservedProcess* const process = population.with_id(command.process);
    if (!process) return out.note("It is not there any more: no signal was sent.", command.process);
    const std::string name = name_of_signal(command.signal);
    if (send_signal(process->pidfd.get(), command.signal))
        out.note("ipcscope sent " + name + ", as you asked.", process->id);
    else
        out.note(name + " could not be sent: " + strerror(errno), process->id);
}

void Session::Impl::carry_out(const TypeInput& command) {
    if (terminal) return terminal->type(command.bytes);
    out.note("These programs have no terminal of ipcscope's: nothing was typed.");
}

void Session::Impl::carry_out(const Carry& command) {
    wire.forget_cause();
    if (!wire.carry_held(command.packet, command.fate, command.delay)) out.note("Packet " + std::to_string(command.packet) + " is not on the wire any more: nothing was done.");
}

void Session::Impl::carry_out(const StopRun&) {
    if (is_stopping) return;
    is_stopping = true;
    stopped_at = std::chrono::steady_clock::now();
    state = State::Moving;
    for (const auto& one : kept) one->keeper.stop();
}

}  // namespace ipcscope
