// System V semaphores and shared memory: semctl(2) and shmctl(2), asked inside the run's IPC namespace.
#include <algorithm>

#include "core/model/canonical.h"
#include "core/model/tell.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

// Who sleeps in the set for this semaphore: until there is more, or until it is 0.
std::int64_t sleepers(const Trace& trace, const Model& model, const Object& set, std::uint32_t number, bool is_for_zero) {
    std::int64_t count = 0;
    for (const ThreadId id : model.waiters(set.id)) {
        const std::optional<sembuf> blocking = first_in_the_way(*set.semaphore_set, operations_of(trace, trace[model.threads()[id].call()]));
        count += blocking && blocking->sem_num == number && (blocking->sem_op == 0) == is_for_zero;
    }
    return count;
}

std::string text_of_one(std::int64_t value, std::int64_t for_more, std::int64_t for_zero, std::int64_t last) {
    return "value " + std::to_string(value) + ", for more " + std::to_string(for_more) + ", for 0 " + std::to_string(for_zero) + ", last pid " + std::to_string(last);
}

bool has_unseen_process(const Model& model) {
    return std::ranges::any_of(model.processes(), [](const Process& process) { return process.state == ProcessState::Alive && !process.is_seen; });
}

}  // namespace

void Witnesses::semaphore_set(const Event& fact) {
    const std::string source = "semctl " + std::to_string(fact.value[1]);
    const Object* const object = model.object_at("semid:" + std::to_string(fact.value[1]));
    const ObjectId id = object ? object->id : no_id;
    if (fact.value[3] < 0) return add(fact, {source, "there is none", object ? object->name : "there is none", !object, no_id, id});
    const auto text = [](std::int64_t count, std::int64_t key) { return counted(static_cast<std::uint64_t>(count), "semaphore") + ", key " + text_of_flags(Role::Key, key); };
    const std::string kernel = text(fact.value[3], fact.value[2]);
    if (!object || !object->semaphore_set) return add(fact, {source, kernel, not_known, false, no_id, id});
    const std::string ours = text(static_cast<std::int64_t>(object->semaphore_set->semaphores.size()), object->semaphore_set->key);
    add(fact, {source, kernel, ours, kernel == ours, no_id, id});
}

void Witnesses::semaphore_of_set(const Event& fact) {
    const Object* const object = model.object_at("semid:" + std::to_string(fact.value[1]));
    const auto number = static_cast<std::size_t>(fact.value[2]);
    const std::string source = "semctl " + std::to_string(fact.value[1]) + " [" + std::to_string(fact.value[2]) + "]";
    const std::string kernel = text_of_one(fact.value[3], fact.value[4] >> 32, fact.value[4] & 0xffffffff, fact.value[5]);
    if (!object || !object->semaphore_set || number >= object->semaphore_set->semaphores.size())
        return add(fact, {source, kernel, not_known, false, no_id, object ? object->id : no_id});
    if (object->is_uncertain || has_unseen_process(model)) return add(fact, {source, kernel, not_known, true, no_id, object->id});
    const SemaphoreSet::One& one = object->semaphore_set->semaphores[number];
    const auto which = static_cast<std::uint32_t>(number);
    const std::string ours = text_of_one(one.value, sleepers(trace, model, *object, which, false), sleepers(trace, model, *object, which, true), one.last);
    add(fact, {source, kernel, ours, kernel == ours, no_id, object->id});
}

void Witnesses::segment(const Event& fact) {
    const std::string source = "shmctl " + std::to_string(fact.value[1]);
    const Object* const object = model.object_at("shmid:" + std::to_string(fact.value[1]));
    const ObjectId id = object ? object->id : no_id;
    if (fact.value[3] < 0) return add(fact, {source, "there is none", object ? object->name : "there is none", !object, no_id, id});
    const auto text = [](std::int64_t bytes, std::int64_t attached, std::int64_t key, bool is_marked) {
        return counted(static_cast<std::uint64_t>(bytes), "byte") + ", nattch " + std::to_string(attached) + ", key " + text_of_flags(Role::Key, key) + (is_marked ? ", SHM_DEST" : "");
    };
    const std::string kernel = text(fact.value[3], fact.value[4], fact.value[2], trace.text(fact) == "SHM_DEST");
    if (!object || !object->segment) return add(fact, {source, kernel, not_known, false, no_id, id});
    if (object->is_uncertain || has_unseen_process(model)) return add(fact, {source, kernel, not_known, true, no_id, id});
    const std::string ours = text(object->file_size.value_or(0), static_cast<std::int64_t>(attachments(model, id)), object->segment->key, object->segment->is_marked);
    add(fact, {source, kernel, ours, kernel == ours, no_id, id});
}

}  // namespace ipcscope
