#include "core/model/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

bool is_whole(const Hold& hold) { return hold.last < hold.first; }

bool is_same_owner(const Hold& hold, const LockWish& wish) {
    if (kind_of(hold) != wish.kind) return false;
    return wish.kind == LockKind::Record ? hold.process == wish.process : hold.file == wish.file;
}

bool overlaps(const Hold& hold, std::int64_t first, std::int64_t last) { return hold.first <= last && first <= hold.last; }

// As the kernel's flock_to_posix_lock makes a range of it.
bool set_range(LockWish& wish, std::int64_t origin, std::int64_t start, std::int64_t length) {
    std::int64_t first, last = end_of_file;
    if (__builtin_add_overflow(origin, start, &first) || first < 0) return false;
    if (length > 0 && __builtin_add_overflow(first, length - 1, &last)) return false;
    if (length < 0) {
        last = first - 1;
        if (__builtin_add_overflow(first, length, &first) || first < 0) return false;
    }
    wish.first = first;
    wish.last = last;
    return true;
}

std::optional<LockWish> wish_of_flock(LockWish wish, std::int64_t operation) {
    const auto what = operation & ~std::int64_t{LOCK_NB};
    if (what != LOCK_SH && what != LOCK_EX && what != LOCK_UN) return std::nullopt;
    wish.kind = LockKind::Whole;
    wish.is_exclusive = what == LOCK_EX;
    wish.is_release = what == LOCK_UN;
    return wish;
}

std::optional<LockWish> wish_of_lockf(LockWish wish, std::int64_t command, std::int64_t length, const OpenFile& file) {
    if (command == F_TEST || !file.is_offset_known) return std::nullopt;
    wish.kind = LockKind::Record;
    wish.is_release = command == F_ULOCK;
    return set_range(wish, file.offset, 0, length) ? std::optional(wish) : std::nullopt;
}

std::optional<LockWish> wish_of_fcntl(LockWish wish, std::int64_t command, const std::optional<Chunk>& chunk, const OpenFile& file,
                                      const Object& object) {
    struct flock asked;
    if (!is_lock_command(command) || asks_for_lock(command) || !chunk || chunk->bytes.size() < sizeof asked) return std::nullopt;
    std::memcpy(&asked, chunk->bytes.data(), sizeof asked);
    if (asked.l_type != F_RDLCK && asked.l_type != F_WRLCK && asked.l_type != F_UNLCK) return std::nullopt;
    wish.kind = command == F_SETLK || command == F_SETLKW ? LockKind::Record : LockKind::OpenFile;
    wish.is_exclusive = asked.l_type == F_WRLCK;
    wish.is_release = asked.l_type == F_UNLCK;
    std::optional<std::int64_t> origin = 0;
    if (asked.l_whence == SEEK_CUR) origin = file.is_offset_known ? std::optional(file.offset) : std::nullopt;
    if (asked.l_whence == SEEK_END) origin = object.file_size;
    return origin && set_range(wish, *origin, asked.l_start, asked.l_len) ? std::optional(wish) : std::nullopt;
}

Hold hold_from(const LockWish& wish, EventIndex at) {
    Hold hold;
    hold.process = wish.process;
    if (wish.kind != LockKind::Record) hold.file = wish.file;
    hold.mode = wish.is_exclusive ? HoldMode::Exclusive : HoldMode::Shared;
    hold.first = wish.kind == LockKind::Whole ? 0 : wish.first;
    hold.last = wish.kind == LockKind::Whole ? -1 : wish.last;
    hold.since = at;
    return hold;
}

// Neighbours of one owner and mode become one.
void join_neighbours(std::vector<Hold>& holds, std::size_t at) {
    for (std::size_t i = 0; i < holds.size(); ++i) {
        if (i == at || is_whole(holds[i]) || holds[i].mode != holds[at].mode || holds[i].file != holds[at].file ||
            (holds[i].file == no_id && holds[i].process != holds[at].process))
            continue;
        const bool is_before = holds[i].last != end_of_file && holds[i].last + 1 == holds[at].first;
        const bool is_behind = holds[at].last != end_of_file && holds[at].last + 1 == holds[i].first;
        if (!is_before && !is_behind) continue;
        const std::size_t kept = std::min(i, at), gone = std::max(i, at);
        holds[kept].first = std::min(holds[i].first, holds[at].first);
        holds[kept].last = std::max(holds[i].last, holds[at].last);
        holds.erase(holds.begin() + static_cast<std::ptrdiff_t>(gone));
        return join_neighbours(holds, kept);
    }
}

}  // namespace

LockKind kind_of(const Hold& hold) {
    if (is_whole(hold)) return LockKind::Whole;
    return hold.file == no_id ? LockKind::Record : LockKind::OpenFile;
}

std::optional<LockWish> wish_of_call(const Trace& trace, EventIndex enter, const OpenFile& file, const Object& object) {
    const Event& entry = trace[enter];
    const CallId id = static_cast<CallId>(entry.call);
    const auto value = [&](Role role) { return position_of(id, role) < 0 ? 0 : entry.value[position_of(id, role)]; };
    LockWish wish;
    wish.enter = enter;
    wish.thread = entry.thread;
    wish.process = entry.process;
    wish.file = file.id;
    if (position_of(id, Role::LockOperation) >= 0) return wish_of_flock(wish, value(Role::LockOperation));
    if (position_of(id, Role::LockCommand) >= 0) return wish_of_lockf(wish, value(Role::LockCommand), value(Role::Offset), file);
    const int at = position_of(id, Role::FcntlValue);
    return at < 0 ? std::nullopt : wish_of_fcntl(wish, value(Role::FcntlCommand), trace.chunk(entry, at), file, object);
}

bool is_in_the_way(const Hold& hold, const LockWish& wish) {
    const LockKind kind = kind_of(hold);
    if ((kind == LockKind::Whole) != (wish.kind == LockKind::Whole) || is_same_owner(hold, wish)) return false;
    if (hold.mode == HoldMode::Shared && !wish.is_exclusive) return false;
    return kind == LockKind::Whole || overlaps(hold, wish.first, wish.last);
}

std::vector<Hold> in_the_way_of(const Model& model, const LockWish& wish) {
    std::vector<Hold> found;
    if (wish.is_release || wish.file >= model.open_files().size()) return found;
    for (const Hold& hold : model.objects()[model.open_files()[wish.file].object].holds)
        if (is_in_the_way(hold, wish)) found.push_back(hold);
    return found;
}

const LockWish* wish_of_thread(const Model& model, ThreadId id) {
    const Thread* const thread = model.thread(id);
    if (!thread || thread->waits_for >= model.objects().size()) return nullptr;
    const Object& object = model.objects()[thread->waits_for];
    if (!object.locks) return nullptr;
    const auto found = std::ranges::find(object.locks->wishes, thread->call(), &LockWish::enter);
    return found == object.locks->wishes.end() ? nullptr : &*found;
}

void take_lock(std::vector<Hold>& holds, const LockWish& wish) {
    std::vector<Hold> left;
    for (const Hold& hold : holds) {
        const bool is_meant = is_same_owner(hold, wish) && (wish.kind == LockKind::Whole || overlaps(hold, wish.first, wish.last));
        if (!is_meant) {
            left.push_back(hold);
            continue;
        }
        if (wish.kind == LockKind::Whole) continue;
        Hold before = hold, behind = hold;
        if (hold.first < wish.first) before.last = wish.first - 1, left.push_back(before);
        if (hold.last > wish.last) behind.first = wish.last + 1, left.push_back(behind);
    }
    holds = std::move(left);
}

void put_lock(std::vector<Hold>& holds, const LockWish& wish, EventIndex at) {
    const Hold wanted = hold_from(wish, at);
    const bool is_there = std::ranges::any_of(holds, [&](const Hold& hold) {
        return is_same_owner(hold, wish) && hold.mode == wanted.mode &&
               (wish.kind == LockKind::Whole || (hold.first <= wish.first && wish.last <= hold.last));
    });
    if (is_there) return;
    take_lock(holds, wish);
    holds.push_back(wanted);
    if (wish.kind != LockKind::Whole) join_neighbours(holds, holds.size() - 1);
}

std::string text_of_range(LockKind kind, std::int64_t first, std::int64_t last) {
    if (kind == LockKind::Whole) return "the whole file";
    if (last == end_of_file) return first == 0 ? "all bytes" : "all bytes from " + std::to_string(first) + " on";
    if (first == last) return "byte " + std::to_string(first);
    return "bytes " + std::to_string(first) + " to " + std::to_string(last);
}

std::string text_of_lock(const Hold& hold) {
    const bool is_shared = hold.mode == HoldMode::Shared;
    const LockKind kind = kind_of(hold);
    if (kind == LockKind::Whole) return is_shared ? "a shared lock" : "an exclusive lock";
    return std::string(is_shared ? "a read lock" : "a write lock") + " on " + text_of_range(kind, hold.first, hold.last);
}

}  // namespace ipcscope
