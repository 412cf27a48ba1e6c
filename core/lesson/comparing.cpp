#include "core/lesson/comparing.h"

#include <algorithm>

#include "core/lesson/player.h"

namespace ipcscope {

using State = ComparedRow::State;

std::size_t Compared::done() const {
    return static_cast<std::size_t>(std::ranges::count_if(rows, [](const ComparedRow& row) { return row.state == State::Done || row.state == State::Failed; }));
}

Comparing::Comparing(Lesson lesson, MeasureOptions options, std::function<void()> notify)
    : lesson_(std::move(lesson)), options_(options), notify_(std::move(notify)) {
    options_.cancel = &is_cancelled_;
    compared_.size = options_.size;
    compared_.is_running = true;
    for (const Comparison::Row& row : lesson_.comparison->rows) {
        ComparedRow& compared = compared_.rows.emplace_back();
        compared.program = row.program;
        compared.label = row.label;
    }
    worker_ = std::thread([this] { work(); });
}

Comparing::~Comparing() {
    cancel();
    wait();
}

void Comparing::wait() {
    if (worker_.joinable()) worker_.join();
}

Compared Comparing::snapshot() const {
    const std::lock_guard lock(mutex_);
    return compared_;
}

void Comparing::set(std::size_t row, State state, const Result<Measured>* measured) {
    {
        const std::lock_guard lock(mutex_);
        ComparedRow& compared = compared_.rows[row];
        compared.state = state;
        if (measured && *measured) compared.measured = **measured;
        if (measured && !*measured) compared.failure = measured->sentence();
    }
    if (notify_) notify_();
}

void Comparing::work() {
    const std::size_t count = lesson_.comparison->rows.size();
    for (std::size_t row = 0; row < count && !is_cancelled_; ++row) {
        set(row, State::Running);
        const Result<std::string> program = build_program(lesson_, lesson_.comparison->rows[row].program);
        const Result<Measured> measured = program ? measure(*program, options_) : Result<Measured>(program.failure());
        set(row, is_cancelled_ ? State::Waiting : measured ? State::Done : State::Failed, is_cancelled_ ? nullptr : &measured);
    }
    {
        const std::lock_guard lock(mutex_);
        compared_.is_running = false;
        compared_.was_cancelled = is_cancelled_;
    }
    is_running_.store(false, std::memory_order_release);
    if (notify_) notify_();
}

}  // namespace ipcscope
