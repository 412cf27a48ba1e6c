// System V shared memory in sentences.
#include <sys/shm.h>

#include <algorithm>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

const Object* segment_of(const Told& told, std::int64_t id) {
    const Object* const found = told.model.object_at(ipc_path(told.row, static_cast<int>(id)));
    return found && found->segment ? found : nullptr;
}

std::string name_of(const Object* segment, std::int64_t id) { return segment ? segment->name : "segment " + std::to_string(static_cast<int>(id)); }

std::string attached(const Told& told, const Object& segment) {
    const std::uint64_t count = attachments(told.model, segment.id);
    return count == 0 ? "nobody has it attached" : counted(count, "attachment") + (count == 1 ? " is there" : " are there");
}

// The segment that this call has changed, as far as it is still there to be named.
const Object* changed_segment(const Told& told) {
    const Object* changed = nullptr;
    for (const Change& change : told.model.changes())
        if (change.process == told.process.id && change.object != no_id && told.model.objects()[change.object].segment) changed = &told.model.objects()[change.object];
    return changed;
}

}  // namespace

std::string sentence_make_segment(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const segment = segment_of(told, told.result());
    const bool is_made = segment && segment->born > told.enter_index;
    const auto key = told.value(Role::Key);
    const bool is_size_known = is_made && segment->file_size;
    return std::string(is_made ? " has " : " has found ") + name_of(segment, told.result()) +
           (is_size_known ? " now, " + counted(static_cast<std::uint64_t>(*segment->file_size), "byte") + " of memory" : "") +
           (static_cast<key_t>(key) == IPC_PRIVATE ? " without a key" : " with the key " + text_of_flags(Role::Key, key)) + ": its id is " + std::to_string(told.result()) + ".";
}

std::string sentence_attach_segment(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const segment = segment_of(told, told.value(Role::IpcId));
    const bool is_read_only = (told.value(Role::AttachFlags) & SHM_RDONLY) != 0;
    return " attached " + name_of(segment, told.value(Role::IpcId)) + (is_read_only ? ", to read only" : ": what it writes there, all who attach it see") +
           (segment ? "; " + attached(told, *segment) + "." : ".");
}

std::string sentence_detach_segment(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const segment = changed_segment(told);
    if (!segment) return " detached a segment.";
    if (segment->has_ended) return " detached " + segment->name + ": it was marked, and nobody is left who has it. It is gone.";
    return " detached " + segment->name + "; " + attached(told, *segment) + ".";
}

std::string sentence_control_segment(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::int64_t id = told.value(Role::IpcId);
    const Object* const segment = segment_of(told, id);
    switch (told.value(Role::SegmentCommand)) {
        case IPC_RMID:
            if (!segment) return " removed " + name_of(segment, id) + ": nobody had it attached, it is gone.";
            return " marked " + segment->name + " for removal: no key finds it any more, and it goes with the last attachment; " + attached(told, *segment) + ".";
        case IPC_STAT: return " asked how things stand with " + name_of(segment, id) + ".";
        case IPC_SET: return " changed " + name_of(segment, id) + ".";
        case SHM_LOCK: return " keeps " + name_of(segment, id) + " from being swapped out.";
        case SHM_UNLOCK: return " lets " + name_of(segment, id) + " be swapped out.";
        default: return " asked about shared memory.";
    }
}

}  // namespace ipcscope
