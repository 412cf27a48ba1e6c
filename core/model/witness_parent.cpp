// Who is whose child, and who has adopted it, by the kernel's own word.
#include "core/model/witnesses.h"

namespace ipcscope {

void Witnesses::parent(const Event& fact) {
    const Process* const process = model.process(fact.process);
    const Process* const maker = process ? model.process(process->parent) : nullptr;
    if (!maker || process->state != ProcessState::Alive) return;
    const std::string adopter = "pid " + std::to_string(process->adopter);
    const std::string kernel = fact.value[1] == maker->pid_here ? maker->name : "pid " + std::to_string(fact.value[2]);
    const std::string expected = process->is_orphan ? adopter : maker->name;
    add(fact, {proc(*process, "/stat, parent"), kernel, expected, kernel == expected, no_id, no_id});
}

}  // namespace ipcscope
