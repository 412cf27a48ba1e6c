#include "core/session/quiet.h"

#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <charconv>

namespace ipcscope {
namespace {

constexpr std::chrono::milliseconds lasting{50};           // a D of this age is sleep
constexpr std::chrono::milliseconds look_interval{1};
constexpr std::chrono::milliseconds hello_patience{3000};  // how long a dynamic program may take to load

bool is_gone(const ObservedProcess& process, const ObservedThread& thread) {
    return thread.tid_here == 0 || (syscall(SYS_tgkill, process.pid_here, thread.tid_here, 0) != 0 && errno == ESRCH);
}

}  // namespace

// --- One thread ------------------------------------------------------------------------------------

bool Quiescence::sleeps(const ObservedProcess& process, ObservedThread& thread, const ProcStat& stat) const {
    thread.state = stat.state;
    if (stat.state != 'D') thread.uninterruptible_since = {};
    if (stat.is_exiting) return false;    // on its way out it may rest, but it will not stay
    if (stat.state == 'S' || stat.state == 'T') return true;
    if (stat.state != 'D') return false;
    if (has_vforked(process, thread)) return true;
    const auto now = std::chrono::steady_clock::now();
    if (thread.uninterruptible_since == SteadyTime{}) thread.uninterruptible_since = now;
    return now - thread.uninterruptible_since >= lasting;
}

bool Quiescence::has_vforked(const ObservedProcess& process, const ObservedThread& thread) const {
    if (!thread.is_in(Effect::Forks) || static_cast<CallId>(thread.calls.back().call) != CallId::vfork) return false;
    for (const auto& other : population_.alive())
        if (other->parent == process.id && other->id != no_id && other->id >= thread.calls.back().born_before) return true;
    return false;
}

Quiescence::Look Quiescence::look_first(ObservedProcess& process, ObservedThread& thread) {
    if (thread.tid_here == 0) return Look::Gone;
    // (A kernel without schedstat leaves us with the two looks at the state, which is nearly as good.)
    const std::uint64_t times_run = parse_times_run(thread.schedstat.read()).value_or(0);
    const std::optional<ProcStat> stat = parse_stat(thread.stat.read());
    if (!stat || stat->state == 'X' || (stat->state == 'Z' && stat->threads > 1)) return Look::Gone;
    if (stat->threads != static_cast<long>(process.threads.size()) && learn_threads(process)) return Look::Awake;
    if (!sleeps(process, thread, *stat)) return Look::Awake;
    thread.slept_at = times_run;
    return Look::Asleep;
}

Quiescence::Look Quiescence::look_again(const ObservedProcess& process, ObservedThread& thread) {
    const std::optional<ProcStat> stat = parse_stat(thread.stat.read());
    const bool is_asleep = stat && sleeps(process, thread, *stat) && parse_times_run(thread.schedstat.read()).value_or(0) == *thread.slept_at;
    if (is_asleep) return Look::Asleep;
    thread.slept_at.reset();
    return Look::Awake;
}

// --- All of them -----------------------------------------------------------------------------------

bool Quiescence::is_reached(bool is_patient) {
    if (population_.born() == 0) return false;    // a wrapper (strace …) is still on its way to the program
    const auto& processes = population_.alive();
    const auto is_moving = [](const auto& process) {
        return process->presence == Presence::Awaited || process->has_died || (process->presence == Presence::Seen && process->is_executing());
    };
    if (collector_.is_waiting() || std::any_of(processes.begin(), processes.end(), is_moving)) return false;

    for (const auto& process : processes) {
        if (process->presence != Presence::Seen) continue;
        for (std::size_t i = 0; i < process->threads.size(); ++i) {
            ObservedThread& thread = *process->threads[i];
            if (thread.slept_at) continue;
            const Look look = look_first(*process, thread);
            if (look == Look::Asleep) continue;
            if (look == Look::Gone) {
                end_thread(*process, thread);
            } else if (is_patient && thread.is_asleep) {
                Event event = out_.event(EventKind::Awake, process->id, thread.id);
                event.call = thread.calls.back().call;
                out_.fresh().add(event);
                thread.is_asleep = false;
            }
            return false;
        }
    }
    return lasts() && !adopt_children();
}

bool Quiescence::lasts() {
    has_sleepers_ = false;
    for (const auto& process : population_.alive()) {
        if (process->presence != Presence::Seen) {
            has_sleepers_ = true;
            continue;
        }
        for (const auto& thread : process->threads) {
            if (!thread->slept_at || look_again(*process, *thread) != Look::Asleep) return false;
            has_sleepers_ |= !thread->is_held();
        }
    }
    return collector_.collect() == 0 && !collector_.is_waiting();
}

void Quiescence::write_sleepers() {
    for (const auto& process : population_.alive()) {
        for (const auto& thread : process->threads) {
            if (thread->id == no_id || thread->calls.empty() || thread->is_held() || thread->is_asleep || !thread->slept_at) continue;
            thread->is_asleep = true;
            Event event = out_.event(EventKind::Asleep, process->id, thread->id);
            event.call = thread->calls.back().call;
            out_.fresh().add(event, wchan_of(process->pid_here, thread->tid_here));
        }
    }
}

void Quiescence::find_sleepers() {
    for (const auto& process : population_.alive()) {
        if (process->presence != Presence::Seen) continue;
        for (std::size_t i = 0; i < process->threads.size(); ++i) {
            ObservedThread& thread = *process->threads[i];
            if (thread.slept_at && look_again(*process, thread) == Look::Asleep) continue;
            thread.slept_at.reset();
            if (look_first(*process, thread) == Look::Gone) return end_thread(*process, thread);
        }
    }
    write_sleepers();
}

// Once all that it did is in the trace. (The last thread is left to the end of its process.)
void Quiescence::end_thread(ObservedProcess& process, ObservedThread& thread) {
    if (process.threads.size() > 1 && !collector_.has_records(process)) population_.end_thread(process, thread);
}

std::size_t Quiescence::find_ended_threads() {
    std::size_t looked_at = 0;
    for (const auto& process : population_.alive()) {
        std::vector<ObservedThread*> gone;
        for (std::size_t i = 1; i < process->threads.size(); ++i, ++looked_at)
            if (is_gone(*process, *process->threads[i])) gone.push_back(process->threads[i].get());
        if (gone.empty() || collector_.has_records(*process)) continue;
        for (ObservedThread* const thread : gone) population_.end_thread(*process, *thread);
    }
    return looked_at;
}

// The kernel counts another number of threads than we know. True: some were new, or gone.
bool Quiescence::learn_threads(ObservedProcess& process) {
    bool has_changed = false;
    const std::vector<pid_t> listed = threads_of(process.pid_here);
    for (const pid_t tid_here : listed) {
        const auto is_it = [&](const auto& thread) { return thread->tid_here == tid_here; };
        if (std::any_of(process.threads.begin(), process.threads.end(), is_it)) continue;
        const std::optional<ProcStat> stat = parse_stat(read_text(task_path(process.pid_here, tid_here, "stat")));
        if (!stat || stat->state == 'Z' || stat->state == 'X') continue;    // a leader that has ended before its threads stays listed
        const pid_t tid = inner_number(task_path(process.pid_here, tid_here, "status"));
        if (ObservedThread* known = process.thread_with(tid); known || tid == 0) continue;
        population_.add_thread(process, tid, tid_here);
        has_changed = true;
    }
    for (std::size_t i = 0; i < process.threads.size(); ++i) {
        if (!is_gone(process, *process.threads[i])) continue;
        end_thread(process, *process.threads[i]);
        return true;
    }
    return has_changed;
}

// --- Newcomers -------------------------------------------------------------------------------------

bool Quiescence::is_known_ended(pid_t pid_here) {
    const auto known = zombies_.find(pid_here);
    if (known == zombies_.end()) return false;
    const std::optional<ProcStat> stat = read_stat(pid_here);
    if (!stat || stat->state == 'Z' || stat->state == 'X') return true;
    zombies_.erase(known);
    return false;
}

bool Quiescence::adopt_from(std::string_view pids) {
    bool is_somebody_new = false;
    while (!pids.empty()) {
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(pids.data(), pids.data() + pids.size(), pid);
        if (error != std::errc{}) break;
        pids.remove_prefix(std::min<std::size_t>(static_cast<std::size_t>(end - pids.data()) + 1, pids.size()));
        if (population_.with_pid_here(pid) || population_.is_ignored(pid)) continue;
        if (is_known_ended(pid)) continue;
        is_somebody_new |= population_.adopt(pid) != nullptr;
    }
    return is_somebody_new;
}

bool Quiescence::adopt_orphans() {
    bool is_somebody_new = false;
    for (ProcFile& children : reapers_children_) is_somebody_new |= adopt_from(std::string(children.read()));
    return is_somebody_new;
}

bool Quiescence::adopt_children() {
    bool is_somebody_new = adopt_orphans();
    for (std::size_t i = 0; i < population_.alive().size(); ++i) {
        const ObservedProcess& process = *population_.alive()[i];
        if (process.presence != Presence::Seen) continue;
        for (const auto& thread : process.threads) is_somebody_new |= adopt_from(std::string(thread->children.read()));
    }
    return is_somebody_new;
}

bool Quiescence::is_child_unborn(const ObservedProcess& parent, pid_t child) {
    const auto is_there = [&] {
        return std::any_of(population_.alive().begin(), population_.alive().end(), [&](const auto& process) {
            return process->id == no_id && !process->has_died && process->host == parent.host && (child == 0 || process->pid == child);
        });
    };
    adopt_orphans();
    for (const auto& thread : parent.threads) adopt_from(std::string(thread->children.read()));
    if (is_there()) return true;
    // Its parent may have ended between the two looks: then it has moved to whoever adopts it.
    adopt_children();
    adopt_orphans();
    return is_there();
}

void Quiescence::look_after_awaited() {
    const auto now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < population_.alive().size(); ++i) {
        ObservedProcess& process = *population_.alive()[i];
        const bool is_executing = process.presence == Presence::Seen && process.is_executing();
        if ((process.presence != Presence::Awaited && !is_executing) || process.has_died || now - process.looked_at < look_interval) continue;
        process.looked_at = now;
        look_after(process, now);
    }
}

void Quiescence::look_after(ObservedProcess& process, SteadyTime now) {
    if (process.presence == Presence::Seen) {
        // Is it still the old program, in the middle of its execve?
        if (has_area_mapped(process.pid_here) || collector_.has_records(process)) return;
        process.presence = Presence::Awaited;
        process.awaited_since = now;
    }
    if (std::string program = read_link(proc_path(process.pid_here, "exe")); program != process.awaited_program) {
        process.awaited_program = std::move(program);
        process.awaited_since = now;
    }
    if (is_static_program(process.pid_here) || now - process.awaited_since >= hello_patience) population_.declare_unseen(process);
}

}  // namespace ipcscope
