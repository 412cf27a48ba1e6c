// System V shared memory: a memory object that is found by a key, and mapped by shmat.
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr std::uint64_t page = 4096;

std::uint64_t length_of(const Object& segment) { return segment.file_size ? static_cast<std::uint64_t>(std::max<std::int64_t>(*segment.file_size, 1)) : page; }

}  // namespace

std::uint64_t attachments(const Model& model, ObjectId segment) {
    std::uint64_t count = 0;
    for (const Process& process : model.processes())
        if (!process.borrows_memory) count += static_cast<std::uint64_t>(std::ranges::count(process.mappings, segment, &Mapping::object));
    return count;
}

// The one that the call is about; one that nobody was seen to make is known from now on.
ObjectId Fold::segment_of(const Call& call, int number) {
    const std::string path = ipc_path(row_of(call.id), number);
    const ObjectId known = object_of_path(path);
    if (known != no_id) return known;
    const ObjectId made = make_object(ObjectKind::SysVMemory, path);
    object(made).segment->id = number;
    object(made).is_uncertain = true;
    return made;
}

void Fold::makes_segment_result(const Call& call) {
    if (call.has_failed()) return;
    const auto number = static_cast<int>(call.result());
    const bool is_known = object_of_path(ipc_path(row_of(call.id), number)) != no_id;
    const ObjectId id = segment_of(call, number);
    if (!is_known) {
        Object& made = object(id);
        made.segment->key = static_cast<std::int32_t>(call.argument(Role::Key));
        const auto flags = call.argument(Role::IpcFlags);
        const bool has_no_key = made.segment->key == IPC_PRIVATE;
        if (has_no_key || ((flags & IPC_CREAT) != 0 && (flags & IPC_EXCL) != 0)) made.file_size = call.argument(Role::Size);
        made.is_uncertain = !has_no_key && (flags & IPC_CREAT) == 0;
    }
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::attaches_segment_result(const Call& call) {
    if (call.has_failed()) return;
    const ObjectId id = segment_of(call, static_cast<int>(call.argument(Role::IpcId)));
    const auto flags = call.argument(Role::AttachFlags);
    Mapping made;
    made.address = static_cast<std::uint64_t>(call.result());
    made.length = length_of(object(id));
    made.object = id;
    made.protection = PROT_READ | ((flags & SHM_RDONLY) != 0 ? 0 : PROT_WRITE) | ((flags & SHM_EXEC) != 0 ? PROT_EXEC : 0);
    made.is_shared = true;
    map(call.process, made);
}

// What the segment has at this address goes, in how many pieces it may be (ipc/shm.c).
void Fold::detaches_segment_result(const Call& call) {
    if (call.has_failed()) return;
    const auto address = static_cast<std::uint64_t>(call.argument(Role::Address));
    const auto is_part = [&](const Mapping& mapping) { return object(mapping.object).segment && mapping.address - mapping.offset == address; };
    for (;;) {
        const auto part = std::ranges::find_if(call.process.mappings, is_part);
        if (part == call.process.mappings.end()) return;
        unmap(call.process, part->address, part->length);
    }
}

void Fold::controls_segment_result(const Call& call) {
    const ObjectId id = object_of_path(ipc_path(row_of(call.id), static_cast<int>(call.argument(Role::IpcId))));
    if (call.has_failed() || id == no_id || !object(id).segment || call.argument(Role::SegmentCommand) != IPC_RMID) return;
    Object& marked = object(id);
    marked.segment->is_marked = marked.is_unlinked = true;
    marked.segment->key = IPC_PRIVATE;
    end_memory_if_unused(id);
    note_change({.process = call.process.id, .object = id, .at = index});
}

// The kernel's word: how long it is, where no call has told.
void Fold::segment_fact() {
    const ObjectId id = object_of_path("shmid:" + std::to_string(event.value[1]));
    if (id == no_id || !object(id).segment || object(id).file_size || event.value[3] < 0) return;
    object(id).file_size = event.value[3];
    const std::uint64_t length = (length_of(object(id)) + page - 1) & ~(page - 1);
    for (Process& process : model.processes_)
        for (Mapping& mapping : process.mappings)
            if (mapping.object == id && mapping.offset == 0 && mapping.length == page) mapping.length = length;
}

}  // namespace ipcscope
