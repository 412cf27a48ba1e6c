// Saving and loading a trace. A recording is somebody else's file: every field is checked on the way in, and a damaged one
// is an error that says where, never a crash. Files are made 0600, and appear under their name only when they are complete.
//
//   offset 0            32                                  32 + 96 * events
//   +-------------------+--------+--------+-- … --+---------+---------------------+
//   | RecordingHeader   | Event  | Event  |       | Event   | payload: all chunks |
//   +-------------------+--------+--------+-- … --+---------+---------------------+
//
// Little-endian. Event::payload counts from the beginning of the payload; payloads stand in the order of their events,
// without gaps; an event without one has 0 there.
#pragma once

#include <string>

#include "core/trace/result.h"
#include "core/trace/trace.h"

namespace ipcscope {

inline constexpr std::uint32_t recording_version = 1;

struct RecordingHeader {
    char magic[8];                // "ipcscope"
    std::uint32_t version;
    std::uint32_t event_size;     // sizeof(Event)
    std::uint64_t event_count;
    std::uint64_t payload_bytes;
};
static_assert(sizeof(RecordingHeader) == 32);

Result<void> save_trace(const Trace& trace, const std::string& path);
Result<Trace> load_trace(const std::string& path);

// The same, from bytes in memory; `name` stands in the error's sentence.
Result<Trace> trace_from_bytes(std::span<const std::byte> file, const std::string& name);

}  // namespace ipcscope
