#include "core/session/run.h"

#include <algorithm>

namespace ipcscope {
namespace {

constexpr std::chrono::milliseconds look_interval{50};    // at the session's state, which changes without an event only at the very end

// What may come after a Quiet, and it is still quiet.
bool is_no_movement(EventKind kind) { return kind == EventKind::Output || kind == EventKind::Note || kind == EventKind::Fact; }

}  // namespace

Result<std::unique_ptr<Run>> Run::start(Launch launch, std::vector<std::string> names, std::function<void()> notify, std::vector<MemoryField> fields,
                                        std::vector<std::string> threads) {
    Result<std::unique_ptr<Session>> session = Session::start(std::move(launch), std::move(notify));
    if (!session) return session.failure();
    auto run = std::make_unique<Run>();
    run->session_ = std::move(*session);
    run->model_.set_names(std::move(names));
    run->model_.set_fields(std::move(fields));
    run->model_.set_thread_names(std::move(threads));
    return run;
}

void Run::fold() {
    const EventIndex first = trace_.size();
    trace_.append(batch_);
    for (EventIndex index = first; index < trace_.size(); ++index) {
        model_.apply(trace_, index);
        log_.apply(trace_, model_, index);
        const Event& event = trace_[index];
        if (!is_no_movement(event.kind)) is_quiet_ = false;
        if (event.kind != EventKind::Quiet) continue;
        commands_answered_ = static_cast<std::uint64_t>(event.value[1]);
        witnesses_ = compare(trace_, model_);
        disagreements_ += static_cast<std::uint64_t>(std::count_if(witnesses_.begin(), witnesses_.end(), [](const WitnessLine& line) { return !line.agrees; }));
        is_quiet_ = commands_answered_ >= commands_posted_;
    }
}

// Over is set after the last event was sent up: asked first, one take has all there is.
bool Run::pump() {
    const bool is_last = session_->state() == Session::State::Over;
    const bool is_news = session_->take(batch_);
    if (is_news) fold();
    is_over_ = is_last;
    return is_news;
}

template <class Condition>
bool Run::pump_until(std::chrono::milliseconds deadline, Condition&& is_met) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    for (;;) {
        pump();
        if (is_met() || is_over_) return true;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        if (session_->wait(batch_, std::min(left, look_interval))) fold();
    }
}

bool Run::pump_until_quiet(std::chrono::milliseconds deadline) {
    return pump_until(deadline, [this] { return is_quiet_; });
}

bool Run::pump_until_over(std::chrono::milliseconds deadline) {
    return pump_until(deadline, [] { return false; });
}

void Run::post(Command command) {
    ++commands_posted_;
    is_quiet_ = false;
    session_->post(std::move(command));
}

}  // namespace ipcscope
