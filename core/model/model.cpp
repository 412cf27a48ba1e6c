#include "core/model/model.h"

#include <algorithm>

namespace ipcscope {

const Pending* Thread::pending_of(EventIndex enter) const {
    const auto found = std::ranges::find(pending, enter, &Pending::enter);
    return found == pending.end() ? nullptr : &*found;
}

const Descriptor* Process::descriptor(int number) const {
    const auto found = std::ranges::lower_bound(descriptors, number, {}, &Descriptor::number);
    return found != descriptors.end() && found->number == number ? &*found : nullptr;
}

const Mapping* Process::mapping_at(std::uint64_t address) const {
    const auto behind = std::ranges::upper_bound(mappings, address, {}, &Mapping::address);
    return behind != mappings.begin() && (behind - 1)->contains(address) ? &*(behind - 1) : nullptr;
}

const Object* Model::object_in_memory(ProcessId id, std::uint64_t address) const {
    const Process* const owner = process(id);
    if (!owner) return nullptr;
    const Mapping* const mapping = owner->mapping_at(address);
    const bool is_shared = mapping && mapping->is_shared;
    if (is_shared && objects_[mapping->object].kind == ObjectKind::Semaphore) return &objects_[mapping->object];   // a named one
    const InMemory place = is_shared ? InMemory{mapping->object, no_id, mapping->offset + (address - mapping->address)} : InMemory{no_id, id, address};
    const auto found = object_in_memory_.find(place);
    return found == object_in_memory_.end() ? nullptr : &objects_[found->second];
}

const Object* Model::object_at(const std::string& path) const {
    const auto found = object_by_path_.find(path);
    return found == object_by_path_.end() ? nullptr : &objects_[found->second];
}

std::string ipc_path(const CallRow& row, int id) {
    for (const std::string_view family : {"msg", "sem", "shm"})
        if (row.name.starts_with(family)) return (family == "msg" ? "msq" : std::string(family)) + "id:" + std::to_string(id);
    return {};
}

const MemoryField* Model::field_at(std::uint64_t offset) const {
    const auto found = std::ranges::find_if(fields_, [offset](const MemoryField& field) { return offset - field.offset < size_of(field); });
    return found == fields_.end() ? nullptr : &*found;
}

std::string Model::name_of(ThreadId id) const {
    const Thread* const known = thread(id);
    const Process* const owner = known ? process(known->process) : nullptr;
    if (!owner) return "?";
    if (!known->name.empty()) return known->name;
    const auto position = std::ranges::find(owner->threads, id) - owner->threads.begin();
    return position == 0 ? owner->name : owner->name + '/' + std::to_string(position + 1);
}

const Thread* Model::thread_with_handle(ProcessId id, std::uint64_t handle) const {
    const Process* const owner = process(id);
    if (!owner || handle == 0) return nullptr;
    for (const ThreadId thread : owner->threads)
        if (threads_[thread].handle == handle) return &threads_[thread];
    return nullptr;
}

const Process* Model::process_named(std::string_view name) const {
    const auto found = std::ranges::find(processes_, name, &Process::name);
    return found == processes_.end() ? nullptr : &*found;
}

const OpenFile* Model::file_behind(ProcessId id, int number) const {
    const Process* const owner = process(id);
    const Descriptor* const found = owner ? owner->descriptor(number) : nullptr;
    return found ? &open_files_[found->file] : nullptr;
}

const Object* Model::object_behind(ProcessId id, int number) const {
    const OpenFile* const file = file_behind(id, number);
    return file ? &objects_[file->object] : nullptr;
}

std::vector<Model::Holder> Model::holders(ObjectId object, End end) const {
    std::vector<Holder> found;
    for (const Process& process : processes_)
        for (const Descriptor& descriptor : process.descriptors) {
            const OpenFile& file = open_files_[descriptor.file];
            if (file.object == object && (end == End::None || file.end == end || file.end == End::Both))
                found.push_back({process.id, descriptor.number});
        }
    return found;
}

std::vector<Model::Holder> Model::holders_of_other(const Object& object) const {
    return object.socket && object.socket->other < objects_.size() ? holders(object.socket->other, End::None) : std::vector<Holder>{};
}

bool Model::is_at_end(const Object& object) const {
    if (!object.socket || object.socket->other >= objects_.size()) return false;
    const Object& other = objects_[object.socket->other];
    return object.socket->is_reset || other.has_ended || (other.socket && other.socket->has_shut_writing);
}

std::vector<ThreadId> Model::waiters(ObjectId object) const {
    std::vector<ThreadId> found;
    for (const Thread& thread : threads_)
        if (thread.state == ThreadState::Asleep && thread.waits_for == object) found.push_back(thread.id);
    return found;
}

}  // namespace ipcscope
