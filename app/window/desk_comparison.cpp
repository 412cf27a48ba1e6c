// The desk's share of a comparison: which size is chosen, what is being measured, what has been.
#include <algorithm>

#include "app/views/side_views.h"
#include "app/window/desk.h"

namespace ipcscope {

namespace {

int comparison_pane() {
    const auto found = std::find_if(side_views.begin(), side_views.end(), [](const SideView& view) { return view.draw == draw_comparison; });
    return pane::first_side + static_cast<int>(found - side_views.begin());
}

// Nothing measured yet: the rows, waiting.
Compared unmeasured(const Comparison& comparison, std::size_t size) {
    Compared compared;
    compared.size = size;
    for (const Comparison::Row& row : comparison.rows) {
        ComparedRow& waiting = compared.rows.emplace_back();
        waiting.program = row.program;
        waiting.label = row.label;
    }
    return compared;
}

}  // namespace

void Desk::measure() {
    if (!player_ || !player_->lesson().comparison) return;
    show_pane(comparison_pane());
    if (comparing_) return comparing_->cancel();
    MeasureOptions options;
    options.size = comparison_.sizes[comparison_.chosen];
    comparing_ = std::make_unique<Comparing>(player_->lesson(), options, notify_);
}

void Desk::choose_size(int by) {
    if (!player_ || !player_->lesson().comparison) return;
    show_pane(comparison_pane());
    const int last = static_cast<int>(comparison_.sizes.size()) - 1;
    act(WantSize{std::clamp(static_cast<int>(comparison_.chosen) + by, 0, last)});
}

void Desk::show_comparison(std::size_t size, bool is_full) {
    if (!player_ || !player_->lesson().comparison) return;
    show_pane(comparison_pane());
    if (is_full) full_pane = comparison_pane();
    const auto chosen = std::find(comparison_.sizes.begin(), comparison_.sizes.end(), size);
    if (chosen != comparison_.sizes.end()) {
        comparison_.chosen = static_cast<std::size_t>(chosen - comparison_.sizes.begin());
        measure();
        comparing_->wait();
    }
    follow_comparison();
}

void Desk::follow_comparison() {
    std::erase_if(ending_, [](const auto& comparing) { return !comparing->is_running(); });
    if (!player_ || !player_->lesson().comparison) return;
    if (comparing_) {
        const bool has_ended = !comparing_->is_running();   // asked first: then what follows is the last word
        Compared compared = comparing_->snapshot();
        compared_[compared.size] = std::move(compared);
        if (has_ended) comparing_.reset();
    }
    const std::size_t size = comparison_.sizes[comparison_.chosen];
    const auto known = compared_.find(size);
    comparison_.compared = known != compared_.end() ? known->second : unmeasured(*player_->lesson().comparison, size);
    comparison_.running = 0;
    for (const auto& [measured, compared] : compared_)
        if (comparing_ && compared.is_running) comparison_.running = measured;
}

// Whoever leaves does not wait.
void Desk::leave_comparison() {
    if (comparing_) {
        comparing_->cancel();
        ending_.push_back(std::move(comparing_));
    }
    compared_.clear();
    comparison_ = {};
}

}  // namespace ipcscope
