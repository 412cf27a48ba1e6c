#include "core/session/endpoint_talk.h"

namespace ipcscope {
namespace {

constexpr std::size_t most_lines = 1000;              // that nobody has taken yet
constexpr std::size_t most_bytes = 256;               // of one event, written out

}  // namespace

Result<std::unique_ptr<EndpointTalk>> EndpointTalk::open(EndpointPlan plan, std::function<void()> notify) {
    std::unique_ptr<EndpointTalk> talk(new EndpointTalk(std::move(notify)));
    const auto opened = talk->desk_.open(std::move(plan), [talk = talk.get()](const EndpointEvent& event) { talk->tell(event); });
    if (!opened) return opened.failure();
    talk->note_state();
    talk->thread_ = std::thread([talk = talk.get()] { talk->desk_.run(); });
    return talk;
}

EndpointTalk::~EndpointTalk() {
    desk_.post([this] { desk_.stop(); });
    if (thread_.joinable()) thread_.join();
}

void EndpointTalk::order(EndpointOrder order) {
    desk_.post([this, order = std::move(order)] {
        const auto done = desk_.endpoint()->carry_out(order);
        if (done) return note_state();
        EndpointEvent refusal;
        refusal.at = std::chrono::system_clock::now();
        refusal.sentence = done.sentence();
        tell(refusal);
    });
}

void EndpointTalk::tell(const EndpointEvent& event) {
    {
        const std::lock_guard lock(mutex_);
        if (lines_.size() >= most_lines) lines_.erase(lines_.begin(), lines_.begin() + most_lines / 2);
        lines_.push_back({event.at, event.kind, event.peer, text_of_endpoint_event(event, most_bytes)});
    }
    note_state();
}

void EndpointTalk::note_state() {
    const Endpoint* const endpoint = desk_.endpoint();
    {
        const std::lock_guard lock(mutex_);
        state_ = {endpoint->local(), endpoint->plan().pace, endpoint->peers(), endpoint->is_over()};
    }
    if (notify_) notify_();
}

std::vector<EndpointLine> EndpointTalk::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
}

EndpointTalk::State EndpointTalk::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

}  // namespace ipcscope
