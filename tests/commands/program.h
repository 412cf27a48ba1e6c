// A program run to its end, with what it wrote; with a deadline, after which it and its children are killed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ipcscope {

struct Finished {
    int status = -1;        // exit status, 128 + n for a signal
    bool was_late = false;  // killed at the deadline
    std::string out, err;
};

struct HowToRun {
    std::string input = {};
    std::vector<std::string> environment = {};  // "NAME=value", added
    std::chrono::milliseconds deadline{60'000};
    int signal = 0;            // sent to it …
    std::string signal_after = {};  // … as soon as this stands in its output
};

Finished run_program(const std::vector<std::string>& argv, const HowToRun& how = {});
Finished run_ipcscope(std::vector<std::string> arguments, const HowToRun& how = {});

}  // namespace ipcscope
