// Mapped memory: /proc/PID/maps, and the bytes that lie there.
#include <algorithm>
#include <cstdio>

#include "core/model/canonical.h"
#include "core/model/tell.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

const Process* living(const Model& model, ProcessId id) {
    const Process* const process = model.process(id);
    return process && process->state == ProcessState::Alive ? process : nullptr;
}

// "7f20c0000000, 8192 bytes from 0, PROT_READ|PROT_WRITE": a mapping of an object that is named by its inode.
std::string text_of_mapping(std::uint64_t address, std::uint64_t length, std::uint64_t offset, int protection, std::uint64_t inode) {
    char place[32];
    std::snprintf(place, sizeof place, "%llx", static_cast<unsigned long long>(address));
    return "inode " + std::to_string(inode) + " at " + place + ", " + counted(length, "byte") + " from " + std::to_string(offset) + ", " +
           text_of_flags(Role::Protection, protection);
}

std::string text_of(const Model& model, const Mapping& mapping) {
    return text_of_mapping(mapping.address, mapping.length, mapping.offset, mapping.protection, model.objects()[mapping.object].inode);
}

// What of the mapping lies in the line that the kernel wrote: it joins pages that lie side by side, in memory and in the object.
Mapping part_within(const Mapping& mapping, std::uint64_t begin, std::uint64_t end) {
    Mapping part = mapping;
    const std::uint64_t first = std::max(mapping.address, begin);
    part.offset += first - mapping.address;
    part.address = first;
    part.length = std::min(mapping.end(), end) - first;
    return part;
}

}  // namespace

void Witnesses::mapping(const Event& fact) {
    mappings.push_back(&fact);
    const Process* const process = living(model, fact.process);
    if (!process) return;
    const auto address = static_cast<std::uint64_t>(fact.value[1]), length = static_cast<std::uint64_t>(fact.value[2]);
    const auto offset = static_cast<std::uint64_t>(fact.value[3]), inode = static_cast<std::uint64_t>(fact.value[4]);
    const auto protection = static_cast<int>(fact.value[5]);
    WitnessLine line{proc(*process, "/maps"), text_of_mapping(address, length, offset, protection, inode), "nothing is mapped there", false, process->id, no_id};
    std::uint64_t known_until = address;
    for (const Mapping& mapping : process->mappings) {
        if (!mapping.is_shared || mapping.end() <= address || mapping.address >= address + length) continue;
        const Mapping part = part_within(mapping, address, address + length);
        const bool continues = part.address == known_until && part.offset == offset + (part.address - address) && part.protection == protection &&
                               model.objects()[part.object].inode == inode;
        line.object = part.object;
        line.model = text_of(model, part);
        if (!continues) break;
        known_until = part.end();
    }
    line.agrees = known_until == address + length;
    if (line.agrees) line.model = line.kernel;
    lines.push_back(std::move(line));
}

// What the kernel has not named before its count is not there.
void Witnesses::mapping_count(const Event& fact) {
    const Process* const process = living(model, fact.process);
    if (!process) return;
    for (const Mapping& mapping : process->mappings) {
        const auto shows = [&](const Event* line) {
            return line->process == process->id && mapping.address - static_cast<std::uint64_t>(line->value[1]) < static_cast<std::uint64_t>(line->value[2]);
        };
        if (mapping.is_shared && std::ranges::none_of(mappings, shows))
            lines.push_back({proc(*process, "/maps"), "nothing is mapped there", text_of(model, mapping), false, process->id, mapping.object});
    }
}

// A name in /dev/shm, and how long the object behind it is.
void Witnesses::shared_memory_name(const Event& fact) {
    if (fact.value[3] == 1) return;   // a semaphore's
    const std::string path = "/dev/shm" + std::string(trace.text(fact));
    const auto has_it = [&](const Object& object) { return object.kind == ObjectKind::SharedMemory && object.path == path && !object.is_unlinked; };
    const auto found = std::ranges::find_if(model.objects(), has_it);
    const bool is_there = fact.value[1] >= 0;
    if (found == model.objects().end()) {
        if (is_there) return;         // somebody else's, or found by other means than its name
        return add(fact, {path, "not there", "not there", true, no_id, no_id});
    }
    const std::string kernel = is_there ? counted(static_cast<std::uint64_t>(fact.value[1]), "byte") : "not there";
    const bool is_known = found->file_size.has_value();
    add(fact, {path, kernel, is_known ? counted(static_cast<std::uint64_t>(*found->file_size), "byte") : is_there ? kernel : not_known,
               is_there && (!is_known || *found->file_size == fact.value[1]), no_id, found->id});
}

// The model takes bytes from the kernel too, so this line can only say: it has understood where they lie.
void Witnesses::memory(const Event& fact) {
    const Process* const process = living(model, fact.process);
    const std::optional<Chunk> chunk = trace.chunk(fact, 0);
    if (!process || !chunk) return;
    const auto address = static_cast<std::uint64_t>(fact.value[1]);
    const Mapping* const mapping = process->mapping_at(address);
    if (!mapping || mapping->offset + (address - mapping->address) != 0) return;
    const Object& object = model.objects()[mapping->object];
    if (!object.bytes) return;
    constexpr std::size_t shown = 16;
    const std::string_view kernel(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
    const std::string_view known = std::string_view(object.bytes->now).substr(0, kernel.size());
    char place[64];
    std::snprintf(place, sizeof place, "process_vm_readv %llx", static_cast<unsigned long long>(address));
    lines.push_back({place, text_of_bytes(kernel, kernel.size(), shown), text_of_bytes(known, known.size(), shown), kernel == known, process->id, object.id});
}

}  // namespace ipcscope
