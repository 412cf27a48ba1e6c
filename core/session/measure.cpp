#include "core/session/measure.h"

#include <algorithm>

#include "core/model/canonical.h"
#include "core/session/bare_run.h"

namespace ipcscope {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr long first_count = 16, most_messages = 20'000'000;
constexpr double fastest_growth = 16;
constexpr std::chrono::milliseconds shortest{2};    // what is told from start and end at all
constexpr int most_rounds = 3;

// The runs of one program with messages of one size.
class Timing {
 public:
    Timing(const std::string& program, const MeasureOptions& options) : program_(program), options_(options) {}

    // What start and end take, without any message.
    Result<void> find_base() {
        std::vector<double> base;
        for (int i = 0; i < 5; ++i) {
            const Result<double> lasted = run(0, false);
            if (!lasted) return lasted.failure();
            base.push_back(*lasted);
        }
        const Figure start_and_end = figure_of(base);
        base_ = start_and_end.median;
        noise_ = std::max(Seconds(shortest).count(), start_and_end.most - start_and_end.least);
        return {};
    }

    // Seconds a message; or a round trip, if `is_echo`.
    Result<Figure> seconds_each(bool is_echo) {
        count_ = options_.count > 0 ? options_.count : first_count;
        for (int round = 0;; ++round) {
            if (options_.count == 0)
                if (const Result<void> found = find_count(is_echo); !found) return found.failure();
            const Result<Figure> all = seconds_of_all(is_echo);
            if (!all) return all.failure();
            if (all->median >= noise_) {
                const auto count = static_cast<double>(count_);
                return Figure{all->median / count, all->least / count, all->most / count};
            }
            // Chosen by hand, or when something else had held the machine up.
            if (options_.count > 0 || round == most_rounds)
                return Failure{std::to_string(count_) + " messages take so little time that it cannot be told from the program's start; take more"};
            count_ *= 4;
        }
    }

    long count() const { return count_; }
    bool was_private() const { return was_private_; }

 private:
    Result<double> run(long count, bool is_echo) {
        BareLaunch launch{{program_, std::to_string(options_.size), std::to_string(count)}, options_.is_private, options_.has_one_processor, options_.deadline,
                          options_.cancel};
        if (is_echo) launch.argv.push_back("echo");
        const Result<BareEnd> end = run_bare(launch);
        if (!end) return end.failure();
        if (end->how == BareEnd::How::Cancelled) return Failure{"it was cancelled"};
        if (end->how == BareEnd::How::Late)
            return Failure{"it did not end within " + std::to_string(options_.deadline.count() / 1000.0).substr(0, 3) + " s with " + std::to_string(count) +
                           " messages, and was killed"};
        if (end->status != 0) return Failure{"it ended: " + text_of_wait_status(end->status)};
        was_private_ = end->was_private;
        return Seconds(end->lasted).count();
    }

    // Of the timed runs: without start and end.
    Result<Figure> seconds_of_all(bool is_echo) {
        std::vector<double> all;
        for (int i = 0; i < options_.repetitions + 1; ++i) {
            const Result<double> lasted = run(count_, is_echo);
            if (!lasted) return lasted.failure();
            if (i > 0) all.push_back(std::max(*lasted - base_, 1e-9));
        }
        return figure_of(all);
    }

    // From `count_` on, until it takes long enough, and does so twice: once may be an accident.
    Result<void> find_count(bool is_echo) {
        const double wanted = Seconds(options_.time_a_run).count();
        for (int times = 0; times < 2 && count_ < most_messages;) {
            const Result<double> lasted = run(count_, is_echo);
            if (!lasted) return lasted.failure();
            const double took = *lasted - base_;
            if (took >= wanted / 2) {
                ++times;
                continue;
            }
            times = 0;
            count_ = std::min(most_messages, static_cast<long>(static_cast<double>(count_) * std::clamp(wanted / std::max(took, 1e-6), 1.5, fastest_growth)));
        }
        return {};
    }

    const std::string& program_;
    const MeasureOptions& options_;
    double base_ = 0, noise_ = 0;    // of start and end: what they take, and by how much that varies
    long count_ = 0;
    bool was_private_ = false;
};

}  // namespace

Figure figure_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}

Result<Measured> measure(const std::string& program, const MeasureOptions& options) {
    Measured measured;
    const Result<CallCosts> costs = count_calls(program, options);
    if (!costs) return costs.failure();
    measured.costs = *costs;
    Timing timing(program, options);
    if (const Result<void> found = timing.find_base(); !found) return found.failure();
    const Result<Figure> trip = timing.seconds_each(true);
    if (!trip) return trip.failure();
    measured.latency_ns = {trip->median * 0.5e9, trip->least * 0.5e9, trip->most * 0.5e9};
    const Result<Figure> each = timing.seconds_each(false);
    if (!each) return each.failure();
    const auto size = static_cast<double>(options.size);
    measured.bytes_a_second = {size / each->median, size / each->most, size / each->least};
    measured.messages = timing.count();
    measured.was_private = timing.was_private();
    return measured;
}

}  // namespace ipcscope
