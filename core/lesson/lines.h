// What is to be said of an event in an account of a run, line by line: `ipcscope run`, `check` and `trace` tell it like this.
#pragma once

#include <string>
#include <vector>

#include "core/lesson/matching.h"

namespace ipcscope {

struct AccountLine {
    const CallLog::Entry* entry = nullptr;  // of the call; or, for an end, a note, a loss, the event's own
    bool is_call = false;
    std::string reason;  // of a call that sleeps: why
};

// A call has a line when it returns, when it falls asleep (if it still sleeps), and when its process ends in it.
std::vector<AccountLine> lines_of(const Past& past, EventIndex index);

}  // namespace ipcscope
