// Why a thread sleeps for a lock on a file.
#include <algorithm>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

// "parent 3, child 3": the descriptors of the open file that has it.
std::string descriptors_of(const Told& told, OpenFileId file) {
    std::string text;
    for (const Process& process : told.model.processes())
        for (const Descriptor& descriptor : process.descriptors)
            if (descriptor.file == file)
                text += (text.empty() ? "" : ", ") + process.name + (process.id == told.process.id ? " itself " : " ") + std::to_string(descriptor.number);
    return text;
}

std::string text_of_owner(const Told& told, const Hold& hold) {
    if (kind_of(hold) != LockKind::Record) return "the open file behind " + descriptors_of(told, hold.file);
    const Process* const owner = told.model.process(hold.process);
    return owner ? owner->name : "somebody";
}

}  // namespace

std::string text_of_locks(const Told& told, const std::vector<Hold>& holds) {
    std::string text;
    for (const Hold& hold : holds) text += (text.empty() ? "" : ", and ") + text_of_owner(told, hold) + " has " + text_of_lock(hold);
    return text;
}

Reason sleeps_in_lock(const Told& told) {
    const LockWish* const wish = wish_of_thread(told.model, told.enter.thread);
    const std::vector<Hold> holds = wish ? in_the_way_of(told.model, *wish) : std::vector<Hold>();
    if (holds.empty()) return {"somebody else has the lock", "lock is held"};
    const bool is_of_process = holds.size() == 1 && kind_of(holds[0]) == LockKind::Record && told.model.process(holds[0].process);
    return {text_of_locks(told, holds), is_of_process ? "held by " + told.model.process(holds[0].process)->name : "lock is held"};
}

}  // namespace ipcscope
