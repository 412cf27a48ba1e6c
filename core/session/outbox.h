// The queue of events on its way up: filled by the session's thread, emptied by its user's.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "core/session/area.h"
#include "core/trace/trace.h"

namespace ipcscope {

class Outbox {
 public:
    Outbox(const Timebase& timebase, std::function<void()> notify) : timebase_(timebase), notify_(std::move(notify)) {}

    // --- the session's thread
    // An event that happens now.
    Event event(EventKind kind, ProcessId process = no_id, ThreadId thread = no_id) const;
    EventBatch& fresh() { return fresh_; }            // what publish() will send up
    void note(std::string_view sentence, ProcessId process = no_id);
    void publish();
    // Nobody takes what is there: better to let the rings fill up (the probe waits, then counts) than the memory.
    bool is_full() const { return waiting_.load(std::memory_order_relaxed) >= limit; }
    void close();                                     // nothing more will come

    // --- its user's thread
    bool take(EventBatch& batch);
    bool wait(EventBatch& batch, std::chrono::milliseconds deadline);

 private:
    static constexpr std::size_t limit = 1u << 20;    // events

    const Timebase& timebase_;
    std::function<void()> notify_;
    EventBatch fresh_;

    std::mutex mutex_;
    std::condition_variable changed_;
    EventBatch queue_;                                // mutex_
    bool is_closed_ = false;                          // mutex_
    std::atomic<std::size_t> waiting_ = 0;            // queue_.events.size()
};

}  // namespace ipcscope
