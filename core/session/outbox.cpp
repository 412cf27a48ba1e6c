#include "core/session/outbox.h"

namespace ipcscope {

Event Outbox::event(EventKind kind, ProcessId process, ThreadId thread) const {
    Event event;
    event.stamp = timebase_.ns_from_stamp(clock_now(timebase_.clock()));
    event.kind = kind;
    event.process = process;
    event.thread = thread;
    return event;
}

void Outbox::note(std::string_view sentence, ProcessId process) { fresh_.add(event(EventKind::Note, process), sentence); }

void Outbox::publish() {
    if (fresh_.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) {
            std::swap(queue_, fresh_);
        } else {
            const std::span<const std::byte> bytes(fresh_.bytes);
            for (const Event& event : fresh_.events) queue_.add_raw(event, bytes.subspan(event.payload, event.payload_size));
        }
        waiting_ = queue_.events.size();
    }
    fresh_.clear();
    changed_.notify_one();
    if (notify_) notify_();
}

void Outbox::close() {
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    changed_.notify_one();
    if (notify_) notify_();
}

bool Outbox::take(EventBatch& batch) {
    batch.clear();
    const std::lock_guard lock(mutex_);
    std::swap(batch, queue_);
    waiting_ = 0;
    return !batch.empty();
}

bool Outbox::wait(EventBatch& batch, std::chrono::milliseconds deadline) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, deadline, [&] { return is_closed_ || !queue_.empty(); });
    }
    return take(batch);
}

}  // namespace ipcscope
