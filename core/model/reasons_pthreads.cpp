#include "core/model/reasons_pthreads.h"

#include <algorithm>

namespace ipcscope {
namespace {

const Object* awaited(const Told& told) {
    const Thread* const thread = told.model.thread(told.enter.thread);
    return thread && thread->waits_for < told.model.objects().size() ? &told.model.objects()[thread->waits_for] : nullptr;
}

// "child"; "parent itself"
std::string name_of_holder(const Told& told, const Hold& hold) {
    return told.model.name_of(hold.thread) + (hold.thread == told.enter.thread ? " itself" : "");
}

Reason held(const Told& told, const Object& lock) {
    if (lock.holds.empty()) return {lock.name + " was free a moment ago: others were quicker", lock.name};
    std::vector<std::string> names;
    for (const Hold& hold : lock.holds) names.push_back(name_of_holder(told, hold));
    const Hold& first = lock.holds.front();
    const Thread* const owner = told.model.thread(first.thread);
    std::string sentence = joined(names) + (names.size() == 1 ? " has " : " have ") + lock.name;
    if (first.mode == HoldMode::Shared) sentence += " for reading";
    const bool is_gone = names.size() == 1 && owner && owner->state == ThreadState::Ended;
    if (is_gone) sentence += ", and has ended: nobody will ever give it back";
    else if (first.thread == told.enter.thread) sentence += ": only itself could give it back";
    return {sentence, lock.name + (is_gone ? "’s owner is dead" : " is taken")};
}

}  // namespace

Reason sleeps_at_lock(const Told& told) {
    const Object* const lock = awaited(told);
    return lock ? held(told, *lock) : Reason{"somebody else has the lock", "lock is taken"};
}

Reason sleeps_at_condition(const Told& told) {
    const Object* const at = awaited(told);
    if (!at) return {"nobody has signalled yet", "no signal yet"};
    if (at->kind != ObjectKind::Mutex) return {"nobody has signalled " + at->name + " since it came", "no signal yet"};
    Reason reason = held(told, *at);
    return {"it was woken and wants its mutex again, but " + reason.sentence, reason.badge};
}

Reason sleeps_at_barrier(const Told& told) {
    const Object* const barrier = awaited(told);
    if (!barrier || !barrier->barrier) return {"not all have come yet", "not all are here"};
    const std::string here = std::to_string(barrier->barrier->here.size()) + " of " + std::to_string(barrier->barrier->needed);
    return {here + " have come to " + barrier->name, here + " are here"};
}

Reason sleeps_in_join(const Told& told) {
    const Thread* const thread = told.model.thread_with_handle(told.process.id, static_cast<std::uint64_t>(told.value(Role::ThreadHandle)));
    const std::string name = thread ? told.model.name_of(thread->id) : "that thread";
    return {name + " has not ended yet", name + " has not ended"};
}

}  // namespace ipcscope
