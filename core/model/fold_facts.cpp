// The kernel's word. It builds nothing that calls could have told: it adds what was there before (Found), names inodes,
// and speaks for processes that nobody can see.
#include <fcntl.h>

#include <algorithm>

#include "core/events/fact.h"
#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr int not_status = O_CLOEXEC | O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY;

// The object of a link in /proc/PID/fd.
ObjectId object_of_link(Fold& fold, std::uint64_t inode, std::uint64_t mode, std::string_view link) {
    const ObjectKind kind = kind_from_mode(mode, link);
    ObjectId id = fold.object_of_path(link);
    if (id == no_id) id = fold.make_object(kind, link);
    return fold.learn(id, inode, mode, link);
}

}  // namespace

ObjectId Fold::pipe_of_inode(std::uint64_t inode) {
    const auto found = model.pipe_by_inode_.find(inode);
    return found == model.pipe_by_inode_.end() || object(found->second).has_ended ? no_id : found->second;
}

void Fold::found() {
    Process* const here = process();
    if (!here || event.value[0] < 0) return surprise();
    const auto number = static_cast<int>(event.value[0]), flags = static_cast<int>(event.value[1]);
    const auto inode = static_cast<std::uint64_t>(event.value[3]), mode = static_cast<std::uint64_t>(event.value[4]);
    const std::string_view link = trace.text(event);
    if (const OpenFile* const known = file_behind(*here, number)) {
        const Object& thing = object(known->object);
        const bool is_same = thing.inode == inode || (thing.inode == 0 && thing.kind == kind_from_mode(mode, link));
        if (is_same) {
            learn(thing.id, inode, mode, link);
            return;
        }
    }
    OpenFileId shared = no_id;
    if (event.value[5] >= 0) {
        const auto other = static_cast<std::uint64_t>(event.value[5]);
        Process* const sharer = other >> 32 < model.processes_.size() ? &model.processes_[other >> 32] : nullptr;
        if (const OpenFile* const theirs = sharer ? file_behind(*sharer, static_cast<int>(other & 0xffffffffu)) : nullptr)
            shared = theirs->id;
    }
    if (shared == no_id) {
        shared = make_file(object_of_link(*this, inode, mode, link), flags & ~not_status);
        file(shared).offset = event.value[2];
    }
    install(*here, number, shared, (flags & O_CLOEXEC) != 0);
}

void Fold::fact() {
    Process* const here = process();
    switch (static_cast<FactKind>(event.value[0])) {
        case FactKind::Descriptor: {
            if (!here) return;
            if (here->takes_kernels_word) adopt_descriptor(*here);
            OpenFile* const behind = file_behind(*here, static_cast<int>(event.value[1]));
            if (!behind) return;
            learn(behind->object, static_cast<std::uint64_t>(event.value[4]), static_cast<std::uint64_t>(event.value[5]),
                  trace.text(event));
            if (!behind->is_offset_known) {
                behind->offset = event.value[3];
                behind->is_offset_known = true;
            }
            return;
        }
        case FactKind::DescriptorCount:
            if (here && here->takes_kernels_word) forget_unlisted(*here);
            return;
        case FactKind::PipeBytes: {
            const ObjectId id = pipe_of_inode(static_cast<std::uint64_t>(event.value[1]));
            if (id == no_id || object(id).is_capacity_known || event.value[3] <= 0) return;
            object(id).pipe->resize(static_cast<std::uint32_t>(event.value[3]));  // a new pipe's depends on the machine
            object(id).is_capacity_known = true;
            return;
        }
        case FactKind::SameOpenFile: {
            Process* const other = static_cast<std::uint64_t>(event.value[2]) < model.processes_.size()
                                       ? &model.processes_[static_cast<std::size_t>(event.value[2])] : nullptr;
            if (!here || !other || !here->takes_kernels_word) return;
            Descriptor* const mine = descriptor(*here, static_cast<int>(event.value[1]));
            const OpenFile* const theirs = file_behind(*other, static_cast<int>(event.value[3]));
            if (!mine || !theirs || mine->file == theirs->id) return;
            hold(theirs->id);
            let_go(mine->file);
            mine->file = theirs->id;
            return;
        }
        case FactKind::Mapping:
            if (here) mapping_fact(*here);
            return;
        case FactKind::Memory:
            if (here) memory_fact(*here);
            return;
        case FactKind::StdioBuffer:
            if (here && here->state == ProcessState::Alive) here->unwritten = trace.text(event), here->unwritten_count = static_cast<std::uint64_t>(event.value[1]);
            return;
        case FactKind::Parent:
            if (here && here->is_orphan) here->adopter = static_cast<pid_t>(event.value[2]);
            return;
        case FactKind::MessageQueue:
        case FactKind::SysVQueue: return queue_fact();
        case FactKind::EventFile: return event_file_fact();
        case FactKind::SysVSemaphores:
        case FactKind::SysVSemaphore: return semaphore_set_fact();
        case FactKind::SysVMemory: return segment_fact();
        case FactKind::Socket: return socket_fact();
        case FactKind::Peer: return peer_fact();
        case FactKind::TcpNumbers: return tcp_numbers_fact();
        case FactKind::KernelSockets: return kernel_sockets_fact();
        case FactKind::KernelSocket: return kernel_socket_fact();
        case FactKind::ThreadState:
            if (Thread* const asleep = thread()) find_where_it_sleeps(*asleep);
            return;
        default:    // for the witness only
            return;
    }
}

// A descriptor that the kernel lists and no call has made, in a process whose calls are not all seen.
void Fold::adopt_descriptor(Process& process) {
    const auto number = static_cast<int>(event.value[1]), flags = static_cast<int>(event.value[2]);
    const auto inode = static_cast<std::uint64_t>(event.value[4]), mode = static_cast<std::uint64_t>(event.value[5]);
    const std::string_view link = trace.text(event);
    if (const OpenFile* const known = file_behind(process, number)) {
        const Object& thing = object(known->object);
        const bool is_same = thing.inode == inode || (thing.inode == 0 && thing.kind == kind_from_mode(mode, link));
        if (is_same && (known->flags & O_ACCMODE) == (flags & O_ACCMODE)) {
            descriptor(process, number)->close_on_exec = (flags & O_CLOEXEC) != 0;
            return;
        }
    }
    const ObjectId thing = object_of_link(*this, inode, mode, link);
    const auto is_its_file = [&](const OpenFile& file) {
        return file.object == thing && file.references != 0 && (file.flags & O_ACCMODE) == (flags & O_ACCMODE);
    };
    const auto shared = std::ranges::find_if(model.open_files_, is_its_file);
    const OpenFileId id = shared != model.open_files_.end() ? shared->id : make_file(thing, flags & ~not_status);
    if (shared == model.open_files_.end()) file(id).offset = event.value[3];
    install(process, number, id, (flags & O_CLOEXEC) != 0);
    doubt(process, true, true);
}

// What the kernel did not list is not there. The list is the run of Descriptor facts just before its count.
void Fold::forget_unlisted(Process& process) {
    std::vector<int> listed;
    for (EventIndex i = index;
         i-- > 0 && trace[i].kind == EventKind::Fact && static_cast<std::int64_t>(listed.size()) < event.value[1];) {
        const Event& earlier = trace[i];
        if (earlier.process == process.id && earlier.value[0] == static_cast<std::int64_t>(FactKind::Descriptor))
            listed.push_back(static_cast<int>(earlier.value[1]));
    }
    if (static_cast<std::int64_t>(listed.size()) != event.value[1]) return;
    for (std::size_t i = process.descriptors.size(); i-- > 0;) {
        const int number = process.descriptors[i].number;
        if (std::ranges::find(listed, number) == listed.end()) close(process, number);
    }
}

void Fold::unseen() {
    Process* const here = process();
    if (!here) return surprise();
    here->unseen_calls += static_cast<std::uint64_t>(event.value[0]) + static_cast<std::uint64_t>(event.value[1]);
    here->takes_kernels_word = true;
    doubt(*here, event.value[0] > 0, event.value[1] > 0);
}

}  // namespace ipcscope
