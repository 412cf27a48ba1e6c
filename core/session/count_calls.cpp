// The calls of one message: those of a run with one message less those of a run with none.
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>
#include <thread>

#include "core/model/socket.h"
#include "core/session/measure.h"
#include "core/session/run.h"

namespace ipcscope {
namespace {

constexpr int most_moves = 10'000;
constexpr std::chrono::milliseconds patience{500};

bool have_all_ended(const Model& model) {
    return std::ranges::all_of(model.processes(), [](const Process& process) { return process.state != ProcessState::Alive; });
}

// Who was born first goes first, as long as it can go at all.
ThreadId next_thread(const Model& model) {
    for (const Thread& thread : model.threads())
        if (thread.state == ThreadState::AtGate) return thread.id;
    return no_id;
}

// A sleeper may just be waking up, because of who has ended: that is seen a moment later.
ThreadId await_thread(Run& run) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (next_thread(run.model()) == no_id && !have_all_ended(run.model()) && !run.is_over() && std::chrono::steady_clock::now() < end) {
        run.pump();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return next_thread(run.model());
}

std::int64_t bytes_of_several(const Trace& trace, const CallRow& row, const Event& enter, const Event& exit) {
    const bool is_sent = row.effect == Effect::SendsSeveral;
    const std::vector<MessageParts> several = parts_of_several(trace.chunk(is_sent ? enter : exit, argument_with(row, is_sent ? Role::HeadersIn : Role::HeadersOut)));
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < std::min(several.size(), static_cast<std::size_t>(exit.value[0])); ++i) bytes += several[i].data_length;
    return static_cast<std::int64_t>(bytes);
}

std::int64_t bytes_through_kernel(const Trace& trace, const CallRow& row, const Event& enter, const Event& exit) {
    if (exit.error != 0 || exit.value[0] < 0) return 0;
    if (row.effect == Effect::SendsSeveral || row.effect == Effect::ReceivesSeveral) return bytes_of_several(trace, row, enter, exit);
    if (!is_send(row.effect) && !is_receive(row.effect)) return row.effect == Effect::AddsCount || row.effect == Effect::TakesCount ? 8 : 0;
    const int size = argument_with(row, Role::Size);
    return row.answer == Answer::Count || size < 0 ? exit.value[0] : enter.value[size];    // mq_send and msgsnd answer 0
}

CallCosts costs_of(const Trace& trace) {
    CallCosts costs;
    for (EventIndex index = 0; index < trace.size(); ++index) {
        const Event& event = trace[index];
        if (event.kind != EventKind::Exit || event.pair == no_id || !is_call(event.call) || event.flags & (Flag::Inside | Flag::Injected)) continue;
        const CallRow& row = row_of(static_cast<CallId>(event.call));
        costs.calls += row.made != Made::Announced;
        costs.system_calls += enters_kernel(row);
        costs.bytes_copied += static_cast<double>(bytes_through_kernel(trace, row, trace[event.pair], event));
    }
    return costs;
}

// "mq_open() fails EINVAL": the last call of the program that failed, if one has.
Failure failure_of(const Run& run, const std::string& otherwise) {
    for (auto entry = run.log().entries().rbegin(); entry != run.log().entries().rend(); ++entry)
        if (entry->is_call && entry->exit != no_id && run.trace()[entry->exit].error != 0)
            return {entry->call.name + "() fails " + strerrorname_np(run.trace()[entry->exit].error)};
    return {otherwise};
}

Result<CallCosts> run_observed(const std::string& program, const MeasureOptions& options, long count) {
    Launch launch;
    launch.argv = {program, std::to_string(options.size), std::to_string(count)};
    launch.has_own_directory = true;
    launch.is_private = options.is_private;
    launch.reads_facts = false;
    launch.capture_limit = 64;
    const Result<std::unique_ptr<Run>> started = Run::start(launch, {});
    if (!started) return started.failure();
    Run& run = **started;
    for (int move = 0; move < most_moves; ++move) {
        if (!run.pump_until_quiet(options.deadline)) return Failure{"it did not come to rest under observation"};
        if (options.cancel && *options.cancel) return Failure{"it was cancelled"};
        const ThreadId next = await_thread(run);
        if (run.is_over() || have_all_ended(run.model())) break;
        if (next == no_id) return failure_of(run, "its processes sleep, and nobody is left to wake them");
        run.post(Step{next});
    }
    const Process* first = run.model().process(0);
    if (!first || first->wait_status != 0)
        return failure_of(run, first && first->wait_status ? "it ended: " + text_of_wait_status(*first->wait_status) : "it did not end");
    return costs_of(run.trace());
}

}  // namespace

bool enters_kernel(const CallRow& row) {
    switch (row.effect) {
        case Effect::Loads: case Effect::Stores: case Effect::Updates:
        case Effect::MakesSemaphore: case Effect::EndsSemaphore: case Effect::TakesPermit: case Effect::GivesPermit: case Effect::AsksSemaphore:
        case Effect::MakesLock: case Effect::EndsLock: case Effect::Locks: case Effect::LocksShared: case Effect::TriesLock:
        case Effect::TriesLockShared: case Effect::Unlocks: case Effect::Repairs: case Effect::WakesOne: case Effect::WakesAll: return false;
        default: return true;
    }
}

Result<CallCosts> count_calls(const std::string& program, const MeasureOptions& options) {
    const Result<CallCosts> one = run_observed(program, options, 1);
    if (!one) return one;
    const Result<CallCosts> none = run_observed(program, options, 0);
    if (!none) return none;
    return CallCosts{one->calls - none->calls, one->system_calls - none->system_calls, one->bytes_copied - none->bytes_copied};
}

}  // namespace ipcscope
