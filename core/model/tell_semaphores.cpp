// Semaphores in sentences: what calls did, why a thread sleeps.
#include <errno.h>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

const Object* semaphore_of(const Told& told) {
    const int at = argument_with(told.row, Role::SemaphoreAt);
    return at < 0 ? nullptr : told.model.object_in_memory(told.process.id, static_cast<std::uint64_t>(told.enter.value[at]));
}

std::string name_of(const Object* object) { return object ? object->name : "the semaphore"; }

std::string permits(std::int64_t count) { return count == 0 ? "no permit is left" : counted(static_cast<std::uint64_t>(count), "permit") + (count == 1 ? " is left" : " are left"); }

}  // namespace

std::string sentence_make_semaphore(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::int64_t value = told.value(Role::Permits);
    const bool is_shared = static_cast<int>(told.value(Role::IsShared)) != 0;
    return " made a semaphore with " + counted(static_cast<std::uint64_t>(value), "permit") + (is_shared ? ", to be shared between processes." : ", for the threads of this process.");
}

std::string sentence_open_semaphore(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const object = told.model.object_in_memory(told.process.id, static_cast<std::uint64_t>(told.result()));
    return " opened " + name_of(object) + (object && object->semaphore && object->semaphore->is_value_known ? ": " + permits(object->semaphore->value) : "") + ".";
}

std::string sentence_take_permit(const Told& told) {
    const Object* const object = semaphore_of(told);
    if (told.has_failed())
        return told.last->error == EAGAIN ? " took nothing: " + name_of(object) + " has no permit, and sem_trywait never sleeps (EAGAIN)." : failure(told);
    return " took a permit from " + name_of(object) + (object && object->semaphore && object->semaphore->is_value_known ? "; " + permits(object->semaphore->value) : "") + ".";
}

std::string sentence_give_permit(const Told& told) {
    return told.has_failed() ? failure(told) : " gave a permit to " + name_of(semaphore_of(told)) + ".";
}

Reason reason_take_permit(const Told& told) {
    return {name_of(semaphore_of(told)) + " has no permit; anybody may give one", "no permit"};
}

}  // namespace ipcscope
