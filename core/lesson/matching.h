// A lesson's goals against what really happened.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "core/lesson/lesson.h"
#include "core/model/canonical.h"
#include "core/model/model.h"
#include "core/trace/trace.h"

namespace ipcscope {

// What has happened so far, as a Run has it.
struct Past {
    const Trace& trace;
    const Model& model;
    const CallLog& log;
};

// Events that goals were met by: each meets one goal. A process's end may meet two, that of the call which ended it
// (`_exit(0) ends`) and the plain one (`ends exited 0`).
class UsedEvents {
  public:
    bool has(EventIndex event, const Goal& goal) const { return used_.contains({event, goal.call.has_value()}); }
    void add(EventIndex event, const Goal& goal) { used_.insert({event, goal.call.has_value()}); }
    void clear() { used_.clear(); }

  private:
    std::set<std::pair<EventIndex, bool>> used_;
};

// The first event from `since` on that meets this goal and was not used; no_id if there is none. Calls that libraries made,
// and those that ipcscope put into the process, meet no goal.
EventIndex find_met(const Past& past, const Goal& goal, EventIndex since, const UsedEvents& used);

// The call, by its Enter, inside which the process of this Ended event ended; no_id if it was in none.
EventIndex call_ended_by(const Past& past, EventIndex ended);

// The thread of the goal's process that stands at the gate before a call like the goal's; no_id if there is none.
ThreadId thread_before(const Past& past, const Goal& goal);
// Any thread of this process that stands at the gate; no_id if there is none.
ThreadId thread_at_gate(const Past& past, const std::string& process);

// What this process is doing, in words: "it stands before close(4 pipe#1)", "it sleeps in read(3 pipe#1, …, 16): …",
// "it has ended: exited 0".
std::string what_it_does(const Past& past, const std::string& process);

// What came of the call that was made for this goal and did not meet it: "it returned: = 5", "it sleeps: the pipe is empty …".
std::string what_came_of(const Past& past, ThreadId thread);

}  // namespace ipcscope
