// System V semaphores in sentences: what calls did, why a thread sleeps.
#include <errno.h>
#include <sys/sem.h>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

const Object* set_of(const Told& told) {
    const Object* const found = told.model.object_at(ipc_path(told.row, static_cast<int>(told.value(Role::IpcId))));
    return found && found->semaphore_set ? found : nullptr;
}

std::string name_of(const Told& told, const Object* set) { return set ? set->name : "set " + std::to_string(static_cast<int>(told.value(Role::IpcId))); }

// "semset#1[0]"; where there is only one in the set, "semset#1".
std::string name_of_one(const Told& told, const Object* set, std::uint32_t number) {
    const bool is_only_one = set && set->semaphore_set->semaphores.size() == 1 && number == 0;
    return name_of(told, set) + (is_only_one ? "" : '[' + std::to_string(number) + ']');
}

std::string permits(std::int64_t count) { return counted(static_cast<std::uint64_t>(count < 0 ? -count : count), "permit"); }

std::string text_of_operation(const Told& told, const Object* set, const sembuf& one) {
    const std::string name = name_of_one(told, set, one.sem_num);
    if (one.sem_op == 0) return "found " + name + " at 0";
    const std::string text = one.sem_op < 0 ? "took " + permits(one.sem_op) + " from " + name : "gave " + permits(one.sem_op) + " to " + name;
    if ((one.sem_flg & SEM_UNDO) == 0) return text;
    return text + (one.sem_op < 0 ? ", until it gives " : ", and need not give ") + (one.sem_op == 1 || one.sem_op == -1 ? "it" : "them") +
           (one.sem_op < 0 ? " back or ends (SEM_UNDO)" : " back at its end (SEM_UNDO)");
}

// "; ann has 1 that comes back when it ends": what SEM_UNDO says of this one.
std::string text_of_debts(const Told& told, const Object& set, std::uint32_t number) {
    std::string text;
    for (const Hold& hold : set.holds) {
        const Process* const holder = told.model.process(hold.process);
        if (!holder || hold.first != number) continue;
        text += (text.empty() ? "; " : ", ") + (holder->id == told.process.id ? "it itself" : holder->name) + " has " + std::to_string(hold.count) +
                (hold.count == 1 ? " that comes" : " that come") + " back when it ends";
    }
    return text;
}

}  // namespace

std::string sentence_make_semaphores(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const set = told.model.object_at(ipc_path(told.row, static_cast<int>(told.result())));
    const bool is_made = set && set->born > told.enter_index;
    const auto key = told.value(Role::Key);
    return std::string(is_made ? " has " : " has found ") + (set ? set->name : "a set") + (is_made ? " now, a set of " + counted(set->semaphore_set->semaphores.size(), "semaphore") : "") +
           (static_cast<key_t>(key) == IPC_PRIVATE ? " without a key" : " with the key " + text_of_flags(Role::Key, key)) + ": its id is " + std::to_string(told.result()) + ".";
}

std::string sentence_operate_semaphores(const Told& told) {
    const Object* const set = set_of(told);
    if (told.has_failed()) {
        if (told.last->error == EAGAIN) return " did nothing: not all that it asks of " + name_of(told, set) + " could be done (EAGAIN).";
        if (told.last->error == EIDRM) return "’s " + std::string(told.row.name) + " failed: somebody has removed the set (EIDRM).";
        return failure(told);
    }
    std::vector<std::string> parts;
    for (const sembuf& one : operations_of(told.trace, told.enter)) parts.push_back(text_of_operation(told, set, one));
    if (parts.size() < 2) return ' ' + joined(parts) + '.';
    return ' ' + joined(parts) + ": all at once.";
}

std::string sentence_control_semaphores(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const set = set_of(told);
    const std::string one = name_of_one(told, set, static_cast<std::uint32_t>(told.value(Role::SetNumber)));
    const std::string answer = std::to_string(told.result());
    switch (told.value(Role::SetCommand)) {
        case SETVAL: return " set " + one + " to " + std::to_string(static_cast<int>(told.value(Role::SetValue))) + "; what SEM_UNDO has noted of it is forgotten.";
        case SETALL: return " set all of " + name_of(told, set) + "; what SEM_UNDO has noted of it is forgotten.";
        case GETVAL: return " asked: " + one + " has " + permits(told.result()) + ".";
        case GETALL: return " asked how many permits all of " + name_of(told, set) + " have.";
        case GETPID: return " asked: the last who did something with " + one + " was " + answer + ".";
        case GETNCNT: return " asked: " + answer + (told.result() == 1 ? " sleeps" : " sleep") + " until " + one + " has more.";
        case GETZCNT: return " asked: " + answer + (told.result() == 1 ? " sleeps" : " sleep") + " until " + one + " is 0.";
        case IPC_RMID: return " removed " + name_of(told, nullptr) + ": whoever sleeps there wakes with EIDRM.";
        case IPC_STAT: return " asked how things stand with " + name_of(told, set) + ".";
        case IPC_SET: return " changed " + name_of(told, set) + ".";
        default: return " asked about semaphore sets.";
    }
}

Reason reason_operate_semaphores(const Told& told) {
    const Object* const set = set_of(told);
    const std::optional<sembuf> blocking = set ? first_in_the_way(*set->semaphore_set, operations_of(told.trace, told.enter)) : std::nullopt;
    if (!blocking) return {"not all that it asks for can be done yet", "not possible yet"};
    const std::int64_t value = set->semaphore_set->semaphores[blocking->sem_num].value;
    const std::string name = name_of_one(told, set, blocking->sem_num);
    if (blocking->sem_op == 0) return {name + " is not 0 yet: its value is " + std::to_string(value), "not 0 yet"};
    const std::string there = value <= 0 ? "no permit" : counted(static_cast<std::uint64_t>(value), "permit");
    const std::string wanted = blocking->sem_op == -1 ? "" : ", and " + std::to_string(-blocking->sem_op) + " are asked for";
    return {name + " has " + there + wanted + text_of_debts(told, *set, blocking->sem_num), value <= 0 ? "no permit" : "too few permits"};
}

}  // namespace ipcscope
