#include "tests/session/scope.h"

#include <sys/wait.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace ipcscope {
namespace {

using namespace std::chrono_literals;
constexpr auto deadline = 20s;

std::string call_name(const Trace& trace, const Thread& thread) {
    return thread.calls.empty() ? "" : " " + std::string(row_of(static_cast<CallId>(trace[thread.calls.back()].call)).name);
}

}  // namespace

std::string program_path(const std::string& name) { return std::string(PROGRAMS_DIRECTORY) + "/" + name; }

Scope::Scope(const std::string& program, ScopeOptions options) {
    Launch launch;
    launch.argv = {program_path(program)};
    launch.argv.insert(launch.argv.end(), options.arguments.begin(), options.arguments.end());
    launch.is_held = options.is_held;
    launch.is_private = options.is_private;
    launch.reads_facts = options.reads_facts;
    launch.has_own_network = options.has_own_network;
    start(launch);
}

Scope::Scope(const Launch& launch) { start(launch); }

void Scope::start(const Launch& launch) {
    Result<std::unique_ptr<Run>> run = Run::start(launch, {"p0", "p1", "p2", "p3", "p4", "p5"});
    if (!run) throw std::runtime_error(run.sentence());
    run_ = std::move(*run);
    if (launch.is_held && !run_->pump_until_quiet(deadline)) throw std::runtime_error("not quiet after the start");
}

Scope::~Scope() {
    EXPECT_EQ(model().surprises(), 0u);
    EXPECT_LE(run_->disagreements(), disagreements_allowed);
    EXPECT_EQ(run_->trace().lost(), 0u);
    EXPECT_EQ(run_->trace().damaged(), 0u);
    if (!testing::Test::HasFailure() && std::uncaught_exceptions() == 0) return;
    for (const std::string& line : lines()) std::printf("    %s\n", line.c_str());
    for (const WitnessLine& line : run_->witnesses())
        if (!line.agrees) std::printf("    %s: the kernel says %s, the model %s\n", line.source.c_str(), line.kernel.c_str(), line.model.c_str());
}

void Scope::step(const std::string& name, const std::string& call) {
    if (state(name) != "gate " + call) throw std::runtime_error(name + " is \"" + state(name) + "\", where \"gate " + call + "\" was expected");
    post_and_wait(Step{thread(name).id});
}

void Scope::step_all() {
    for (;;) {
        const auto& threads = model().threads();
        const auto held = std::find_if(threads.begin(), threads.end(), [](const Thread& thread) { return thread.state == ThreadState::AtGate; });
        if (held == threads.end()) return;
        post_and_wait(Step{held->id});
    }
}

void Scope::post_and_wait(Command command) {
    run_->post(std::move(command));
    if (!run_->pump_until_quiet(deadline)) throw std::runtime_error("not quiet in time");
}

void Scope::wait_until_over() {
    if (!run_->pump_until_over(deadline) || !run_->is_over()) throw std::runtime_error("not over in time");
}

void Scope::wait_until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    EventBatch unused;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("it did not come about in time");
        if (!run_->pump()) std::this_thread::sleep_for(1ms);
    }
}

const Process& Scope::process(const std::string& name) const {
    const Process* const found = model().process_named(name);
    if (!found) throw std::runtime_error("no process " + name);
    return *found;
}

const Thread& Scope::thread(const std::string& name, std::size_t index) const { return *model().thread(process(name).threads.at(index)); }

std::string Scope::state(const std::string& name) const {
    if (!model().process_named(name)) return "not born";
    const Process& its = process(name);
    if (its.wait_status) {
        const int status = *its.wait_status;
        return WIFEXITED(status) ? "ended " + std::to_string(WEXITSTATUS(status)) : "killed " + std::to_string(WTERMSIG(status));
    }
    if (its.threads.empty()) return "running";
    const Thread& main = thread(name);
    switch (main.state) {
        case ThreadState::AtGate: return "gate" + call_name(run_->trace(), main);
        case ThreadState::Asleep: return "asleep" + call_name(run_->trace(), main);
        case ThreadState::InKernel: return "in" + call_name(run_->trace(), main);
        default: return "running";
    }
}

std::vector<std::string> Scope::lines() const {
    std::vector<std::string> lines;
    for (const CallLog::Entry& entry : run_->log().entries()) lines.push_back(entry.call.line());
    return lines;
}

bool Scope::has_line(const std::string& line) const {
    const std::vector<std::string> all = lines();
    return std::find(all.begin(), all.end(), line) != all.end();
}

std::vector<EventIndex> Scope::events(EventKind kind, const std::string& name) const {
    std::vector<EventIndex> found;
    const Trace& trace = run_->trace();
    for (EventIndex i = 0; i < trace.size(); ++i)
        if (trace[i].kind == kind && (name.empty() || trace[i].process == process(name).id)) found.push_back(i);
    return found;
}

std::string Scope::output() const {
    std::string all;
    for (const EventIndex index : events(EventKind::Output)) all += run_->trace().text(run_->trace()[index]);
    return all;
}

}  // namespace ipcscope
