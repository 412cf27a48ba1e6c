// Locks on files. Letting go is a cause, since it wakes others: it is folded when the call begins. Getting a lock is a result.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

// flock does not convert a lock in one go: the old one is gone before the new one is asked for (flock(2)).
bool is_conversion(const Object& object, const LockWish& wish) {
    const HoldMode wanted = wish.is_exclusive ? HoldMode::Exclusive : HoldMode::Shared;
    return wish.kind == LockKind::Whole && std::ranges::any_of(object.holds, [&](const Hold& hold) {
        return kind_of(hold) == LockKind::Whole && hold.file == wish.file && hold.mode != wanted;
    });
}

// A write lock that becomes a read lock lets readers in before the call has returned.
void weaken(Object& object, const LockWish& wish) {
    for (const Hold& own : std::vector<Hold>(object.holds)) {
        const bool is_own = kind_of(own) == wish.kind && (wish.kind == LockKind::Record ? own.process == wish.process : own.file == wish.file);
        if (!is_own || own.mode == HoldMode::Shared || own.last < wish.first || wish.last < own.first) continue;
        LockWish part = wish;
        part.first = std::max(own.first, wish.first);
        part.last = std::min(own.last, wish.last);
        put_lock(object.holds, part, own.since);
    }
}

}  // namespace

void Fold::locks_file_begin(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind) return;
    Object& thing = object(behind->object);
    const std::optional<LockWish> wish = wish_of_call(trace, call.enter, *behind, thing);
    if (!wish) return;
    if (!thing.locks) thing.locks.emplace();
    thing.locks->has_ranges |= wish->kind != LockKind::Whole;
    if (wish->is_release || is_conversion(thing, *wish)) take_lock(thing.holds, *wish);
    if (!wish->is_release && !wish->is_exclusive && wish->kind != LockKind::Whole && in_the_way_of(model, *wish).empty()) weaken(thing, *wish);
    thing.locks->wishes.push_back(*wish);
    note_change({.process = call.process.id, .object = thing.id, .descriptor = call.descriptor(), .at = index});
}

void Fold::locks_file_result(const Call& call) {
    const auto asks = [&](const Object& object) {
        return object.locks && std::ranges::find(object.locks->wishes, call.enter, &LockWish::enter) != object.locks->wishes.end();
    };
    const auto found = std::ranges::find_if(model.objects_, asks);
    if (found == model.objects_.end()) {
        const bool only_asks = asks_for_lock(call.argument(Role::FcntlCommand)) || (call.has(Role::LockCommand) && call.argument(Role::LockCommand) == F_TEST);
        OpenFile* const behind = file_behind(call.process, call.descriptor());
        if (!only_asks && !call.has_failed() && behind) object(behind->object).is_uncertain = true;   // where its range lies, nobody knows
        return;
    }
    const LockWish wish = *std::ranges::find(found->locks->wishes, call.enter, &LockWish::enter);
    std::erase(found->locks->wishes, wish);
    if (call.has_failed() || wish.is_release) return;
    // Whoever had it must have let go of it: a process that was killed is seen to end later.
    for (const Hold& other : in_the_way_of(model, wish)) std::erase(found->holds, other);
    put_lock(found->holds, wish, index);
    note_change({.process = call.process.id, .object = found->id, .descriptor = call.descriptor(), .at = index});
}

void Fold::locks_file_abandoned(const Call& call) {
    for (Object& object : model.objects_)
        if (object.locks) std::erase_if(object.locks->wishes, [&](const LockWish& wish) { return wish.enter == call.enter; });
}

// Closing any descriptor of a file throws away all record locks that the process has on it, whichever descriptor they were
// made with (fcntl(2)).
void Fold::drop_record_locks(Process& process, ObjectId id) {
    Object& closed = object(id);
    const auto dropped = std::erase_if(closed.holds, [&](const Hold& hold) { return kind_of(hold) == LockKind::Record && hold.process == process.id; });
    if (dropped == 0) return;
    if (!closed.locks) closed.locks.emplace();
    closed.locks->dropped = index;
    closed.locks->dropped_of = process.id;
    note_change({.process = process.id, .object = id, .at = index});
}

void Fold::drop_locks_of(OpenFileId id) {
    std::erase_if(object(file(id).object).holds, [&](const Hold& hold) { return hold.file == id; });
}

}  // namespace ipcscope
