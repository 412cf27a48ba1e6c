// A run as its users have it: the session, and the trace, model and call log folded from it, always in step. The window,
// the command line and the tests all stand on this.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/model/canonical.h"
#include "core/model/model.h"
#include "core/model/witness.h"
#include "core/session/session.h"
#include "core/trace/trace.h"

namespace ipcscope {

class Run {
 public:
    // `names`: of the processes, in the order of their birth; `threads`: of the threads that they make. `fields`: of places in
    // the memory that they map.
    static Result<std::unique_ptr<Run>> start(Launch launch, std::vector<std::string> names, std::function<void()> notify = {},
                                              std::vector<MemoryField> fields = {}, std::vector<std::string> threads = {});

    // Takes what is new, appends and folds it. True if anything was new. Never blocks.
    bool pump();
    // Pumps until the session is Quiet (and everything up to that Quiet is folded), Over, or the deadline passed.
    // False: the deadline passed.
    bool pump_until_quiet(std::chrono::milliseconds deadline);
    bool pump_until_over(std::chrono::milliseconds deadline);

    Session& session() { return *session_; }
    const Trace& trace() const { return trace_; }
    const Model& model() const { return model_; }
    const CallLog& log() const { return log_; }
    const std::vector<WitnessLine>& witnesses() const { return witnesses_; }  // as of the last Quiet
    std::uint64_t disagreements() const { return disagreements_; }            // witness lines that ever disagreed
    bool is_quiet() const { return is_quiet_; }       // the last Quiet folded answers all that was posted, and nothing has moved since
    bool is_over() const { return is_over_; }         // no process is left, and everything is folded

    // Posts, and remembers that it is not quiet any more.
    void post(Command command);

 private:
    void fold();                                      // what is in batch_
    template <class Condition>
    bool pump_until(std::chrono::milliseconds deadline, Condition&& is_met);

    std::unique_ptr<Session> session_;
    Trace trace_;
    Model model_;
    CallLog log_;
    std::vector<WitnessLine> witnesses_;
    std::uint64_t disagreements_ = 0;
    std::uint64_t commands_posted_ = 0;
    std::uint64_t commands_answered_ = 0;             // as the last Quiet said
    bool is_quiet_ = false;
    bool is_over_ = false;
    EventBatch batch_;
};

}  // namespace ipcscope
