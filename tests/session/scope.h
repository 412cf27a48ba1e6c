// A run under test: real programs, stepped by name, each wait with a deadline.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/session/run.h"

namespace ipcscope {

struct ScopeOptions {
    std::vector<std::string> arguments = {};
    bool is_held = true;
    bool is_private = true;
    bool reads_facts = true;
    bool has_own_network = true;
};

std::string program_path(const std::string& name);    // of tests/session/programs

// Processes are named p0, p1, … in the order of their birth. When it is destroyed, nothing may have been lost or surprising,
// and the kernel must have agreed with the model at every quiescence. What does not come about as wanted is thrown: what stands
// after it in a test may rely on it.
class Scope {
 public:
    explicit Scope(const std::string& program, ScopeOptions options = {});
    explicit Scope(const Launch& launch);
    ~Scope();

    Run& run() const { return *run_; }
    const Model& model() const { return run_->model(); }

    // Grants the held call of the main thread of this process, which must be a call of this name; ends in quiescence.
    void step(const std::string& process, const std::string& call);
    // Grants whoever is first at the gate, until nobody is there.
    void step_all();
    void post_and_wait(Command command);
    void wait_until_over();
    void wait_until(const std::function<bool()>& is_so);

    const Process& process(const std::string& name) const;
    const Thread& thread(const std::string& process, std::size_t index = 0) const;
    // "gate read", "asleep read", "running", "ended 7", "killed 9"
    std::string state(const std::string& process) const;
    std::vector<std::string> lines() const;
    bool has_line(const std::string& line) const;
    // Events of this kind, of this process if one is named.
    std::vector<EventIndex> events(EventKind kind, const std::string& process = "") const;
    std::string output() const;

    std::uint64_t disagreements_allowed = 0;

 private:
    void start(const Launch& launch);

    std::unique_ptr<Run> run_;
};

}  // namespace ipcscope
