// Descriptors and the open files behind them: counted as the kernel counts them.
#include <fcntl.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {

bool can_read(int flags) { return (flags & O_ACCMODE) != O_WRONLY; }
bool can_write(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

End end_of(ObjectKind kind, int flags) {
    if (kind != ObjectKind::Pipe && kind != ObjectKind::Fifo) return End::None;
    if (!can_write(flags)) return End::Read;
    return can_read(flags) ? End::Both : End::Write;
}

Descriptor* Fold::descriptor(Process& process, int number) {
    const auto at = std::ranges::lower_bound(process.descriptors, number, {}, &Descriptor::number);
    return at != process.descriptors.end() && at->number == number ? &*at : nullptr;
}

OpenFile* Fold::file_behind(Process& process, int number) {
    const Descriptor* const found = descriptor(process, number);
    return found ? &file(found->file) : nullptr;
}

OpenFileId Fold::make_file(ObjectId object, int flags) {
    OpenFile& made = model.open_files_.emplace_back();
    made.id = static_cast<OpenFileId>(model.open_files_.size() - 1);
    made.object = object;
    made.flags = flags;
    made.end = end_of(model.objects_[object].kind, flags);
    return made.id;
}

void Fold::install(Process& process, int number, OpenFileId file, bool close_on_exec) {
    hold(file);
    if (descriptor(process, number)) close(process, number);
    const auto at = std::ranges::lower_bound(process.descriptors, number, {}, &Descriptor::number);
    process.descriptors.insert(at, {number, file, close_on_exec, index});
    note_change({.process = process.id, .object = this->file(file).object, .descriptor = number, .at = index});
}

Descriptor Fold::take_out(Process& process, int number) {
    const auto at = std::ranges::lower_bound(process.descriptors, number, {}, &Descriptor::number);
    const Descriptor taken = *at;
    process.descriptors.erase(at);
    drop_record_locks(process, file(taken.file).object);
    return taken;
}

void Fold::hold(OpenFileId id) {
    OpenFile& held = file(id);
    if (held.references++ != 0) return;
    Object& behind = object(held.object);
    behind.readers += can_read(held.flags);
    behind.writers += can_write(held.flags);
}

void Fold::let_go(OpenFileId id) {
    OpenFile& held = file(id);
    if (--held.references != 0) return;
    drop_locks_of(id);
    Object& behind = object(held.object);
    behind.readers -= can_read(held.flags);
    behind.writers -= can_write(held.flags);
}

void Fold::bury_if_unused(ObjectId id) {
    end_memory_if_unused(id);
    Object& unused = object(id);
    if (unused.readers != 0 || unused.writers != 0) return;
    if (unused.socket) return end_socket(id);
    if (unused.counter || unused.signals || unused.timer || unused.event_poll) unused.has_ended = true;
    if (!unused.pipe && !unused.queue) return;
    if (unused.queue && unused.queue->is_posix && unused.is_unlinked) {
        unused.has_ended = true;
        unused.inside.clear();
    }
    if (!unused.pipe) return;
    if (unused.kind == ObjectKind::Pipe || unused.is_unlinked) unused.has_ended = true;
    unused.inside.clear();
    unused.lying.clear();
    unused.waiting.clear();
    const bool is_over = unused.has_ended;   // else the next open makes a new buffer, of the usual size
    unused.pipe = is_over ? PipeBuffer(static_cast<std::uint32_t>(unused.pipe->capacity())) : PipeBuffer();
    unused.is_capacity_known &= is_over;
}

void Fold::close(Process& process, int number) {
    const OpenFileId id = take_out(process, number).file;
    let_go(id);
    note_change({.process = process.id, .object = file(id).object, .descriptor = number, .at = index});
    bury_if_unused(file(id).object);
}

void Fold::close_all(Process& process) {
    while (!process.descriptors.empty()) close(process, process.descriptors.back().number);
}

void Fold::close_on_exec(Process& process) {
    for (std::size_t i = process.descriptors.size(); i-- > 0;)
        if (process.descriptors[i].close_on_exec) close(process, process.descriptors[i].number);
}

}  // namespace ipcscope
