#include "core/session/memory_watch.h"

#include <sys/mman.h>
#include <sys/uio.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "core/events/area.h"
#include "core/events/fact.h"

namespace ipcscope {
namespace {

constexpr std::size_t most_places = 256;   // a process
constexpr std::size_t longest_maps = 1u << 22;

// A line of /proc/PID/maps: "7f0000000000-7f0000001000 rw-s 00000000 00:01 48812   /dev/shm/counter"
struct MapsLine {
    std::uint64_t begin, end, offset, inode;
    char protection[5];
    std::string device, path;

    bool is_shared() const { return protection[3] == 's'; }
    int protection_bits() const {
        return (protection[0] == 'r' ? PROT_READ : 0) | (protection[1] == 'w' ? PROT_WRITE : 0) | (protection[2] == 'x' ? PROT_EXEC : 0);
    }
};

std::optional<MapsLine> parse_maps_line(const std::string& text) {
    MapsLine line{};
    char device[16] = {};
    int path_at = 0;
    if (std::sscanf(text.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %15s %" SCNu64 " %n", &line.begin, &line.end, line.protection, &line.offset, device,
                    &line.inode, &path_at) < 6)
        return std::nullopt;
    line.device = device;
    if (path_at > 0) line.path = text.substr(static_cast<std::size_t>(path_at));
    return line;
}

}  // namespace

void watch(ObservedProcess& process, std::uint64_t address, std::size_t length) {
    const auto is_there = [&](const WatchedPlace& place) { return place.address == address; };
    const auto known = std::ranges::find_if(process.watched, is_there);
    if (known != process.watched.end()) known->length = std::max(known->length, length);
    else if (process.watched.size() < most_places) process.watched.push_back({address, length});
}

// Shared mappings are listed by the kernel; it joins private ones that lie side by side, so calls tell of those.
std::uint32_t watch_arguments(ObservedProcess& process, CallId call, const std::int64_t (&value)[6]) {
    const CallRow& row = row_of(call);
    for (std::size_t i = 0; i < row.argument_count; ++i)
        if (const std::size_t length = watched_bytes(row.argument[i].role); length != 0 && value[i] != 0)
            watch(process, static_cast<std::uint64_t>(value[i]), length);
    if (!maps(row.effect)) return 0;
    process.has_mapped = true;
    const int flags = argument_with(row, Role::MapFlags), length = argument_with(row, Role::Size);
    if (flags < 0 || length < 0 || (value[flags] & MAP_TYPE) != MAP_PRIVATE || (value[flags] & MAP_ANONYMOUS) == 0) return 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(value[length]), most_watched));
}

void MemoryWatch::read(const ObservedProcess& process) {
    if (process.has_mapped) read_mappings(process);
    for (const WatchedPlace& place : process.watched)
        read_bytes(process, place.address, place.length, {"process " + std::to_string(process.id), place.address});
}

void MemoryWatch::read_mappings(const ObservedProcess& process) {
    const std::string text = read_text(proc_path(process.pid_here, "maps"), longest_maps);
    std::int64_t count = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::optional<MapsLine> line = parse_maps_line(text.substr(begin, end - begin));
        begin = end + 1;
        if (!line || !line->is_shared() || line->path.starts_with("/memfd:ipcscope-area")) continue;
        ++count;
        Event event = out_.event(EventKind::Fact, process.id);
        const std::int64_t values[] = {static_cast<std::int64_t>(FactKind::Mapping), static_cast<std::int64_t>(line->begin),
                                       static_cast<std::int64_t>(line->end - line->begin), static_cast<std::int64_t>(line->offset),
                                       static_cast<std::int64_t>(line->inode), line->protection_bits()};
        std::ranges::copy(values, event.value);
        out_.fresh().add(event, line->path);
        const std::size_t length = std::min<std::size_t>(line->end - line->begin, most_watched);
        if (line->protection[0] == 'r') read_bytes(process, line->begin, length, {line->device + ' ' + std::to_string(line->inode), line->offset});
    }
    Event event = out_.event(EventKind::Fact, process.id);
    event.value[0] = static_cast<std::int64_t>(FactKind::MappingCount);
    event.value[1] = count;
    out_.fresh().add(event);
}

void MemoryWatch::read_bytes(const ObservedProcess& process, std::uint64_t address, std::size_t length, Key key) {
    std::string bytes(length, '\0');
    const iovec here{bytes.data(), length};
    const iovec there{reinterpret_cast<void*>(address), length};
    const ssize_t got = process_vm_readv(process.pid_here, &here, 1, &there, 1, 0);
    if (got <= 0) return;   // nothing is mapped there any more, or the object ends before it
    bytes.resize(static_cast<std::size_t>(got));
    if (fresh_.contains(key)) return;   // somebody else has it mapped, too
    const auto known = known_.find(key);
    const bool is_new = known == known_.end() || known->second != bytes;
    if (is_new) {
        Event event = out_.event(EventKind::Fact, process.id);
        event.value[0] = static_cast<std::int64_t>(FactKind::Memory);
        event.value[1] = static_cast<std::int64_t>(address);
        out_.fresh().add(event, bytes);
    }
    fresh_.insert_or_assign(std::move(key), std::move(bytes));
}

void MemoryWatch::keep() {
    for (auto& [key, bytes] : fresh_) known_.insert_or_assign(key, std::move(bytes));
    fresh_.clear();
}

}  // namespace ipcscope
