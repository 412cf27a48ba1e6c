// Kernel objects: made when a call or the kernel first speaks of them, found again by path or inode.
#include <fcntl.h>
#include <sys/stat.h>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

// Names of message queues are no paths, and look like some: the session's links and the paths here have this before them.
constexpr std::string_view queue_prefix = "mqueue:";

// What an object of this kind is called: with a number where it has no name of its own.
std::string name_of(ObjectKind kind, std::string_view path, std::uint32_t number) {
    const ObjectKindRow& row = row_of(kind);
    const std::string word(row.word);
    if (row.naming == Naming::Path) return std::string(path);
    if (constexpr std::string_view folder = "/dev/shm"; kind == ObjectKind::SharedMemory && path.starts_with(folder)) path.remove_prefix(folder.size());
    if (path.starts_with(queue_prefix)) path.remove_prefix(queue_prefix.size());
    if (row.naming == Naming::WordAndPath && !path.empty()) return word + ' ' + std::string(path);
    return kind == ObjectKind::Terminal && number == 1 ? word : word + '#' + std::to_string(number);
}

// A path, or the kernel's own name: "pipe:[48812]". "anon_inode:[eventpoll]" is the name of many.
bool has_name(ObjectKind kind) {
    return kind != ObjectKind::Anonymous && kind != ObjectKind::EventFd && kind != ObjectKind::SignalFd && kind != ObjectKind::TimerFd &&
           kind != ObjectKind::EventPoll;
}

}  // namespace

std::string normal_path(std::string_view path) {
    std::string normal = path.starts_with('/') ? "/" : "";
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (part.empty() || part == ".") continue;
        if (!normal.empty() && !normal.ends_with('/')) normal += '/';
        normal += part;
    }
    return normal.empty() ? "." : normal;
}

ObjectKind kind_from_mode(std::uint64_t mode, std::string_view link) {
    if (link == "anon_inode:[eventfd]") return ObjectKind::EventFd;
    if (link == "anon_inode:[signalfd]") return ObjectKind::SignalFd;
    if (link == "anon_inode:[timerfd]") return ObjectKind::TimerFd;
    if (link == "anon_inode:[eventpoll]") return ObjectKind::EventPoll;
    switch (mode & S_IFMT) {
        case S_IFIFO: return link.starts_with("pipe:") ? ObjectKind::Pipe : ObjectKind::Fifo;
        case S_IFSOCK: return ObjectKind::Socket;
        case S_IFREG: return link.starts_with(queue_prefix) ? ObjectKind::MessageQueue : ObjectKind::File;
        case S_IFDIR: return ObjectKind::Directory;
        case S_IFBLK: return ObjectKind::Device;
        case S_IFCHR:
            return link.starts_with("/dev/pts/") || link.starts_with("/dev/tty") || link == "/dev/console"
                       ? ObjectKind::Terminal
                       : ObjectKind::Device;
        default: return link.starts_with("anon_inode:") ? ObjectKind::Anonymous : ObjectKind::Unknown;
    }
}

ObjectId Fold::make_object(ObjectKind kind, std::string_view path) {
    Object& made = model.objects_.emplace_back();
    made.id = static_cast<ObjectId>(model.objects_.size() - 1);
    made.born = index;
    made.path = path;
    if (has_name(kind) && !path.empty()) model.object_by_path_[made.path] = made.id;
    give_kind(made, kind);
    return made.id;
}

void Fold::give_kind(Object& object, ObjectKind kind) {
    object.kind = kind;
    object.name = name_of(kind, object.path, ++model.named_[static_cast<std::size_t>(kind)]);
    if (kind == ObjectKind::Pipe || kind == ObjectKind::Fifo) object.pipe.emplace();
    if (kind == ObjectKind::EventFd) object.counter.emplace();
    if (kind == ObjectKind::SignalFd) object.signals.emplace();
    if (kind == ObjectKind::TimerFd) object.timer.emplace();
    if (kind == ObjectKind::SysVSemaphores) object.semaphore_set.emplace();
    if (kind == ObjectKind::SysVMemory) object.segment.emplace();
    if (kind == ObjectKind::Socket) object.socket.emplace();
    if (kind == ObjectKind::EventPoll) object.event_poll.emplace();
    if (kind == ObjectKind::MessageQueue || kind == ObjectKind::SysVQueue) object.queue.emplace().is_posix = kind == ObjectKind::MessageQueue;
}

void Fold::correct_kind(ObjectId id, ObjectKind kind) {
    give_kind(object(id), kind);
    for (OpenFile& file : model.open_files_)
        if (file.object == id) file.end = end_of(kind, file.flags);
}

ObjectId Fold::object_of_path(std::string_view path) {
    const auto found = model.object_by_path_.find(std::string(path));
    return found == model.object_by_path_.end() ? no_id : found->second;
}

std::string Fold::path_of(const Call& call) {
    const std::string path = normal_path(trace.text(call.entry, position_of(call.id, Role::Path)));
    if (path.starts_with('/') || !call.has(Role::DirFd)) return path;
    const OpenFile* const directory = file_behind(call.process, static_cast<int>(call.argument(Role::DirFd)));
    if (!directory || object(directory->object).path.empty()) return path;
    return normal_path(object(directory->object).path + '/' + path);
}

// Two names turned out to be one file. Open files move over; a FIFO that bytes went through keeps to itself.
void Fold::merge(ObjectId from, ObjectId into) {
    Object& gone = object(from);
    Object& kept = object(into);
    if (!gone.inside.empty()) return;
    for (OpenFile& file : model.open_files_)
        if (file.object == from) file.object = into;
    for (auto& [path, id] : model.object_by_path_)
        if (id == from) id = into;
    for (Thread& thread : model.threads_)
        if (thread.waits_for == from) thread.waits_for = into;
    kept.holds.insert(kept.holds.end(), gone.holds.begin(), gone.holds.end());
    gone.holds.clear();
    if (gone.locks) {
        if (!kept.locks) kept.locks.emplace();
        kept.locks->has_ranges |= gone.locks->has_ranges;
        kept.locks->wishes.insert(kept.locks->wishes.end(), gone.locks->wishes.begin(), gone.locks->wishes.end());
        gone.locks.reset();
    }
    kept.readers += gone.readers;
    kept.writers += gone.writers;
    kept.file_size = gone.file_size;
    gone.readers = gone.writers = 0;
    gone.has_ended = true;
}

// What the kernel says of an object that calls have made known. The first word is taken, later ones are for the witness to
// compare. Answers the object that it really is.
ObjectId Fold::learn(ObjectId id, std::uint64_t inode, std::uint64_t mode, std::string_view link) {
    const ObjectKind kind = kind_from_mode(mode, link);
    Object& known = object(id);
    if (known.inode != 0) return id;
    known.inode = inode;
    if ((known.kind == ObjectKind::File || known.kind == ObjectKind::Unknown) && kind != ObjectKind::Unknown &&
        kind != known.kind)
        correct_kind(id, kind);
    if (known.pipe) model.pipe_by_inode_[inode] = id;
    if (link.empty() || !has_name(known.kind) || known.is_unlinked) return id;
    const auto [entry, is_first] = model.object_by_path_.emplace(link, id);
    const ObjectId other = entry->second;
    if (is_first || other == id) {
        known.path = link;
    } else if (Object& first = object(other); first.kind == known.kind && (first.inode == inode || first.inode == 0)) {
        first.inode = inode;
        merge(id, other);
        return other;
    }
    return id;
}

// Calls that nobody saw may have used whatever this process can reach.
void Fold::doubt(Process& process, bool has_read, bool has_written) {
    for (const Descriptor& held : process.descriptors) {
        OpenFile& behind = file(held.file);
        if (!(has_read && can_read(behind.flags)) && !(has_written && can_write(behind.flags))) continue;
        Object& thing = object(behind.object);
        behind.is_offset_known = false;
        if (has_written && can_write(behind.flags)) thing.file_size.reset();
        if (thing.pipe) thing.is_uncertain = true;
    }
}

}  // namespace ipcscope
