// What calls do to descriptors, open files and names.
#include <fcntl.h>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr int kept_by_open = ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);  // the rest are the open file's status flags
constexpr int settable = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME;     // by F_SETFL (fcntl(2))

int flags_of_open(const Call& call) {
    if (!call.has(Role::OpenFlags)) return O_CREAT | O_WRONLY | O_TRUNC;  // creat
    return static_cast<int>(call.argument(Role::OpenFlags));
}

ObjectKind kind_from_path(std::string_view path, int flags) {
    if (path == "/dev/tty" || path.starts_with("/dev/pts/")) return ObjectKind::Terminal;
    if (path.starts_with("/dev/") && !path.starts_with("/dev/shm/")) return ObjectKind::Device;
    return (flags & O_DIRECTORY) != 0 ? ObjectKind::Directory : ObjectKind::File;
}

}  // namespace

// A close that takes away the last write end wakes the reader, who may be seen to return first. So the descriptor goes
// when the call begins; whether the object ends with it is decided when it has returned.
void Fold::closes_begin(const Call& call) {
    const int number = call.descriptor();
    if (!descriptor(call.process, number)) return;
    const Descriptor taken = take_out(call.process, number);
    let_go(taken.file);
    pending(call.thread, call.enter).closed = taken;
    note_change({.process = call.process.id, .object = file(taken.file).object, .descriptor = number, .at = index});
}

void Fold::closes_result(const Call& call) {
    const Pending* const done = call.thread.pending_of(call.enter);
    const bool was_open = done && done->closed.number >= 0;
    if (call.has_failed()) {
        if (!was_open) return;
        const Descriptor back = done->closed;
        if (descriptor(call.process, back.number)) return surprise();
        install(call.process, back.number, back.file, back.close_on_exec);
        descriptor(call.process, back.number)->since = back.since;
    } else if (was_open) {
        bury_if_unused(file(done->closed.file).object);
    } else if (!call.process.takes_kernels_word) {
        surprise();
    }
}

void Fold::closes_abandoned(const Call& call) {
    const Pending* const done = call.thread.pending_of(call.enter);
    if (done && done->closed.number >= 0) bury_if_unused(file(done->closed.file).object);
}

void Fold::makes_pipe_result(const Call& call) {
    if (call.has_failed()) return;
    const std::optional<Chunk> chunk = trace.chunk(event, position_of(call.id, Role::FdPair));
    int fds[2];
    if (!chunk || chunk->bytes.size() != sizeof fds) return surprise();
    std::memcpy(fds, chunk->bytes.data(), sizeof fds);
    if (descriptor(call.process, fds[0]) || descriptor(call.process, fds[1])) surprise();
    const int flags = static_cast<int>(call.argument(Role::OpenFlags));
    const int status = flags & kept_by_open & ~O_ACCMODE;
    const ObjectId pipe = make_object(ObjectKind::Pipe, {});
    if ((flags & O_DIRECT) != 0) object(pipe).is_uncertain = true;  // packets: each write keeps a slot of its own
    const OpenFileId read_end = make_file(pipe, O_RDONLY | status);
    const OpenFileId write_end = make_file(pipe, O_WRONLY | status);
    install(call.process, fds[0], read_end, (flags & O_CLOEXEC) != 0);
    install(call.process, fds[1], write_end, (flags & O_CLOEXEC) != 0);
}

void Fold::makes_fifo_result(const Call& call) {
    if (call.has_failed()) return;
    const ObjectId fifo = make_object(ObjectKind::Fifo, path_of(call));
    note_change({.process = call.process.id, .object = fifo, .at = index});
}

void Fold::opens_result(const Call& call) {
    if (call.has_failed()) return;
    const int flags = flags_of_open(call);
    const std::string path = path_of(call);
    ObjectId id = object_of_path(path);
    const bool is_new = id == no_id;
    if (is_new) id = make_object(kind_from_path(path, flags), path);
    Object& opened = object(id);
    if (opened.kind == ObjectKind::File) {
        const bool was_made = is_new && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
        if (was_made || (flags & O_TRUNC) != 0) opened.file_size = 0;
    }
    const int number = static_cast<int>(call.result());
    if (descriptor(call.process, number)) surprise();
    install(call.process, number, make_file(id, flags & kept_by_open), (flags & O_CLOEXEC) != 0);
}

ObjectId Fold::sleeps_at_path(const Call& call) { return object_of_path(path_of(call)); }

ObjectId Fold::sleeps_at_descriptor(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    return behind ? behind->object : no_id;
}

void Fold::duplicates_result(const Call& call) {
    const int from = call.descriptor(), to = static_cast<int>(call.has_failed() ? -1 : call.result());
    if (to < 0 || to == from) return;
    const Descriptor* const source = descriptor(call.process, from);
    if (!source) {
        if (!call.process.takes_kernels_word) surprise();
        return;
    }
    install(call.process, to, source->file, (call.argument(Role::OpenFlags) & O_CLOEXEC) != 0);
}

void Fold::controls_begin(const Call& call) {
    if (is_lock_command(call.argument(Role::FcntlCommand))) locks_file_begin(call);
}

void Fold::controls_abandoned(const Call& call) {
    if (is_lock_command(call.argument(Role::FcntlCommand))) locks_file_abandoned(call);
}

void Fold::controls_result(const Call& call) {
    if (is_lock_command(call.argument(Role::FcntlCommand))) return locks_file_result(call);
    if (call.has_failed()) return;
    Descriptor* const found = descriptor(call.process, call.descriptor());
    if (!found) {
        if (!call.process.takes_kernels_word) surprise();
        return;
    }
    const auto value = static_cast<int>(call.argument(Role::FcntlValue));
    OpenFile& behind = file(found->file);
    Object& thing = object(behind.object);
    switch (call.argument(Role::FcntlCommand)) {
        case F_DUPFD: return install(call.process, static_cast<int>(call.result()), behind.id, false);
        case F_DUPFD_CLOEXEC: return install(call.process, static_cast<int>(call.result()), behind.id, true);
        case F_SETFD: found->close_on_exec = (value & FD_CLOEXEC) != 0; break;
        case F_SETFL: behind.flags = (behind.flags & ~settable) | (value & settable); break;
        case F_SETPIPE_SZ:
        case F_GETPIPE_SZ:
            if (!thing.pipe) return;
            thing.pipe->resize(static_cast<std::uint32_t>(call.result()));
            thing.is_capacity_known = true;
            admit_waiting(thing);
            break;
        default: return;
    }
    note_change({.process = call.process.id, .object = thing.id, .descriptor = found->number, .at = index});
}

void Fold::seeks_result(const Call& call) {
    if (call.has_failed()) return;
    OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (!behind) {
        if (!call.process.takes_kernels_word) surprise();
        return;
    }
    behind->offset = call.result();
    behind->is_offset_known = true;
    Object& thing = object(behind->object);
    if (call.argument(Role::Whence) == SEEK_END && thing.kind == ObjectKind::File)
        thing.file_size = static_cast<std::int64_t>(static_cast<std::uint64_t>(call.result()) -
                                                    static_cast<std::uint64_t>(call.argument(Role::Offset)));
    note_change({.process = call.process.id, .object = thing.id, .descriptor = call.descriptor(), .at = index});
}

void Fold::unlinks_result(const Call& call) {
    if (call.has_failed()) return;
    take_name_off(object_of_path(path_of(call)));
}

void Fold::take_name_off(ObjectId id) {
    if (id == no_id) return;
    object(id).is_unlinked = true;
    std::erase_if(model.object_by_path_, [&](const auto& entry) { return entry.second == id; });
    bury_if_unused(id);
    note_change({.process = event.process, .object = id, .at = index});
}

}  // namespace ipcscope
