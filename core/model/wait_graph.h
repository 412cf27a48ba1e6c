// The wait-for graph: who sleeps until whom does something. It crosses all kinds of things alike: a lock's waiter waits for
// its holders, a pipe's reader for whoever has a write end open, a parent in waitpid for its children.
//
// A thread is stuck when nobody is left who could wake it: all whom it waits for are asleep, and stuck themselves. Among them
// is always a cycle (a process may wait for itself). Signals from outside, a kill and a time-out can still help; a call with a
// time-out is never called stuck.
#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

namespace ipcscope {

struct Wait {
    ThreadId waiter = no_id;
    ObjectId at = no_id;               // the object where it sleeps; no_id: it waits for a process
    std::vector<ProcessId> on;         // in the order of their births; itself may be among them
    std::vector<ThreadId> on_threads;  // if only these can: a mutex's owner, a thread that is to be joined. `on`: their processes
    bool needs_all = false;            // all of them must act (a lock's holders); else any one of them can wake it
    bool is_stuck = false;

    bool operator==(const Wait&) const = default;
};

// One Wait for each thread that sleeps until some known process acts.
std::vector<Wait> wait_graph(const Trace& trace, const Model& model);

// "parent waits for child, child waits for parent: nobody is left who could wake them"; "" if nobody is stuck.
std::string sentence_of_stuck(const Model& model, const std::vector<Wait>& graph);

}  // namespace ipcscope
