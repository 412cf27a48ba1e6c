#include "tests/trace/random_trace.h"

#include <algorithm>
#include <iterator>

namespace ipcscope {

Trace random_trace(std::uint32_t seed, EventIndex count) {
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t limit) { return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random); };
    Trace trace;
    EventBatch batch;
    for (EventIndex i = 0; i < count; ++i) {
        Event event;
        event.kind = static_cast<EventKind>(below(static_cast<std::uint32_t>(last_event_kind) + 1));
        event.stamp = i * 10ull + below(10);
        event.process = below(8) == 0 ? no_id : below(std::min(i + 1, 3u));
        event.thread = below(8) == 0 ? no_id : below(std::min(i + 1, 4u));
        event.flags = static_cast<std::uint8_t>(below(8));
        const bool has_call = event.kind == EventKind::Enter || event.kind == EventKind::Granted ||
                              event.kind == EventKind::Exit || event.kind == EventKind::Abandoned ||
                              event.kind == EventKind::Asleep || event.kind == EventKind::Awake;
        if (has_call) event.call = static_cast<std::uint16_t>(below(4));
        event.error = static_cast<std::int32_t>(below(2) * below(134));
        event.site = below(1u << 30);
        for (std::int64_t& value : event.value) value = static_cast<std::int64_t>(random()) << below(32);
        std::vector<std::string> texts(below(4));
        std::vector<EventBatch::Piece> pieces;
        for (std::string& text : texts) {
            std::generate_n(std::back_inserter(text), below(40), [&] { return static_cast<char>(below(256)); });
            pieces.push_back(
                {static_cast<std::uint8_t>(below(6)), std::as_bytes(std::span(text)), text.size() + below(2) * below(9)});
        }
        batch.add(event, pieces);
        if (below(5) == 0) {
            trace.append(batch);
            batch.clear();
        }
    }
    trace.append(batch);
    return trace;
}

bool is_same_event(const Event& one, const Event& other) {
    Event a = one, b = other;
    a.payload = b.payload = 0;
    return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace ipcscope
