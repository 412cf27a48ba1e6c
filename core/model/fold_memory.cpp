// Memory: what calls map, what of it is shared, and what lies where.
#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

#include "core/events/fact.h"
#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t most_bytes_known = 4096;   // of an object, from its beginning on

std::uint64_t whole_pages(std::uint64_t length) { return (length + page - 1) & ~(page - 1); }

// A piece of a mapping.
Mapping part_of(const Mapping& mapping, std::uint64_t begin, std::uint64_t end) {
    Mapping part = mapping;
    part.address = begin;
    part.length = end - begin;
    part.offset += begin - mapping.address;
    return part;
}

}  // namespace

// --- Mappings --------------------------------------------------------------------------------------

std::optional<MemoryPlace> Fold::object_at(const Process& process, std::uint64_t address) const {
    const Mapping* const mapping = process.mapping_at(address);
    if (!mapping || !mapping->is_shared) return std::nullopt;
    return MemoryPlace{mapping->object, mapping->offset + (address - mapping->address)};
}

void Fold::map(Process& process, Mapping mapping) {
    mapping.length = whole_pages(mapping.length);
    mapping.since = index;
    if (mapping.length == 0 || mapping.address + mapping.length < mapping.address) return surprise();
    unmap(process, mapping.address, mapping.length);
    process.mappings.insert(std::ranges::upper_bound(process.mappings, mapping.address, {}, &Mapping::address), mapping);
    note_change({.process = process.id, .object = mapping.object, .at = index});
}

// What is left of the mappings of this process outside of [address, address + length); inside they become what `inside` makes
// of them, or go.
void Fold::change_mappings(Process& process, std::uint64_t address, std::uint64_t length, const int* protection) {
    const std::uint64_t end = address + whole_pages(length);
    std::vector<Mapping> kept;
    std::vector<ObjectId> touched;
    for (const Mapping& mapping : process.mappings) {
        if (mapping.end() <= address || mapping.address >= end) {
            kept.push_back(mapping);
            continue;
        }
        const std::uint64_t first = std::max(address, mapping.address), last = std::min(end, mapping.end());
        if (mapping.address < first) kept.push_back(part_of(mapping, mapping.address, first));
        if (protection) {
            kept.push_back(part_of(mapping, first, last));
            kept.back().protection = *protection;
        }
        if (last < mapping.end()) kept.push_back(part_of(mapping, last, mapping.end()));
        touched.push_back(mapping.object);
    }
    process.mappings = std::move(kept);
    for (const ObjectId id : touched) {
        note_change({.process = process.id, .object = id, .at = index});
        end_memory_if_unused(id);
    }
}

void Fold::unmap(Process& process, std::uint64_t address, std::uint64_t length) { change_mappings(process, address, length, nullptr); }

// The process ends, or another program takes its place.
void Fold::unmap_all(Process& process) {
    const std::vector<Mapping> gone = std::move(process.mappings);
    process.mappings.clear();
    for (const Mapping& mapping : gone) {
        note_change({.process = process.id, .object = mapping.object, .at = index});
        end_memory_if_unused(mapping.object);
    }
    for (const auto& [place, id] : model.object_in_memory_)
        if (place.object == no_id && place.process == process.id) object(id).has_ended = true;
    std::erase_if(model.object_in_memory_, [&](const auto& entry) { return entry.first.object == no_id && entry.first.process == process.id; });
}

// A child has its parent's mappings. What is shared is the same, what is private is copied (when somebody writes to it, says the
// kernel; nobody can tell that from a copy made at once).
void Fold::copy_mappings(const Process& parent, Process& child) {
    child.mappings = parent.mappings;
    for (Mapping& mapping : child.mappings) {
        mapping.since = index;
        if (mapping.is_shared || object(mapping.object).kind != ObjectKind::PrivateMemory) continue;
        const ObjectId copy = make_object(ObjectKind::PrivateMemory, {});
        object(copy).bytes = object(mapping.object).bytes;
        object(copy).file_size = object(mapping.object).file_size;
        mapping.object = copy;
    }
}

// A memory object lives while it has a name, is open somewhere, or is mapped somewhere.
void Fold::end_memory_if_unused(ObjectId id) {
    Object& unused = object(id);
    if (!is_memory(unused.kind) || unused.has_ended) return;
    if (!unused.path.empty() && !unused.is_unlinked) return;
    if (unused.readers != 0 || unused.writers != 0) return;
    for (const Process& process : model.processes_)
        if (std::ranges::find(process.mappings, id, &Mapping::object) != process.mappings.end()) return;
    unused.has_ended = true;
    std::erase_if(model.object_by_path_, [&](const auto& entry) { return entry.second == id; });    // a segment is found by its id to the last
    for (const auto& [place, inside] : model.object_in_memory_)
        if (place.object == id) object(inside).has_ended = true;
    std::erase_if(model.object_in_memory_, [&](const auto& entry) { return entry.first.object == id; });
}

// --- Calls -----------------------------------------------------------------------------------------

void Fold::maps_result(const Call& call) {
    if (call.has_failed()) return;
    const auto flags = static_cast<int>(call.argument(Role::MapFlags));
    Mapping made;
    made.address = static_cast<std::uint64_t>(call.result());
    made.length = static_cast<std::uint64_t>(call.argument(Role::Size));
    made.protection = static_cast<int>(call.argument(Role::Protection));
    made.is_shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
    if ((flags & MAP_ANONYMOUS) != 0) {
        // What libraries take for their own use is no business of the programs'.
        if (!made.is_shared && (call.entry.flags & Flag::Inside) != 0) return unmap(call.process, made.address, made.length);
        made.object = make_object(made.is_shared ? ObjectKind::AnonymousMemory : ObjectKind::PrivateMemory, {});
        object(made.object).file_size = static_cast<std::int64_t>(whole_pages(made.length));
    } else {
        const OpenFile* const behind = file_behind(call.process, call.descriptor());
        if (!behind) {
            if (!call.process.takes_kernels_word) surprise();
            return;
        }
        made.object = behind->object;
        made.offset = static_cast<std::uint64_t>(call.argument(Role::Offset));
    }
    map(call.process, made);
}

void Fold::unmaps_result(const Call& call) {
    if (call.has_failed()) return;
    unmap(call.process, static_cast<std::uint64_t>(call.argument(Role::Address)), static_cast<std::uint64_t>(call.argument(Role::Size)));
}

void Fold::protects_result(const Call& call) {
    if (call.has_failed()) return;
    const auto protection = static_cast<int>(call.argument(Role::Protection));
    change_mappings(call.process, static_cast<std::uint64_t>(call.argument(Role::Address)), static_cast<std::uint64_t>(call.argument(Role::Size)), &protection);
}

void Fold::makes_memory_result(const Call& call) {
    if (call.has_failed()) return;
    const ObjectId made = make_object(ObjectKind::SharedMemory, {});
    object(made).file_size = 0;
    object(made).is_unlinked = true;   // it never has a name that anybody could open
    install(call.process, static_cast<int>(call.result()), make_file(made, O_RDWR), (call.argument(Role::MemfdFlags) & MFD_CLOEXEC) != 0);
}

// shm_open(3): the name is that of a file in /dev/shm, and the descriptor has FD_CLOEXEC.
std::string Fold::shared_path_of(const Call& call) {
    const std::string name = normal_path(trace.text(call.entry, position_of(call.id, Role::IpcName)));
    return "/dev/shm/" + name.substr(name.starts_with('/') ? 1 : 0);
}

void Fold::opens_shared_result(const Call& call) {
    if (call.has_failed()) return;
    const auto flags = static_cast<int>(call.argument(Role::OpenFlags));
    const std::string path = shared_path_of(call);
    ObjectId opened = object_of_path(path);
    const bool is_first = opened == no_id;
    if (is_first) opened = make_object(ObjectKind::SharedMemory, path);
    else if (object(opened).kind == ObjectKind::File) correct_kind(opened, ObjectKind::SharedMemory);
    if ((is_first && (flags & O_EXCL) != 0) || (flags & O_TRUNC) != 0) object(opened).file_size = 0;
    install(call.process, static_cast<int>(call.result()), make_file(opened, flags & (O_ACCMODE | O_NONBLOCK)), true);
}

void Fold::unlinks_shared_result(const Call& call) {
    if (!call.has_failed()) take_name_off(object_of_path(shared_path_of(call)));
}

void Fold::resizes_result(const Call& call) {
    if (call.has_failed()) return;
    OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind) {
        if (!call.process.takes_kernels_word) surprise();
        return;
    }
    Object& resized = object(behind->object);
    resized.file_size = call.argument(Role::Offset);
    if (resized.bytes && resized.bytes->now.size() > static_cast<std::uint64_t>(std::max<std::int64_t>(*resized.file_size, 0)))
        resized.bytes->now.resize(static_cast<std::size_t>(*resized.file_size));
    note_change({.process = call.process.id, .object = resized.id, .descriptor = call.descriptor(), .at = index});
}

void Fold::loads_result(const Call& call) {
    const Mapping* const mapping = call.process.mapping_at(static_cast<std::uint64_t>(call.argument(Role::Address)));
    if (mapping) note_change({.process = call.process.id, .object = mapping->object, .at = index});
}

void Fold::stores_result(const Call& call) {
    const auto address = static_cast<std::uint64_t>(call.argument(Role::Address));
    const auto size = static_cast<std::uint64_t>(call.argument(Role::Size));
    const Mapping* const mapping = call.process.mapping_at(address);
    if (!mapping) return;
    note_change({.process = call.process.id, .object = mapping->object, .at = index});
    const std::int64_t value = call.result();
    if (size <= sizeof value) know_bytes(mapping->object, mapping->offset + (address - mapping->address), {reinterpret_cast<const char*>(&value), size});
}

// --- What lies in memory -----------------------------------------------------------------------------

InMemory Fold::place_in_memory(const Process& process, std::uint64_t address) const {
    if (const std::optional<MemoryPlace> shared = object_at(process, address)) return {shared->object, no_id, shared->offset};
    return {no_id, process.id, address};
}

ObjectId Fold::find_in_memory(const Process& process, std::uint64_t address) const {
    const auto found = model.object_in_memory_.find(place_in_memory(process, address));
    return found == model.object_in_memory_.end() ? no_id : found->second;
}

ObjectId Fold::object_in_memory(const Process& process, std::uint64_t address, ObjectKind kind) {
    const ObjectId known = find_in_memory(process, address);
    if (known != no_id && object(known).kind == kind) return known;
    if (known != no_id) end_in_memory(known);
    const InMemory place = place_in_memory(process, address);
    const ObjectId made = make_object(kind, {});
    object(made).in_memory = place;
    model.object_in_memory_.emplace(place, made);
    return made;
}

void Fold::end_in_memory(ObjectId id) {
    Object& ended = object(id);
    ended.has_ended = true;
    if (!ended.in_memory) return;
    const auto found = model.object_in_memory_.find(*ended.in_memory);
    if (found != model.object_in_memory_.end() && found->second == id) model.object_in_memory_.erase(found);
}

// Bytes of an object as the kernel, or a store, tells them.
void Fold::know_bytes(ObjectId id, std::uint64_t offset, std::string_view bytes) {
    if (offset >= most_bytes_known || bytes.empty()) return;
    bytes = bytes.substr(0, most_bytes_known - offset);
    Object& known = object(id);
    const bool is_first = !known.bytes;
    if (is_first) known.bytes.emplace();
    KnownBytes& there = *known.bytes;
    const std::string_view same = offset < there.now.size() ? std::string_view(there.now).substr(offset, bytes.size()) : std::string_view{};
    if (same == bytes) return;
    const bool has_changed_before = there.changed != no_id && there.changed >= model.step_began_ && !model.is_step_over_;
    if (!has_changed_before) there.before = there.now;
    if (there.now.size() < offset + bytes.size()) there.now.resize(offset + bytes.size());
    there.now.replace(offset, bytes.size(), bytes);
    if (is_first) there.before = there.now;   // it is seen for the first time, and has not changed
    else there.changed = index;
}

// --- The kernel's word -------------------------------------------------------------------------------

void Fold::mapping_fact(Process& process) {
    const auto address = static_cast<std::uint64_t>(event.value[1]);
    const auto inode = static_cast<std::uint64_t>(event.value[4]);
    if (const Mapping* const known = process.mapping_at(address)) {
        if (known->is_shared && object(known->object).inode == 0) object(known->object).inode = inode;
        return;
    }
    if (!process.takes_kernels_word || event.value[2] <= 0) return;
    // A System V segment's inode is its id, and that may be 0.
    const std::string segment = trace.text(event).starts_with("/SYSV") ? "shmid:" + std::to_string(inode) : "";
    const auto is_it = [&](const Object& o) { return !o.has_ended && (o.segment ? o.path == segment : segment.empty() && o.inode == inode); };
    const auto same = std::ranges::find_if(model.objects_, is_it);
    Mapping adopted;
    adopted.object = same != model.objects_.end() ? same->id : make_object(segment.empty() ? ObjectKind::AnonymousMemory : ObjectKind::SysVMemory, segment);
    object(adopted.object).inode = inode;
    adopted.address = address;
    adopted.length = static_cast<std::uint64_t>(event.value[2]);
    adopted.offset = static_cast<std::uint64_t>(event.value[3]);
    adopted.protection = static_cast<int>(event.value[5]);
    adopted.is_shared = true;
    map(process, adopted);
}

void Fold::memory_fact(const Process& process) {
    const auto address = static_cast<std::uint64_t>(event.value[1]);
    const std::optional<Chunk> chunk = trace.chunk(event, 0);
    if (!chunk) return;
    const std::string_view bytes = bytes_of(*chunk);
    if (const Mapping* const mapping = process.mapping_at(address); mapping && (mapping->is_shared || is_memory(object(mapping->object).kind)))
        know_bytes(mapping->object, mapping->offset + (address - mapping->address), bytes);
    if (const ObjectId inside = find_in_memory(process, address); inside != no_id) {
        know_bytes(inside, 0, bytes);
        learn_lock(object(inside));
    }
    learn_semaphores();
}

}  // namespace ipcscope
