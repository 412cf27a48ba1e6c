#include "core/trace/save.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace ipcscope {
namespace {

static_assert(std::endian::native == std::endian::little, "recordings are little-endian");

constexpr char magic[8] = {'i', 'p', 'c', 's', 'c', 'o', 'p', 'e'};
constexpr std::uint8_t known_flags = Flag::Held | Flag::Inside | Flag::Injected | Flag::Cut;
constexpr std::int32_t largest_errno = 4095;  // MAX_ERRNO of the kernel

class File {
 public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { close(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }
    bool close() { return descriptor_ < 0 || ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
    int descriptor_;
};

Failure failure_of_errno(const std::string& what, const std::string& path) {
    return Failure{path + ": " + what + ": " + strerrordesc_np(errno)};
}

bool write_all(int descriptor, const void* data, std::size_t size) {
    const char* from = static_cast<const char*>(data);
    while (size != 0) {
        const ssize_t written = ::write(descriptor, from, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        from += written;
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

bool write_recording(int descriptor, const Trace& trace) {
    RecordingHeader header{{}, recording_version, sizeof(Event), trace.size(), 0};
    std::memcpy(header.magic, magic, sizeof magic);
    for (EventIndex i = 0; i < trace.size(); ++i) header.payload_bytes += trace[i].payload_size;
    if (!write_all(descriptor, &header, sizeof header)) return false;

    constexpr std::size_t batch = 4096;
    std::vector<Event> events;
    std::uint64_t payload = 0;
    for (EventIndex i = 0; i < trace.size(); ++i) {
        Event& event = events.emplace_back(trace[i]);
        event.payload = event.payload_size == 0 ? 0 : payload;
        payload += event.payload_size;
        if (events.size() < batch && i + 1 < trace.size()) continue;
        if (!write_all(descriptor, events.data(), events.size() * sizeof(Event))) return false;
        events.clear();
    }
    std::vector<std::byte> bytes;
    for (EventIndex i = 0; i < trace.size(); ++i) {
        const std::span<const std::byte> chunk = trace.payload(trace[i]);
        bytes.insert(bytes.end(), chunk.begin(), chunk.end());
        if (bytes.size() < batch * sizeof(Event) && i + 1 < trace.size()) continue;
        if (!write_all(descriptor, bytes.data(), bytes.size())) return false;
        bytes.clear();
    }
    return true;
}

bool has_call(EventKind kind) {
    switch (kind) {
        case EventKind::Enter:
        case EventKind::Granted:
        case EventKind::Exit:
        case EventKind::Abandoned:
        case EventKind::Asleep:
        case EventKind::Awake:
            return true;
        default:
            return false;
    }
}

// What is wrong with this event, or null. `payload` is where its payload must begin.
const char* fault_of(const Event& event, const RecordingHeader& header, std::uint64_t payload) {
    if (event.kind > last_event_kind) return "an event of a kind that does not exist";
    if ((event.flags & ~known_flags) != 0) return "flags that do not exist";
    if (has_call(event.kind) ? !is_call(event.call) : event.call != 0) return "a call that does not exist";
    if (event.error < 0 || event.error > largest_errno) return "an error number that does not exist";
    if (event.process != no_id && event.process >= header.event_count) return "a process that cannot be";
    if (event.thread != no_id && event.thread >= header.event_count) return "a thread that cannot be";
    if (event.payload != (event.payload_size == 0 ? 0 : payload)) return "bytes in the wrong place";
    if (event.payload_size > header.payload_bytes - payload) return "bytes that are not there";
    return nullptr;
}

Failure damage(const std::string& name, std::uint64_t offset, const std::string& what) {
    return Failure{name + ": damaged at byte " + std::to_string(offset) + ": " + what + ". Record the run again."};
}

Result<RecordingHeader> header_from_bytes(std::span<const std::byte> file, const std::string& name) {
    RecordingHeader header;
    if (file.size() < sizeof header) return damage(name, file.size(), "it is too short for a recording");
    std::memcpy(&header, file.data(), sizeof header);
    if (std::memcmp(header.magic, magic, sizeof magic) != 0) return Failure{name + ": not a recording of ipcscope."};
    if (header.version != recording_version)
        return Failure{name + ": a recording of version " + std::to_string(header.version) + "; this ipcscope reads version " +
                       std::to_string(recording_version) + ". Open it with the ipcscope that made it."};
    if (header.event_size != sizeof(Event))
        return damage(name, offsetof(RecordingHeader, event_size), "events of another size");
    const std::uint64_t rest = file.size() - sizeof header;
    if (header.event_count >= no_id || header.event_count > rest / sizeof(Event))
        return damage(name, offsetof(RecordingHeader, event_count), "more events than the file can hold");
    if (header.payload_bytes != rest - header.event_count * sizeof(Event))
        return damage(name, offsetof(RecordingHeader, payload_bytes), "the file is not as long as it says");
    return header;
}

}  // namespace

Result<void> save_trace(const Trace& trace, const std::string& path) {
    const std::string partial = path + ".part";
    File file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.get() < 0) return failure_of_errno("cannot be made", partial);
    if (::fchmod(file.get(), 0600) != 0 || !write_recording(file.get(), trace) || !file.close() ||
        std::rename(partial.c_str(), path.c_str()) != 0) {
        const Failure failure = failure_of_errno("cannot be written", path);
        ::unlink(partial.c_str());
        return failure;
    }
    return {};
}

Result<Trace> load_trace(const std::string& path) {
    File file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));  // O_NONBLOCK: a FIFO must not make us wait
    if (file.get() < 0) return failure_of_errno("cannot be opened", path);
    struct stat status;
    if (::fstat(file.get(), &status) != 0) return failure_of_errno("cannot be read", path);
    if (!S_ISREG(status.st_mode)) return Failure{path + ": not a file."};
    std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure_of_errno("cannot be read", path);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    return trace_from_bytes(std::span(bytes).first(have), path);
}

Result<Trace> trace_from_bytes(std::span<const std::byte> file, const std::string& name) {
    const Result<RecordingHeader> checked = header_from_bytes(file, name);
    if (!checked) return checked.failure();
    const RecordingHeader& header = *checked;
    const std::span<const std::byte> events = file.subspan(sizeof header, header.event_count * sizeof(Event));
    const std::span<const std::byte> payloads = file.subspan(sizeof header + events.size());
    const auto event_at = [&](std::uint64_t i) {
        Event event;
        std::memcpy(&event, events.data() + i * sizeof(Event), sizeof event);
        return event;
    };

    Trace trace;
    std::uint64_t payload = 0;
    for (std::uint64_t i = 0; i < header.event_count; ++i) {
        const Event event = event_at(i);
        const std::uint64_t offset = sizeof header + i * sizeof(Event);
        if (const char* fault = fault_of(event, header, payload)) return damage(name, offset, fault);
        trace.append(event, payloads.subspan(payload, event.payload_size));
        if (trace.damaged() != 0) return damage(name, offset, "bytes that are no chunks, or a thread that cannot be");
        payload += event.payload_size;
    }
    if (payload != header.payload_bytes)
        return damage(name, file.size() - (header.payload_bytes - payload), "bytes of no event");
    for (std::uint64_t i = 0; i < header.event_count; ++i)
        if (event_at(i).pair != trace[static_cast<EventIndex>(i)].pair)
            return damage(name, sizeof header + i * sizeof(Event) + offsetof(Event, pair),
                          "a call paired with the wrong event");
    return trace;
}

}  // namespace ipcscope
