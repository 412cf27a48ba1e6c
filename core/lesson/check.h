// A whole lesson without anybody: every step, then every what-if in a run of its own. `ipcscope run` shows what is told
// here, `ipcscope check` counts it. A lesson that passes cannot lie.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/player.h"
#include "core/model/canonical.h"

namespace ipcscope {

// One thing to be told of a lesson on its way.
struct Telling {
    enum class Kind {
        Step,      // text = its title
        Question,  // text = a prediction's question
        Call,      // call; text = the canonical line, reason why it sleeps (or "")
        Other,     // what is no call: an end, a note, a loss. text = the line
        Output,    // text = bytes that came out at the programs' terminal
        Answer,    // a prediction's: text = the option that came true, reason = because
        WhatIf,    // text = its title
        Because,   // text = what the lesson says of a what-if
        Failure,   // text = what was not as the lesson says
    };
    Kind kind = Kind::Other;
    int number = 0;     // Step: from 1
    int goal_line = 0;  // Call, Other: the line in lesson.md of the goal that this met, 0 = none
    std::string text, reason;
    CanonicalCall call;
};

struct CheckReport {
    int goals = 0, goals_met = 0;
    int predictions = 0, what_ifs = 0;
    std::uint64_t witness_lines = 0, disagreements = 0;
    std::vector<std::string> failures;  // sentences with their places
    std::string impossible;             // why it could not be checked on this machine; "": it was
    bool passed() const { return !impossible.empty() || (failures.empty() && goals == goals_met && disagreements == 0); }
};

struct CheckOptions {
    std::function<void(const Telling&)> tell;  // as it comes; may be empty
    std::function<void(const Trace&)> keep;    // the run of the steps, when it is over; may be empty
    bool with_what_ifs = true;
    PlayerOptions player;
};

CheckReport check_lesson(const Lesson& lesson, const CheckOptions& options);

}  // namespace ipcscope
