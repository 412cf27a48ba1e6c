#include "core/session/session.h"

#include <sched.h>
#include <signal.h>

#include <algorithm>

#include "core/session/impl.h"
#include "core/session/pidfd.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

// How long to rest between two looks. After a grant the answer comes within microseconds: only yield. Then ever longer, for
// the reader's pace is what costs the observed program most (PROBE.md).
constexpr auto eager = 300us;
struct Rest {
    std::chrono::microseconds idle, length;    // after so long without news, rest so long
};
constexpr Rest rests[] = {{1s, 10ms}, {100ms, 2ms}, {5ms, 500us}, {0s, 100us}};
// Quiet: a sleeper may still be woken by time, or by somebody outside; who is held, only by a signal from outside.
constexpr Rest rests_with_sleepers[] = {{200ms, 20ms}, {0s, 5ms}};
constexpr Rest rests_at_the_gate[] = {{0s, 25ms}};

std::chrono::microseconds rest_after(std::chrono::steady_clock::duration idle, std::span<const Rest> rests) {
    for (const Rest& rest : rests)
        if (idle >= rest.idle) return rest.length;
    return rests.back().length;
}

constexpr auto packets_patience = 100ms;   // a machine may have packets of others to carry without end
constexpr auto slow = 5ms;                  // no news for so long: say who sleeps, and who is awake again
constexpr auto upkeep_interval = 1ms;       // with open gates: who has ended? Rarer the more threads there are to look at
constexpr auto upkeep_a_thread = 10us;
constexpr auto time_to_stop = 1500ms;

}  // namespace

// --- For the other thread --------------------------------------------------------------------------

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::start(Launch launch, std::function<void()> notify) {
    const bool has_programs = launch.hosts.empty() ? !launch.argv.empty() : std::ranges::none_of(launch.hosts, [](const LaunchedHost& host) { return host.argv.empty(); });
    if (!has_programs) return Failure{"there is no program to run"};
    auto impl = std::make_unique<Impl>(std::move(launch), std::move(notify));
    if (const Result<void> started = impl->start(); !started) return started.failure();
    return std::unique_ptr<Session>(new Session(std::move(impl)));
}

void Session::post(Command command) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->posted.push_back(std::move(command));
    }
    asio::post(impl_->io, [] {});    // wakes the loop, which looks
}

bool Session::take(EventBatch& batch) { return impl_->out.take(batch); }
bool Session::wait(EventBatch& batch, std::chrono::milliseconds deadline) { return impl_->out.wait(batch, deadline); }
Session::State Session::state() const { return impl_->state; }
bool Session::is_private() const { return impl_->is_private; }
bool Session::has_wire() const { return impl_->has_wire; }

// --- The session's thread --------------------------------------------------------------------------

Session::Impl::Impl(Launch wanted, std::function<void()> notify)
    : launch(std::move(wanted)),
      timebase(best_clock()),
      out(timebase, std::move(notify)),
      population(io, launch, timebase, out),
      collector(population, timebase, out, *this),
      quiescence(population, collector, out),
      injector(population, out) {
    if (!launch.is_held) gates = Gates::Open, state = State::Running;
    collector.set_gates_open(!launch.is_held);
}

Session::Impl::~Impl() {
    if (!thread.joinable()) return;
    {
        const std::lock_guard lock(mutex);
        posted.push_back(StopRun{});
    }
    asio::post(io, [] {});
    thread.join();
}

Result<void> Session::Impl::start() {
    std::promise<Result<void>> started;
    std::future<Result<void>> answer = started.get_future();
    thread = std::thread([this, &started] { run(started); });
    Result<void> result = answer.get();
    if (!result) thread.join();
    return result;
}

void Session::Impl::run(std::promise<Result<void>>& started) {
    Result<void> launched = launch_program();
    const bool is_launched = static_cast<bool>(launched);
    if (!is_launched) kept.clear();
    started.set_value(std::move(launched));
    if (!is_launched) return;
    live();
    finish();
}

void Session::Impl::live() {
    const auto keep_going = asio::make_work_guard(io);
    last_news = std::chrono::steady_clock::now();
    while (!are_all_gone()) {
        io.poll();
        if (look_for_news()) move();
        welcome->answer_those_who_wait();
        carry_out_commands();
        const bool is_patient = std::chrono::steady_clock::now() - last_news > slow;
        if (!is_quiet && gates != Gates::Open && !welcome->is_busy() && quiescence.is_reached(is_patient) && have_packets_arrived() && tell_facts()) announce_quiet();
        if (gates == Gates::Paced && is_quiet) grant_next_in_line();
        out.publish();
        if (is_stopping && std::chrono::steady_clock::now() - stopped_at > time_to_stop) break;
        rest();
    }
}

bool Session::Impl::look_for_news() {
    if (out.is_full() && !is_stopping) return false;
    const std::size_t before = out.fresh().events.size();
    collector.collect();
    wire.carry();
    facts->remember_what_is_made();
    end_the_dead();
    quiescence.look_after_awaited();
    const auto now = std::chrono::steady_clock::now();
    if (gates == Gates::Open && now >= next_upkeep) {
        next_upkeep = now + upkeep_interval + upkeep_a_thread * static_cast<int>(quiescence.find_ended_threads());
        if (now - last_news > slow) quiescence.find_sleepers();
    }
    return out.fresh().events.size() != before;
}

bool Session::Impl::have_packets_arrived() {
    if (wire.is_carrying()) return false;
    return !facts->has_ip_sockets() || std::chrono::steady_clock::now() - last_news > packets_patience || carriers.are_idle();
}

// False: somebody has moved meanwhile, so what was read does not belong together, and is not told.
bool Session::Impl::tell_facts() {
    if (terminal) terminal->drain();
    quiescence.write_sleepers();
    if (!launch.reads_facts) return true;
    for (const auto& process : population.alive()) facts->tell_unseen(*process);
    EventBatch& fresh = out.fresh();
    const auto first = static_cast<std::ptrdiff_t>(fresh.events.size());
    facts->read();
    const auto last = static_cast<std::ptrdiff_t>(fresh.events.size());
    if (quiescence.lasts() && !wire.has_news() && have_packets_arrived()) {
        facts->keep();
        return true;
    }
    fresh.events.erase(fresh.events.begin() + first, fresh.events.begin() + last);    // (their texts stay in the batch, unused)
    return false;
}

void Session::Impl::announce_quiet() {
    Event event = out.event(EventKind::Quiet);
    event.value[0] = static_cast<std::int64_t>(++quiets);
    event.value[1] = static_cast<std::int64_t>(commands_done);
    out.fresh().add(event);
    is_quiet = true;
    if (gates == Gates::Held) state = State::Quiet;
}

void Session::Impl::rest() {
    if (are_all_gone()) return;
    const auto now = std::chrono::steady_clock::now();
    const auto idle = now - last_news;
    std::chrono::steady_clock::duration length;
    if (is_quiet) {
        // A command may be waiting that could not be carried out while things moved.
        if (!commands.empty()) return;
        length = quiescence.has_sleepers() ? rest_after(idle, rests_with_sleepers) : rest_after(idle, rests_at_the_gate);
        if (gates == Gates::Paced) length = std::clamp<std::chrono::steady_clock::duration>(next_grant - now, 0us, length);
    } else if (gates != Gates::Open && idle < eager) {
        sched_yield();
        return;
    } else {
        length = rest_after(idle, rests);
    }
    nap.expires_after(length);
    nap.async_wait([](const asio::error_code&) {});
    io.run_one();
    nap.cancel();
}

// Everybody is gone: the last words, and what was made is removed.
void Session::Impl::finish() {
    for (const auto& process : population.alive()) {
        send_signal(process->pidfd.get(), SIGKILL);    // only if the keeper has been killed is anybody left
        process->has_died = true;
    }
    collector.collect();
    collector.finish();
    facts->remember_what_is_made();
    end_the_dead();
    const bool is_news = !is_quiet;
    if (is_news) tell_facts();    // (the keeper still answers)
    for (const auto& one : kept) one->keeper.end();    // waits for it; then nobody has the terminal open any more, and all of its bytes can be read
    if (terminal) terminal->drain();
    if (is_news) announce_quiet();
    for (const auto& one : kept) one->control.reset();
    wire.close();
    welcome.reset();
    directory.reset();
    out.publish();
    state = State::Over;    // after the last event: who sees it and takes, has all
    out.close();
}

std::optional<Area*> Session::Impl::answer_hello(const Hello& hello, pid_t pid_here) {
    move();
    collector.collect();    // the fork that made it stands before its birth, and what it did before its new program
    ObservedProcess* process = population.with_pid_here(pid_here);
    if (process && collector.has_records(*process)) return std::nullopt;
    const bool is_forked = hello.reason == HelloReason::Fork || hello.reason == HelloReason::Vfork;
    const ObservedProcess* const parent = is_forked ? population.with_id(hello.parent_process) : nullptr;
    if (parent && collector.has_records_before_birth(*parent, hello.pid)) return std::nullopt;
    if (!process && quiescence.is_known_ended(pid_here)) return nullptr;    // killed on its way to us
    if (!process) process = population.adopt(pid_here);
    if (process && population.is_another_first(*process)) return std::nullopt;
    return process ? population.welcome(hello, *process, gates != Gates::Open) : nullptr;
}

}  // namespace ipcscope
