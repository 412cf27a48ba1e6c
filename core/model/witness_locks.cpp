// /proc/locks against the model, both ways: what the kernel lists, and what it does not.
#include <algorithm>

#include "core/model/tell.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

constexpr const char* not_there = "no such lock";

// A lock as both sides tell of it: "write lock of alice, bytes 0 to 9".
struct Lock {
    LockKind kind;
    bool is_exclusive, is_waiting;
    std::int64_t first, last;
    ProcessId process;     // no_id: an open file's, or of nobody known

    bool operator==(const Lock&) const = default;
};

Lock from(const Event& fact) {
    const std::int64_t word = fact.value[2];
    const auto kind = (word & LockWord::KindMask) == LockWord::Whole    ? LockKind::Whole
                      : (word & LockWord::KindMask) == LockWord::Record ? LockKind::Record
                                                                        : LockKind::OpenFile;
    const bool is_whole = kind == LockKind::Whole;
    return {kind,          (word & LockWord::Exclusive) != 0,           (word & LockWord::Waits) != 0, is_whole ? 0 : fact.value[3],
            is_whole ? end_of_file : fact.value[4], kind == LockKind::OpenFile ? no_id : fact.process};
}

Lock from(const Hold& hold) {
    const LockKind kind = kind_of(hold);
    const bool is_whole = kind == LockKind::Whole;
    return {kind, hold.mode == HoldMode::Exclusive, false, is_whole ? 0 : hold.first, is_whole ? end_of_file : hold.last,
            kind == LockKind::OpenFile ? no_id : hold.process};
}

Lock from(const LockWish& wish) {
    return {wish.kind, wish.is_exclusive, true, wish.first, wish.last, wish.kind == LockKind::OpenFile ? no_id : wish.process};
}

std::string text_of(const Model& model, const Lock& lock) {
    constexpr const char* kinds[] = {"flock", "record lock", "OFD lock"};
    std::string text = std::string(kinds[static_cast<std::size_t>(lock.kind)]) + (lock.is_exclusive ? ", write, " : ", read, ") +
                       text_of_range(lock.kind, lock.first, lock.last);
    if (const Process* const process = model.process(lock.process)) text += ", " + process->name;
    return lock.is_waiting ? text + ", waits" : text;
}

// All that the model has of a file. A flock whose taker has ended is no longer in every /proc/locks: its pid means nobody.
struct Known {
    Lock lock;
    bool may_be_hidden;
};
std::vector<Known> known_of(const Model& model, const Object& object) {
    std::vector<Known> known;
    for (const Hold& hold : object.holds) {
        const Process* const taker = model.process(hold.process);
        known.push_back({from(hold), kind_of(hold) == LockKind::Whole && (!taker || taker->state != ProcessState::Alive)});
    }
    if (!object.locks) return known;
    for (const LockWish& wish : object.locks->wishes) {
        const Thread* const thread = model.thread(wish.thread);
        if (thread && thread->state == ThreadState::Asleep && thread->call() == wish.enter) known.push_back({from(wish), false});
    }
    return known;
}

bool is_same(const Lock& listed, const Known& known) {
    Lock mine = known.lock;
    if (known.may_be_hidden && listed.process == no_id) mine.process = no_id;   // its number is nobody's now
    return listed == mine;
}

std::string source_of(const Object& object) { return "/proc/locks " + (object.path.empty() ? object.name : object.path); }

// A number may have been given again: the youngest file is meant.
const Object* file_of_inode(const Model& model, std::uint64_t inode) {
    const Object* found = nullptr;
    for (const Object& object : model.objects())
        if (object.inode == inode && object.kind == ObjectKind::File && !object.has_ended) found = &object;
    return found;
}

}  // namespace

void Witnesses::file_lock_count(const Event&) {
    std::vector<const Event*> left = std::move(file_locks);
    for (const Object& object : model.objects()) {
        if (!object.locks) continue;
        for (const Known& known : known_of(model, object)) {
            const auto found = std::ranges::find_if(left, [&](const Event* fact) {
                return static_cast<std::uint64_t>(fact->value[1]) == object.inode && is_same(from(*fact), known);
            });
            const std::string text = text_of(model, known.lock);
            const bool is_there = found != left.end();
            if (is_there) left.erase(found);
            else if (known.may_be_hidden) continue;
            lines.push_back({source_of(object), is_there ? text : not_there, text, is_there || object.is_uncertain, known.lock.process, object.id});
        }
    }
    for (const Event* fact : left) {
        const Object* const object = file_of_inode(model, static_cast<std::uint64_t>(fact->value[1]));
        const Process* const process = model.process(fact->process);
        const bool is_unknown = !object || object->is_uncertain || (process && process->takes_kernels_word);
        lines.push_back({object ? source_of(*object) : "/proc/locks", text_of(model, from(*fact)), is_unknown ? not_known : not_there, is_unknown,
                         fact->process, object ? object->id : no_id});
    }
}

}  // namespace ipcscope
