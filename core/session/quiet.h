// Is the system quiescent: is every thread at the gate, asleep in the kernel, or ended?
//
// Never guessed. The rings tell what threads have done; whether one sleeps, only the kernel knows. A thread that is woken is
// made runnable inside the waker's system call, before that returns; so there is nobody "about to be woken". But threads
// can be looked at only one after the other, and while we look at the second, it may wake the first (a write that is longer
// than the pipe wakes the reader and then sleeps itself). So each thread is looked at twice:
//
//     all threads:  how often have you run? (schedstat)    what is your state? (stat)  asleep
//     all threads:  what is your state?  still asleep      how often have you run?     not since
//
// A thread that has not been on a processor between its two looks slept all the time in between; and there is a moment that
// lies between the two looks of all threads. At that moment all slept. (A first look stays good as long as its thread
// has not run, so usually only one thread is looked at twice.) Then nobody can have left a record, and one more sweep
// of the rings, which must find nothing, closes the proof.
//
// What is woken by no thread but by time, a terminal or a network can still move at any moment; so after the kernel was asked for
// facts all are looked at once more, and if somebody has run the facts are thrown away.
//
// S is sleep, T is stopped by a signal. D is not sleep but a moment's business with a disk or a lock, unless it lasts, or is that of
// vfork's parent, whose child is born; t is between two words of a debugger.
#pragma once

#include <set>

#include "core/session/collector.h"
#include "core/session/population.h"

namespace ipcscope {

class Quiescence {
 public:
    Quiescence(Population& population, Collector& collector, Outbox& out) : population_(population), collector_(collector), out_(out) {}

    // `is_patient`: it takes long already, so say who is awake again.
    bool is_reached(bool is_patient);
    // Is it still so? (Time, or somebody outside, may have woken a sleeper meanwhile.)
    bool lasts();
    // Writes an Asleep event for each call that a thread sleeps in, once per sleep. (The truth of it was found by is_reached.)
    void write_sleepers();
    // The same where nobody waits for quiescence (gates open): those that sleep now.
    void find_sleepers();
    bool has_sleepers() const { return has_sleepers_; }   // as of the last is_reached: somebody may wake without our doing

    // Newcomers, and processes that execute a new program: will their probe say hello? Called often; looks rarely.
    void look_after_awaited();
    // Who adopts orphans: one, or one a host.
    void add_reaper(pid_t reaper) { reapers_children_.push_back(ProcFile(task_path(reaper, reaper, "children"))); }
    // Threads that have ended give their rings back. Returns how many it looked at.
    std::size_t find_ended_threads();
    // A child of this process, or one that has lost its parent, is not born in the trace yet.
    bool is_child_unborn(const ObservedProcess& parent, pid_t child);
    void remember_ended(pid_t pid_here) { zombies_.insert(pid_here); }
    // … and it is that one still, not a new process with its number.
    bool is_known_ended(pid_t pid_here);

 private:
    enum class Look { Asleep, Awake, Gone };
    Look look_first(ObservedProcess& process, ObservedThread& thread);
    Look look_again(const ObservedProcess& process, ObservedThread& thread);
    bool sleeps(const ObservedProcess& process, ObservedThread& thread, const ProcStat& stat) const;
    bool has_vforked(const ObservedProcess& process, const ObservedThread& thread) const;
    bool learn_threads(ObservedProcess& process);
    bool adopt_children();
    bool adopt_from(std::string_view pids);
    bool adopt_orphans();
    void end_thread(ObservedProcess& process, ObservedThread& thread);
    void look_after(ObservedProcess& process, SteadyTime now);

    Population& population_;
    Collector& collector_;
    Outbox& out_;
    std::vector<ProcFile> reapers_children_;
    std::set<pid_t> zombies_;      // ended, and in the trace as such; still listed as somebody's children
    bool has_sleepers_ = false;
};

}  // namespace ipcscope
