// What flock, lockf and fcntl's lock commands did.
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>

#include "core/model/tell.h"

namespace ipcscope {
namespace {

std::string refusal(const Told& told, const std::optional<LockWish>& wish) {
    if (told.last->error == EDEADLK)
        return " gets no lock: whoever is in the way waits, through others perhaps, for " + told.process.name + " itself. To sleep would be a deadlock (EDEADLK).";
    const std::vector<Hold> holds = wish ? in_the_way_of(told.model, *wish) : std::vector<Hold>();
    if ((told.last->error != EAGAIN && told.last->error != EACCES) || holds.empty()) return failure(told);
    return " gets no lock, and was told not to wait: " + text_of_locks(told, holds) + " (" + text_of_errno(told.last->error) + ").";
}

std::string answer_of_getlk(const Told& told) {
    const std::optional<Chunk> chunk = told.trace.chunk(*told.last, argument_with(told.row, Role::FcntlValue));
    struct flock found;
    if (!chunk || chunk->bytes.size() < sizeof found) return " asked who has a lock.";
    std::memcpy(&found, chunk->bytes.data(), sizeof found);
    if (found.l_type == F_UNLCK) return " asked: nobody else’s lock is in the way.";
    std::int64_t last = end_of_file;
    if (found.l_len > 0 && __builtin_add_overflow(found.l_start, found.l_len - 1, &last)) last = end_of_file;
    std::string who = found.l_pid == -1 ? "an open file" : "pid " + std::to_string(found.l_pid);
    for (const Process& process : told.model.processes())
        if (process.pid == found.l_pid && process.state == ProcessState::Alive) who = process.name;
    return " asked: " + who + " has a " + (found.l_type == F_RDLCK ? "read" : "write") + " lock on " + text_of_range(LockKind::Record, found.l_start, last) + ".";
}

std::string text_of_success(const LockWish& wish, const std::string& file, int descriptor) {
    const std::string range = text_of_range(wish.kind, wish.first, wish.last);
    if (wish.is_release) return wish.kind == LockKind::Whole ? " let go of its lock on " + file + "." : " let go of " + range + " of " + file + ".";
    if (wish.kind == LockKind::Whole)
        return std::string(" has ") + (wish.is_exclusive ? "an exclusive" : "a shared") + " lock on " + file + " now. It belongs to the open file behind " +
               std::to_string(descriptor) + ".";
    return std::string(" has a ") + (wish.is_exclusive ? "write" : "read") + " lock on " + range + " of " + file + " now. It belongs to the " +
           (wish.kind == LockKind::Record ? "process." : "open file behind " + std::to_string(descriptor) + ".");
}

}  // namespace

std::string sentence_for_lock(const Told& told) {
    const OpenFile* const file = told.file();
    const Object* const object = told.object();
    const std::optional<LockWish> wish = file && object ? wish_of_call(told.trace, told.enter_index, *file, *object) : std::nullopt;
    if (told.has_failed()) return refusal(told, wish);
    if (asks_for_lock(told.value(Role::FcntlCommand))) return answer_of_getlk(told);
    if (wish) return text_of_success(*wish, object->name, told.descriptor());
    return " asked, and no lock is in the way.";
}

}  // namespace ipcscope
