// The desk's share of the learner's own socket: opened, told what to do, put away.
#include "app/views/endpoint_shown.h"
#include "app/window/desk.h"

namespace ipcscope {

namespace {

constexpr std::size_t most_lines = 2000;

}  // namespace

void Desk::act_on(const WantEndpoint& want) {
    endpoint_shown_->complaint.clear();
    switch (want.what) {
        case WantEndpoint::What::Open: return open_endpoint(want);
        case WantEndpoint::What::Close:
            follow_endpoint();
            endpoint_.reset();
            endpoint_shown_->is_open = false;
            return;
        case WantEndpoint::What::Order: {
            const auto order = read_endpoint_order(want.text);
            if (!order) endpoint_shown_->complaint = order.sentence();
            else if (endpoint_) endpoint_->order(*order);
        }
    }
}

// Other machines reach only what the learner has asked for twice.
void Desk::open_endpoint(const WantEndpoint& want) {
    EndpointShown& shown = *endpoint_shown_;
    const auto address = read_endpoint_address(want.kind, want.text);
    const bool was_asked = std::exchange(shown.asks_for_elsewhere, false);
    if (!address) return void(shown.complaint = address.sentence());
    if (!is_of_this_machine(*address) && !(was_asked && want.goes_anywhere)) {
        shown.asks_for_elsewhere = true;
        shown.complaint = text_of_address(*address) + (want.listens ? " can be reached by other machines" : " may be another machine") + ": endpoints stay on this one unless you say so once more";
        return;
    }
    EndpointPlan plan;
    plan.kind = want.kind;
    plan.listens = want.listens;
    plan.address = *address;
    auto opened = EndpointTalk::open(plan, notify_);
    if (!opened) return void(shown.complaint = opened.sentence());
    endpoint_ = *std::move(opened);
    shown.is_open = true;
    shown.plan = plan;
    shown.lines.clear();
    follow_endpoint();
}

void Desk::follow_endpoint() {
    if (!endpoint_) return;
    std::vector<EndpointLine>& lines = endpoint_shown_->lines;
    for (EndpointLine& line : endpoint_->take()) lines.push_back(std::move(line));
    if (lines.size() > most_lines) lines.erase(lines.begin(), lines.end() - most_lines / 2);
    endpoint_shown_->state = endpoint_->state();
}

void Desk::leave_endpoint() {
    endpoint_.reset();
    endpoint_shown_ = std::make_unique<EndpointShown>();
}

}  // namespace ipcscope
