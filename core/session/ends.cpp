// The ends of processes: when they are noticed, in which order they stand in the trace, with which status.
#include <poll.h>

#include <algorithm>

#include "core/session/impl.h"
#include "core/session/pidfd.h"

namespace ipcscope {

void Session::Impl::find_the_dead() {
    for (const auto& process : population.alive()) process->has_died |= has_ended(process->pidfd.get());
}

bool Session::Impl::is_somebody_leaving() {
    return std::any_of(population.alive().begin(), population.alive().end(), [](const auto& process) {
        const std::optional<ProcStat> stat = read_stat(process->pid_here);
        return !process->has_died && (!stat || stat->is_exiting || process->is_executing());
    });
}

// A process ends in the trace when all that it did is there. (Its end can be noticed while something older still waits for its
// own cause.)
bool Session::Impl::end_the_dead() {
    bool are_all_ended = true;
    for (std::size_t i = 0; i < population.alive().size();) {
        ObservedProcess& process = *population.alive()[i];
        const bool is_done = process.has_died && !collector.has_records(process);
        if (is_done && process.id == no_id && collector.is_birth_ahead(process.pid, process.host)) {
            ++i;    // not before it is born
            continue;
        }
        if (is_done) {
            end_process(process);
            continue;
        }
        are_all_ended &= !process.has_died;
        ++i;
    }
    return are_all_ended;
}

void Session::Impl::end_process(ObservedProcess& process) {
    if (launch.reads_facts) facts->tell_unseen(process);
    const int status = status_of(process);
    const pid_t pid_here = process.pid_here;
    quiescence.remember_ended(pid_here);
    // Gone before its own number could be read: the fork that made it tells of it (Population::bear_stillborn).
    if (process.id == no_id && process.pid == 0) return population.forget(process);
    const ProcessId id = process.id == no_id ? population.born() : process.id;
    population.end(process, status);
    facts->remember_ended(id, pid_here);
}

// Who knows? The keeper, if the process is its child: it says so within a moment (on a loaded machine, a long one), and then
// the zombie is gone, too. Else the kernel while it is a zombie; the wait that reaped it, if that is on its way into the trace;
// the kernel later on (Linux 6.15).
int Session::Impl::status_of(ObservedProcess& process) {
    using namespace std::chrono_literals;
    const std::optional<ProcStat> stat = read_stat(process.pid_here);
    const bool is_keepers = stat && stat->parent == keeper_of(process).keeper.reaper();
    if (stat && stat->state == 'Z' && !is_keepers) return stat->exit_code;
    if (const std::optional<int> status = collector.status_from_wait(process.pid, process.host)) return *status;
    if (const std::optional<int> status = reported_status(process, is_keepers ? 2000ms : 0ms)) return *status;
    if (const std::optional<int> status = status_after_wait(process.pidfd.get())) return *status;
    if (const std::optional<int> status = reported_status(process, 50ms)) return *status;    // reaped, and about to be reported
    const std::optional<ProcStat> now = read_stat(process.pid_here);
    return now && now->state == 'Z' ? now->exit_code : -1;
}

std::optional<int> Session::Impl::reported_status(const ObservedProcess& process, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    Kept& one = keeper_of(process);
    Keeper& keeper = one.keeper;
    std::map<pid_t, int>& reaped = one.reaped;
    hear_keepers();
    while (!reaped.contains(process.pid) && !keeper.is_gone() && std::chrono::steady_clock::now() < end) {
        pollfd report{keeper.control(), POLLIN, 0};
        poll(&report, 1, 10);
        hear_keepers();
    }
    const auto known = reaped.find(process.pid);
    if (known == reaped.end()) return std::nullopt;
    const int status = known->second;
    reaped.erase(known);
    return status;
}

void Session::Impl::hear_keepers() {
    for (const auto& one : kept) {
        while (const std::optional<HeardReport> heard = one->keeper.hear()) {
            if (heard->report.what == KeeperSays::Reaped) one->reaped[heard->report.pid] = heard->report.status;
            if (heard->report.what == KeeperSays::AllGone) one->are_all_gone = true;
        }
        if (one->keeper.is_gone()) one->are_all_gone = true;
    }
}

bool Session::Impl::are_all_gone() const { return std::ranges::all_of(kept, &Kept::are_all_gone); }

void Session::Impl::listen_to(Kept& one) {
    one.control->async_wait(asio::posix::stream_descriptor::wait_read, [this, &one](const asio::error_code& error) {
        if (error) return;
        hear_keepers();
        if (!one.are_all_gone) listen_to(one);
    });
}

}  // namespace ipcscope
