// Threads that pthread_create makes. It returns twice, as fork does: in the one that called, and as the first thing that is
// seen of the new thread. The two are told together by the thread's pthread_t, whichever comes first.
#include <pthread.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

std::uint64_t handle_of(const Trace& trace, const Event& exit) {
    const std::optional<Chunk> chunk = trace.chunk(exit, position_of(CallId::pthread_create, Role::ThreadOut));
    std::uint64_t handle = 0;
    static_assert(sizeof(pthread_t) == sizeof handle);
    if (chunk && chunk->bytes.size() == sizeof handle) std::memcpy(&handle, chunk->bytes.data(), sizeof handle);
    return handle;
}

}  // namespace

void Fold::starts_thread_result(const Call& call) {
    const std::uint64_t handle = call.has_failed() ? 0 : handle_of(trace, event);
    if (handle == 0) return;
    const auto start = static_cast<std::uint64_t>(call.argument(Role::StartRoutine));
    for (const ThreadId id : call.process.threads) {
        Thread& made = model.threads_[id];
        if (made.handle != handle || made.start != 0) continue;
        made.start = start;
        return;
    }
    std::erase_if(call.process.started, [&](const StartedThread& started) { return started.handle == handle; });
    call.process.started.push_back({handle, start});
}

void Fold::begin_thread() {
    Thread* const here = thread();
    Process* const owner = process();
    const std::uint64_t handle = handle_of(trace, event);
    if (!here || !owner || handle == 0) return surprise();
    for (const ThreadId id : owner->threads)
        if (model.threads_[id].handle == handle) model.threads_[id].handle = 0;   // an older one, gone
    here->handle = handle;
    const auto started = std::ranges::find(owner->started, handle, &StartedThread::handle);
    if (started != owner->started.end()) {
        here->start = started->start;
        owner->started.erase(started);
    }
    note_change({.process = owner->id, .at = index});
}

// The kernel has already ended the thread when pthread_join returns, though its own ThreadEnded may come later.
void Fold::joins_thread_result(const Call& call) {
    if (call.has_failed()) return;
    const auto handle = static_cast<std::uint64_t>(call.argument(Role::ThreadHandle));
    for (const ThreadId id : call.process.threads) {
        Thread& joined = model.threads_[id];
        if (joined.handle != handle) continue;
        if (joined.state != ThreadState::Ended) end_thread(joined);
        joined.handle = 0;
    }
    std::erase_if(call.process.started, [&](const StartedThread& started) { return started.handle == handle; });
    note_change({.process = call.process.id, .at = index});
}

}  // namespace ipcscope
