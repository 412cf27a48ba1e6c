#include "core/model/event_text.h"

#include <sys/timerfd.h>

#include <cstring>

#include "core/model/canonical.h"

namespace ipcscope {
namespace {

constexpr const char* not_told = "…";

template <class T>
std::optional<T> struct_from(const std::optional<Chunk>& chunk) {
    if (!chunk || chunk->bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, chunk->bytes.data(), sizeof value);
    return value;
}

std::string text_of_time(const timespec& time) {
    std::string text = std::to_string(time.tv_sec);
    if (time.tv_nsec == 0) return text + "s";
    std::string part = std::to_string(1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec) % 1'000'000'000).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    return text + '.' + part + "s";
}

}  // namespace

std::string text_of_count(const std::optional<Chunk>& count) {
    const auto told = struct_from<std::uint64_t>(count);
    return told ? '[' + std::to_string(*told) + ']' : not_told;
}

std::string text_of_signal_set(std::uint64_t set) {
    std::string text;
    for (int signal = 1; signal <= 64; ++signal)
        if (set >> (signal - 1) & 1) text += (text.empty() ? "" : " ") + text_of_signal(signal);
    return '[' + text + ']';
}

std::string text_of_signal_set(const std::optional<Chunk>& set) {
    const auto told = struct_from<std::uint64_t>(set);
    return told ? text_of_signal_set(*told) : not_told;
}

std::string text_of_timer(const std::optional<Chunk>& timer) {
    const auto told = struct_from<itimerspec>(timer);
    if (!told) return not_told;
    return "{it_interval=" + text_of_time(told->it_interval) + ", it_value=" + text_of_time(told->it_value) + "}";
}

std::string text_of_nanoseconds(std::int64_t ns) { return text_of_time({ns / 1'000'000'000, ns % 1'000'000'000}); }

}  // namespace ipcscope
