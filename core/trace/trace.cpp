#include "core/trace/trace.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace ipcscope {
namespace {

void append_chunk(std::vector<std::byte>& out, const EventBatch::Piece& piece, bool& was_cut) {
    const std::size_t length = std::min<std::size_t>(piece.bytes.size(), std::numeric_limits<std::uint16_t>::max());
    const std::size_t true_length = std::max(piece.true_length, piece.bytes.size());
    const ChunkHeader header{
        static_cast<std::uint32_t>(std::min<std::size_t>(true_length, std::numeric_limits<std::uint32_t>::max())),
        static_cast<std::uint16_t>(length), piece.argument, 0};
    was_cut |= length < true_length;
    const std::size_t at = out.size();
    out.resize(at + chunk_size(length));
    std::memcpy(out.data() + at, &header, sizeof header);
    if (length != 0) std::memcpy(out.data() + at + sizeof header, piece.bytes.data(), length);
}

bool is_row_of_chunks(std::span<const std::byte> payload) {
    while (!payload.empty())
        if (!take_chunk(payload)) return false;
    return true;
}

bool is_execution(const Event& enter) {
    return is_call(enter.call) && row_of(static_cast<CallId>(enter.call)).effect == Effect::Executes;
}

}  // namespace

void EventBatch::add(Event event, std::span<const Piece> pieces) {
    event.payload = bytes.size();
    bool was_cut = false;
    for (const Piece& piece : pieces) append_chunk(bytes, piece, was_cut);
    if (was_cut) event.flags |= Flag::Cut;
    event.payload_size = static_cast<std::uint32_t>(bytes.size() - event.payload);
    events.push_back(event);
}

void EventBatch::add(Event event, std::string_view text) {
    const Piece piece{0, std::as_bytes(std::span(text)), text.size()};
    add(event, std::span(&piece, 1));
}

void EventBatch::add_raw(Event event, std::span<const std::byte> payload) {
    event.payload = bytes.size();
    event.payload_size = static_cast<std::uint32_t>(payload.size());
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    events.push_back(event);
}

EventIndex Trace::append(const Event& event, std::span<const std::byte> payload) {
    assert(size_ < no_id);
    const EventIndex index = size();
    if (size_ % block_events == 0) blocks_.push_back(std::make_unique<Event[]>(block_events));
    Event& kept = at(index);
    kept = event;
    ++size_;
    keep_payload(kept, payload);
    pair_up(kept, index);
    if (event.kind == EventKind::Lost) lost_ += static_cast<std::size_t>(event.value[0]);
    return index;
}

void Trace::append(const EventBatch& batch) {
    const std::span<const std::byte> bytes(batch.bytes);
    for (const Event& event : batch.events) {
        if (event.payload > bytes.size() || event.payload_size > bytes.size() - event.payload) {
            ++damaged_;
            append(event, {});
        } else {
            append(event, bytes.subspan(event.payload, event.payload_size));
        }
    }
}

void Trace::keep_payload(Event& event, std::span<const std::byte> payload) {
    event.payload = 0;
    event.payload_size = 0;
    if (payload.empty()) return;
    if (payload.size() > block_bytes || !is_row_of_chunks(payload)) {
        ++damaged_;
        return;
    }
    if (bytes_.empty() || bytes_.back().size() + payload.size() > block_bytes) bytes_.emplace_back().reserve(block_bytes);
    std::vector<std::byte>& block = bytes_.back();
    event.payload = (bytes_.size() - 1) * block_bytes + block.size();
    event.payload_size = static_cast<std::uint32_t>(payload.size());
    block.insert(block.end(), payload.begin(), payload.end());
}

void Trace::pair_up(Event& event, EventIndex index) {
    event.pair = no_id;
    if (event.kind == EventKind::Image || event.kind == EventKind::Ended) {
        end_calls_of_process(event, index);
        return;
    }
    if (event.thread == no_id) return;
    // Ids are given out in order of birth, so an honest one is never larger than the number of events before it; without
    // this check a damaged recording could ask for any amount of memory.
    if (event.thread > index) {
        ++damaged_;
        return;
    }
    if (event.thread >= open_.size()) {
        open_.resize(std::size_t{event.thread} + 1);
        granted_.resize(open_.size(), no_id);
    }
    std::vector<EventIndex>& open = open_[event.thread];
    switch (event.kind) {
        case EventKind::Enter:
            open.push_back(index);
            break;
        case EventKind::Exit:
        case EventKind::Abandoned:
            for (std::size_t i = open.size(); i-- > 0;) {
                if (at(open[i]).call != event.call) continue;
                event.pair = open[i];
                at(event.pair).pair = index;
                open.resize(i);  // what was entered inside it did not return (siglongjmp)
                break;
            }
            break;
        case EventKind::Granted:
        case EventKind::Asleep:
        case EventKind::Awake:
            if (!open.empty()) event.pair = open.back();
            if (event.kind == EventKind::Granted) granted_[event.thread] = event.pair;
            break;
        case EventKind::Packet:
            event.pair = granted_[event.thread];
            break;
        case EventKind::ThreadEnded:
            open.clear();
            break;
        default:
            break;
    }
}

void Trace::end_calls_of_process(Event& event, EventIndex index) {
    for (std::vector<EventIndex>& open : open_) {
        if (open.empty() || at(open.back()).process != event.process) continue;
        if (event.kind == EventKind::Image && is_execution(at(open.back()))) {
            event.pair = open.back();
            at(event.pair).pair = index;
        }
        open.clear();
    }
}

std::span<const std::byte> Trace::payload(const Event& event) const {
    const std::size_t block = event.payload / block_bytes, first = event.payload % block_bytes;
    if (event.payload_size == 0 || block >= bytes_.size()) return {};
    const std::span<const std::byte> bytes(bytes_[block]);
    if (first > bytes.size() || event.payload_size > bytes.size() - first) return {};
    return bytes.subspan(first, event.payload_size);
}

std::optional<Chunk> Trace::chunk(const Event& event, int argument) const {
    std::span<const std::byte> rest = payload(event);
    while (const std::optional<Chunk> chunk = take_chunk(rest))
        if (chunk->argument == argument) return chunk;
    return std::nullopt;
}

std::string_view Trace::text(const Event& event, int argument) const {
    const std::optional<Chunk> found = chunk(event, argument);
    if (!found) return {};
    std::string_view text(reinterpret_cast<const char*>(found->bytes.data()), found->bytes.size());
    if (text.ends_with('\0')) text.remove_suffix(1);
    return text;
}

}  // namespace ipcscope
