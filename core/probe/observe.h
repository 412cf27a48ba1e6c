// One observed call: Enter, gate, the real call, Exit.
#pragma once

#include <errno.h>

#include <type_traits>
#include <utility>

#include "core/probe/capture.h"
#include "core/probe/gate.h"
#include "core/probe/own_memory.h"
#include "core/probe/resolve.h"
#include "core/probe/ring_writer.h"
#include "core/probe/start.h"

namespace ipcscope {

// Who calls is told by the return address. Honest limit: what a function of the program that libc called (a handler, a
// thread's first function, main) calls as its very last act may be compiled as a jump; then it looks like libc's own call.
inline bool is_from_program(const void* site) {
    const auto address = reinterpret_cast<std::uint64_t>(site);
    return address - process.main_begin < process.main_end - process.main_begin;
}

inline Reader reader_for(const ThreadState& thread, const Level& level, bool is_careful) {
    const std::uint32_t limit = level.header->capture_limit.load(std::memory_order_relaxed);
    return {limit, thread.pid, is_careful};
}

// What one side of a call carries: for each argument an extent (or none), and its bytes.
template <CallId id>
struct EnterSide {
    const Arguments<id>& arguments;
    const Reader& reader;

    template <std::size_t i>
    Extent extent_of() const {
        if constexpr (is_captured_in(row_of(id).argument[i].role)) return extent_in<id, i>(arguments, reader);
        else return {};
    }
    template <std::size_t i>
    void fill(char* to, std::size_t length) const {
        if constexpr (is_captured_in(row_of(id).argument[i].role)) copy_in<id, i>(to, length, arguments, reader);
    }
};

template <CallId id>
struct ExitSide {
    const Arguments<id>& arguments;
    const Reader& reader;
    std::int64_t result;
    int error;

    template <std::size_t i>
    Extent extent_of() const {
        if constexpr (is_captured_out(row_of(id).argument[i].role)) return extent_out<id, i>(arguments, result, error, reader);
        else return {};
    }
    template <std::size_t i>
    void fill(char* to, std::size_t length) const {
        if constexpr (is_captured_out(row_of(id).argument[i].role)) copy_out<id, i>(to, length, arguments, reader);
    }
};

template <std::size_t i, class Side>
inline char* write_chunk(char* to, const Extent& extent, const Side& side) {
    if (!extent.is_there) return to;
    const ChunkHeader header{extent.true_length, extent.length, i, 0};
    std::memcpy(to, &header, sizeof header);
    side.template fill<i>(to + sizeof header, extent.length);
    return to + chunk_size(extent.length);
}

// One record: the words, then a chunk for each argument that has an extent.
template <class Side, std::size_t... i>
inline void append_side(ThreadState& thread, Level& level, RecordHeader header, const std::uint64_t* words, std::size_t words_bytes,
                        const Side& side, std::index_sequence<i...>) {
    const Extent extents[sizeof...(i) + 1] = {side.template extent_of<i>()..., {}};
    std::size_t bytes = words_bytes;
    for (const Extent& extent : extents) {
        if (extent.is_there) bytes += chunk_size(extent.length);
        if (extent.length < extent.true_length) header.flags |= Flag::Cut;
    }
    append(thread, level, header, bytes, [&](char* to) {
        std::memcpy(to, words, words_bytes);
        to += words_bytes;
        ((to = write_chunk<i>(to, extents[i], side)), ...);
    });
}

template <CallId id>
inline void append_enter(ThreadState& thread, Level& level, std::uint8_t flags, const void* site, const Arguments<id>& arguments) {
    constexpr std::size_t count = Arguments<id>::count;
    const Reader reader = reader_for(thread, level, is_gate_closed(level));
    std::uint64_t words[1 + count] = {reinterpret_cast<std::uint64_t>(site)};
    for (std::size_t i = 0; i < count; ++i) words[1 + i] = arguments.word[i];
    append_side(thread, level, {0, RecordKind::Enter, flags, static_cast<std::uint16_t>(id), 0, 0}, words, sizeof words,
                EnterSide<id>{arguments, reader}, std::make_index_sequence<count>{});
}

template <CallId id>
inline void append_exit(ThreadState& thread, Level& level, std::uint8_t flags, std::int64_t result, int error, const Arguments<id>& arguments) {
    const Reader reader = reader_for(thread, level, false);
    const std::uint64_t word = static_cast<std::uint64_t>(result);
    append_side(thread, level, {0, RecordKind::Exit, flags, static_cast<std::uint16_t>(id), static_cast<std::uint16_t>(error), 0}, &word, sizeof word,
                ExitSide<id>{arguments, reader, result, error}, std::make_index_sequence<Arguments<id>::count>{});
}

// The errno of this answer, or 0.
template <CallId id, class R>
inline int error_of(R result) {
    constexpr Answer answer = row_of(id).answer;
    if constexpr (answer == Answer::Semaphore) return result == SEM_FAILED ? errno : 0;
    else if constexpr (std::is_pointer_v<R>) return reinterpret_cast<std::intptr_t>(result) == -1 ? errno : 0;
    else if constexpr (answer == Answer::Serial) return result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : result;
    else if constexpr (answer == Answer::Error) return result;
    else if constexpr (answer == Answer::Resolved) return 0;
    else return result == static_cast<R>(-1) && std::is_signed_v<R> ? errno : 0;
}

// The store that this thread was let through for has been made by now: its Exit. (accesses.cpp)
void finish_store(ThreadState& thread, Level& level);

// Records that the call was entered, and waits at the gate if it is the program's own and the gate is closed.
template <CallId id>
inline void enter(ThreadState& thread, Level& level, OpenCall& call, const void* site, const Arguments<id>& arguments) {
    if (thread.store_size != 0) [[unlikely]] finish_store(thread, level);
    call.outer = thread.innermost;
    call.call = id;
    call.depth = thread.depth;
    call.is_quiet = thread.is_quiet;
    call.is_entered = call.is_granted = call.must_return = false;
    call.verdict = Verdict::Go;
    handler_fence();
    thread.innermost = &call;
    const bool is_own = is_from_program(site);
    const bool is_held = is_own && is_gate_closed(level);
    const std::uint8_t flags = is_held ? Flag::Held : is_own ? 0 : Flag::Inside;
    append_enter<id>(thread, level, flags, site, arguments);
    call.is_entered = true;
    if (is_held) [[unlikely]] wait_at_gate(thread, call);
}

template <CallId id, class R>
inline void leave(ThreadState& thread, OpenCall& call, R result, int error, std::uint8_t flags, const Arguments<id>& arguments) {
    // Looked for again: in the child of a fork that a handler made, the ring is another one.
    if (Level* const level = level_of(thread)) append_exit<id>(thread, *level, flags, static_cast<std::int64_t>(word_from(result)), error, arguments);
    call.is_entered = false;
    handler_fence();
    thread.innermost = call.outer;
}

// A wait that nobody ended, as the standard allows it: the mutex is given back and taken again for real, and the answer is 0.
inline void wake_for_no_reason(pthread_mutex_t* mutex) {
    if (real.pthread_mutex_unlock(mutex) == 0) real.pthread_mutex_lock(mutex);
}

// `real` is called with the arguments, unless the session has said otherwise at the gate.
template <CallId id, class F, class... A>
inline auto observe(const void* site, F real_call, A... values) {
    using R = std::invoke_result_t<F, A...>;
    static_assert(sizeof...(A) == Arguments<id>::count, "a wrapper has the arguments of its row");
    ThreadState& thread = this_thread;
    Level* const level = level_of(thread);
    if (!level) [[unlikely]] return real_call(values...);

    Arguments<id> arguments{word_from(values)...};
    OpenCall call;
    enter<id>(thread, *level, call, site, arguments);
    if (call.verdict != Verdict::Go) [[unlikely]] {
        if (call.verdict == Verdict::Fail) {
            if constexpr (row_of(id).effect == Effect::AwaitsSignal)
                if (call.verdict_value == 0) wake_for_no_reason(arguments.template as<pthread_mutex_t*>(argument_with(row_of(id), Role::MutexAt)));
            R result{};
            if constexpr (answers_with_error(row_of(id).answer)) result = static_cast<R>(call.verdict_value);
            else {
                if constexpr (row_of(id).answer == Answer::Semaphore) result = SEM_FAILED;
                else if constexpr (std::is_pointer_v<R>) result = reinterpret_cast<R>(std::intptr_t{-1});
                else result = static_cast<R>(-1);
                errno = call.verdict_value;
            }
            leave<id>(thread, call, result, call.verdict_value, Flag::Injected, arguments);
            return result;
        }
        if constexpr (argument_with(row_of(id), Role::Size) >= 0) {
            // Only the number handed to the kernel is smaller: the Enter says what the program asked for.
            const auto shorten = [&]<class T>(T& value, std::size_t i) {
                if constexpr (std::is_unsigned_v<T>)
                    if (row_of(id).argument[i].role == Role::Size && value > static_cast<T>(call.verdict_value)) value = static_cast<T>(call.verdict_value);
            };
            std::size_t i = 0;
            (shorten(values, i++), ...);
        }
    }
    const R result = real_call(values...);
    if constexpr (is_noted<id>) {
        const std::int64_t answer = static_cast<std::int64_t>(word_from(result));
        if (answer != -1 && is_from_program(site)) note_own_memory<id>(arguments, answer);
    }
    leave<id>(thread, call, result, error_of<id>(result), call.verdict == Verdict::Shorten ? Flag::Injected : 0, arguments);
    return result;
}

}  // namespace ipcscope
