// A lesson's comparison, measured: its programs are compiled, and then run one behind the other, each alone, by one worker thread.
// Nothing here waits but end of life: ask snapshot() as often as you like.
//
// The lesson's programs run: for a lesson that did not come with ipcscope, ask the user first.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/session/measure.h"

namespace ipcscope {

struct ComparedRow {
    enum class State { Waiting, Running, Done, Failed };
    std::string program, label;
    State state = State::Waiting;
    Measured measured;                   // Done
    std::string failure;                 // Failed: why, in words
};

struct Compared {
    std::size_t size = 0;                // bytes a message
    std::vector<ComparedRow> rows;
    bool is_running = false;
    bool was_cancelled = false;

    std::size_t done() const;            // rows that wait no more
};

class Comparing {
 public:
    // `lesson` has a comparison. `options.size` is one of its sizes, or any other; `options.cancel` is not used. `notify`: from the
    // worker thread, whenever the snapshot is another one.
    Comparing(Lesson lesson, MeasureOptions options, std::function<void()> notify = {});
    ~Comparing();                        // cancels, and waits until what runs is killed
    Comparing(const Comparing&) = delete;

    Compared snapshot() const;
    bool is_running() const { return is_running_.load(std::memory_order_acquire); }
    void cancel() { is_cancelled_.store(true, std::memory_order_relaxed); }
    void wait();                         // until it is done

 private:
    void work();
    void set(std::size_t row, ComparedRow::State state, const Result<Measured>* measured = nullptr);

    const Lesson lesson_;
    MeasureOptions options_;
    const std::function<void()> notify_;
    mutable std::mutex mutex_;
    Compared compared_;                  // under the mutex
    std::atomic<bool> is_cancelled_ = false, is_running_ = true;
    std::thread worker_;
};

}  // namespace ipcscope
