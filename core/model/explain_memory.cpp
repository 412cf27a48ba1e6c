#include "core/model/explain_memory.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

namespace ipcscope {
namespace {

std::string_view shared_name(const Told& told) { return told.trace.text(told.enter, argument_with(told.row, Role::IpcName)); }

std::string quoted(std::string_view text) { return text_of_bytes(text, text.size(), 256); }

// The object that this call has changed, as far as it is still there to be named.
const Object* changed_object(const Told& told) {
    for (const Change& change : told.model.changes())
        if (change.process == told.process.id && change.object != no_id && is_memory(told.model.objects()[change.object].kind))
            return &told.model.objects()[change.object];
    return nullptr;
}

// "counter", as the lesson calls it, or "memory#1+8".
std::string name_of_place(const Told& told) {
    const auto address = static_cast<std::uint64_t>(told.value(Role::Address));
    const Mapping* const mapping = told.process.mapping_at(address);
    if (!mapping) return "memory";
    const std::uint64_t offset = mapping->offset + (address - mapping->address);
    const std::string& object = told.model.objects()[mapping->object].name;
    if (const MemoryField* const field = told.model.field_at(offset)) return field->name + " in " + object;
    return object + (offset == 0 ? "" : '+' + std::to_string(offset));
}

std::string value_of(const Told& told) {
    return told.value(Role::Size) > 8 ? counted(static_cast<std::uint64_t>(told.value(Role::Size)), "byte") : std::to_string(told.result());
}

}  // namespace

std::string told_of_map(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Mapping* const mapping = told.process.mapping_at(static_cast<std::uint64_t>(told.result()));
    const std::string bytes = counted(static_cast<std::uint64_t>(told.value(Role::Size)), "byte");
    if (!mapping) return " mapped " + bytes + ".";
    const Object& object = told.model.objects()[mapping->object];
    const bool is_fresh = (told.value(Role::MapFlags) & MAP_ANONYMOUS) != 0;
    if (is_fresh && mapping->is_shared) return " made " + bytes + " of memory, " + object.name + ": a child made by fork will share it.";
    if (is_fresh) return " made " + bytes + " of memory of its own, " + object.name + ": a child made by fork will get a copy.";
    return " mapped " + bytes + " of " + object.name + (mapping->is_shared ? ": what it writes there, all who map it see." : ": what it writes there, nobody else sees.");
}

std::string told_of_unmap(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const object = changed_object(told);
    const std::string bytes = counted(static_cast<std::uint64_t>(told.value(Role::Size)), "byte");
    if (!object) return " unmapped " + bytes + ".";
    return " unmapped " + bytes + " of " + object->name + (object->has_ended ? "; nobody is left who has it: it is gone." : "; it lives on.");
}

std::string told_of_protect(const Told& told) {
    if (told.has_failed()) return failure(told);
    return " may do this with the memory there now: " + text_of_flags(Role::Protection, told.value(Role::Protection)) + ".";
}

std::string told_of_memfd(const Told& told) {
    if (told.has_failed()) return failure(told);
    return " made a memory object without a name: descriptor " + std::to_string(told.result()) + "; it has 0 bytes.";
}

std::string told_of_open_shared(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const object = told.model.object_behind(told.process.id, static_cast<int>(told.result()));
    const bool is_new = object && object->born > told.enter_index;
    return std::string(is_new && (told.value(Role::OpenFlags) & O_CREAT) != 0 ? " made and opened " : " opened ") + "the memory object " + quoted(shared_name(told)) +
           ": descriptor " + std::to_string(told.result()) + (object && object->file_size == 0 ? "; it has 0 bytes." : ".");
}

std::string told_of_unlink_shared(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const object = changed_object(told);
    const std::string sentence = " took the name " + quoted(shared_name(told)) + " away";
    if (!object) return sentence + ".";
    if (object->has_ended) return sentence + "; nobody has the object mapped or open: it is gone.";
    const auto maps = [&](const Process& process) { return std::ranges::find(process.mappings, object->id, &Mapping::object) != process.mappings.end(); };
    const auto count = static_cast<std::uint64_t>(std::ranges::count_if(told.model.processes(), maps));
    return sentence + (count == 0 ? "; the object lives on while it is open." : "; the object lives on: " + (count == 1 ? std::string("1 process maps it.") : std::to_string(count) + " processes map it."));
}

std::string told_of_resize(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const object = told.object();
    return " made " + (object ? object->name : "descriptor " + std::to_string(told.descriptor())) + " " +
           counted(static_cast<std::uint64_t>(told.value(Role::Offset)), "byte") + " long.";
}


std::string told_of_load(const Told& told) { return " loaded " + value_of(told) + " from " + name_of_place(told) + "."; }

std::string told_of_store(const Told& told) { return " stored " + value_of(told) + " in " + name_of_place(told) + "."; }

std::string told_of_update(const Told& told) { return " changed " + name_of_place(told) + " in one step; before, it was " + value_of(told) + "."; }

}  // namespace ipcscope
