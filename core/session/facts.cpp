#include "core/session/facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cstdlib>

#include "core/session/pidfd.h"
#include "core/session/stdio_buffer.h"

namespace ipcscope {
namespace {

// "pos:\t0\nflags:\t0100002\n…": flags are octal, and have O_CLOEXEC where the descriptor has it.
std::int64_t number_behind(const std::string& text, const char* name, int base) {
    const std::size_t at = text.find(name);
    return at == std::string::npos ? 0 : std::strtoll(text.c_str() + at + std::strlen(name), nullptr, base);
}

// What lies in a pipe, copied by tee(2), which takes nothing out. `end` must be its read end.
std::string bytes_in_pipe(int end, std::size_t count) {
    int copy[2];
    std::string bytes;
    if (count == 0 || pipe2(copy, O_CLOEXEC | O_NONBLOCK) != 0) return bytes;
    const UniqueFd read_end(copy[0]), write_end(copy[1]);
    const ssize_t copied = tee(end, copy[1], std::min<std::size_t>(count, max_capture), SPLICE_F_NONBLOCK);
    if (copied <= 0) return bytes;
    bytes.resize(static_cast<std::size_t>(copied));
    const ssize_t length = ::read(copy[0], bytes.data(), bytes.size());
    bytes.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return bytes;
}

// How often each thread has run, if there are any and all of them sleep now.
std::optional<std::vector<std::uint64_t>> rest_of(pid_t pid) {
    std::vector<std::uint64_t> times;
    for (const pid_t tid : threads_of(pid)) {
        times.push_back(parse_times_run(read_text(task_path(pid, tid, "schedstat"))).value_or(0));
        const std::optional<ProcStat> stat = parse_stat(read_text(task_path(pid, tid, "stat")));
        if (!stat || (stat->state != 'S' && stat->state != 'T')) return std::nullopt;
    }
    if (times.empty()) return std::nullopt;
    return times;
}

// The link of a message queue is its name, "/q", as if it were a file at the root.
constexpr std::string_view queue_link = "mqueue:";
bool is_message_queue(const std::string& path) {
    constexpr auto magic = 0x19800202;    // MQUEUE_MAGIC
    struct statfs about {};
    return statfs(path.c_str(), &about) == 0 && about.f_type == magic;
}

bool can_read(std::int64_t flags) { return (flags & O_ACCMODE) != O_WRONLY; }

}  // namespace

void Facts::add(FactKind kind, ProcessId process, std::initializer_list<std::int64_t> values, std::string_view text, ThreadId thread) {
    Event event = out_.event(EventKind::Fact, process, thread);
    event.value[0] = static_cast<std::int64_t>(kind);
    std::copy(values.begin(), values.end(), event.value + 1);
    out_.fresh().add(event, text);
}

void Facts::read() {
    memory_.drop();
    connections_.clear();
    own_sockets_.clear();
    for (Ended& ended : ended_) {
        // If it is no zombie, its number is somebody else's.
        const std::optional<ProcStat> stat = read_stat(ended.pid_here);
        ended.is_gone = !stat || stat->state != 'Z';
        add(FactKind::ProcessState, ended.process, {ended.is_gone ? 0 : stat->state, ended.pid_here});
    }

    ByLink known;
    Ends ends;
    for (const auto& process : population_.alive())
        if (process->presence == Presence::Seen) read_process(*process, known, ends);
    for (const auto& process : population_.alive())
        if (process->presence == Presence::Unseen) read_unseen_process(*process, known, ends);
    for (const auto& [inode, end] : ends.pipes) read_pipe(end);
    read_ipc_objects(ends.queues);
    read_locks(ends.files);
    read_peers();
    for (std::size_t i = 0; i < keepers_.size(); ++i) read_kernel_sockets(*keepers_[i], are_apart_ ? static_cast<std::uint32_t>(i) + 1 : 0);
}

void Facts::read_process(ObservedProcess& process, ByLink& known, Ends& ends) {
    const std::optional<ProcStat> stat = read_stat(process.pid_here);
    add(FactKind::ProcessState, process.id, {stat ? stat->state : 0, process.pid_here});
    if (stat && process.parent != no_id)
        add(FactKind::Parent, process.id, {stat->parent, inner_number(proc_path(stat->parent, "status"))});
    if (process.presence == Presence::Seen) read_buffer(process);
    read_threads(process);
    const std::vector<Descriptor> descriptors = list_descriptors(process);
    for (const Descriptor& descriptor : descriptors) {
        add(FactKind::Descriptor, process.id, {descriptor.number, descriptor.flags, descriptor.offset, descriptor.inode, descriptor.mode}, descriptor.link);
        if (const Descriptor* same = same_open_file(known, descriptor))
            add(FactKind::SameOpenFile, process.id, {descriptor.number, same->process->id, same->number});
        if (S_ISREG(descriptor.mode)) ends.files.emplace(descriptor.inode, descriptor.device);
        if (!descriptor.info.empty()) read_event_file(descriptor);
        if (S_ISSOCK(descriptor.mode) && !is_our_socket(descriptor)) read_socket(descriptor);
        const bool is_pipe = S_ISFIFO(descriptor.mode);
        if (!is_pipe && !descriptor.link.starts_with(queue_link)) continue;
        const auto [place, is_new] = (is_pipe ? ends.pipes : ends.queues).try_emplace(descriptor.inode, descriptor);
        if (!is_new && !can_read(place->second.flags) && can_read(descriptor.flags)) place->second = descriptor;
    }
    add(FactKind::DescriptorCount, process.id, {static_cast<std::int64_t>(descriptors.size())});
    memory_.read(process);
}

// Nobody holds it: it may move while it is asked. Then what it said is worth nothing.
void Facts::read_unseen_process(ObservedProcess& process, ByLink& known, Ends& ends) {
    EventBatch& fresh = out_.fresh();
    const std::size_t first = fresh.events.size();
    const Ends ends_before = ends;
    const std::optional<std::vector<std::uint64_t>> before = rest_of(process.pid_here);
    if (before) read_process(process, known, ends);
    if (before && rest_of(process.pid_here) == before) return;
    fresh.events.resize(first);
    ends = ends_before;
}

void Facts::keep() {
    memory_.keep();
    std::erase_if(ended_, [](const Ended& ended) { return ended.is_gone; });
    std::erase_if(ipc_.all(), [](const IpcObject& object) { return object.is_gone; });
}

void Facts::read_buffer(ObservedProcess& process) {
    const std::optional<StdioBuffer> buffer = read_stdio_buffer(process.pid_here, process.stdout_place);
    const bool has_any = buffer && buffer->count != 0;
    if (has_any || process.has_buffered)
        add(FactKind::StdioBuffer, process.id, {has_any ? static_cast<std::int64_t>(buffer->count) : 0}, has_any ? buffer->bytes : "");
    process.has_buffered = has_any;
}

void Facts::read_threads(ObservedProcess& process) {
    for (const auto& thread : process.threads) {
        if (thread->id == no_id) continue;
        const std::optional<ProcStat> stat = parse_stat(thread->stat.read());
        const SystemCall call = system_call_of(process.pid_here, thread->tid_here);
        add(FactKind::ThreadState, process.id, {stat ? stat->state : 0, call.number, call.first},
            wchan_of(process.pid_here, thread->tid_here), thread->id);
    }
}

void Facts::read_pipe(const Descriptor& end) {
    const UniqueFd pipe = borrow_descriptor(end.process->pidfd.get(), end.number);
    int inside = -1;
    if (!pipe || ioctl(pipe.get(), FIONREAD, &inside) != 0) return;
    const std::string bytes = can_read(end.flags) ? bytes_in_pipe(pipe.get(), static_cast<std::size_t>(std::max(inside, 0))) : std::string();
    add(FactKind::PipeBytes, end.process->id, {end.inode, inside, fcntl(pipe.get(), F_GETPIPE_SZ), static_cast<std::int64_t>(bytes.size())}, bytes);
}

// --- Descriptors -----------------------------------------------------------------------------------

std::vector<Facts::Descriptor> Facts::list_descriptors(ObservedProcess& process) const {
    std::vector<Descriptor> descriptors;
    DIR* const listed = opendir(proc_path(process.pid_here, "fd").c_str());
    if (!listed) return descriptors;
    while (const dirent* entry = readdir(listed)) {
        if (entry->d_name[0] == '.') continue;
        char target[PATH_MAX];
        struct stat about {};
        const ssize_t length = readlinkat(dirfd(listed), entry->d_name, target, sizeof target);
        if (length <= 0 || fstatat(dirfd(listed), entry->d_name, &about, 0) != 0) continue;    // (stat follows the link, and opens nothing)
        std::string link(target, static_cast<std::size_t>(length));
        if (S_ISREG(about.st_mode) && link.find('/', 1) == std::string::npos && is_message_queue(proc_path(process.pid_here, "fd/") + entry->d_name))
            link.insert(0, queue_link);
        const std::string info = read_text(proc_path(process.pid_here, "fdinfo/") + entry->d_name);
        descriptors.push_back({&process, std::atoi(entry->d_name), std::move(link),
                               number_behind(info, "flags:", 8), number_behind(info, "pos:", 10), static_cast<std::int64_t>(about.st_ino), about.st_mode, about.st_dev, {}});
        const std::string& name = descriptors.back().link;
        if (name == "anon_inode:[eventfd]" || name == "anon_inode:[signalfd]" || name == "anon_inode:[timerfd]") descriptors.back().info = info;
    }
    closedir(listed);
    std::sort(descriptors.begin(), descriptors.end(), [](const Descriptor& a, const Descriptor& b) { return a.number < b.number; });
    return descriptors;
}

const Facts::Descriptor* Facts::same_open_file(ByLink& known, const Descriptor& descriptor) {
    std::vector<Descriptor>& candidates = known[descriptor.link];
    for (const Descriptor& other : candidates)
        if (syscall(SYS_kcmp, other.process->pid_here, descriptor.process->pid_here, KCMP_FILE, other.number, descriptor.number) == 0) return &other;
    candidates.push_back(descriptor);
    return nullptr;
}

// The one by which the process is saying hello right now: it will be closed before the program's first call.
bool Facts::is_our_socket(const Descriptor& descriptor) const {
    if (!S_ISSOCK(descriptor.mode)) return false;
    const UniqueFd socket = borrow_descriptor(descriptor.process->pidfd.get(), descriptor.number);
    sockaddr_un address{};
    socklen_t length = sizeof address;
    return socket && getpeername(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0 && address.sun_family == AF_UNIX &&
           socket_path_ == address.sun_path;
}

void Facts::find_descriptors(ObservedProcess& process) {
    ByLink known;
    for (const auto& other : population_.alive())
        if (other.get() != &process && other->id != no_id)
            for (const Descriptor& descriptor : list_descriptors(*other)) same_open_file(known, descriptor);
    for (const Descriptor& descriptor : list_descriptors(process)) {
        if (is_our_socket(descriptor)) continue;
        const Descriptor* const same = same_open_file(known, descriptor);
        Event event = out_.event(EventKind::Found, process.id);
        event.value[0] = descriptor.number;
        event.value[1] = descriptor.flags;
        event.value[2] = descriptor.offset;
        event.value[3] = descriptor.inode;
        event.value[4] = descriptor.mode;
        event.value[5] = same ? (std::int64_t{same->process->id} << 32 | same->number) : -1;
        out_.fresh().add(event, descriptor.link);
    }
}

// --- What no call has shown ------------------------------------------------------------------------

namespace {

// What `now` has more than is known; and then that is known too.
IoCount take_unseen(const IoCount& now, ObservedThread& thread) {
    const auto missing = [&](std::uint64_t IoCount::*count) {
        const std::uint64_t known = thread.baseline.*count + thread.shown.*count + thread.told.*count;
        const std::uint64_t more = now.*count > known ? now.*count - known : 0;
        thread.told.*count += more;
        return more - std::min(more, thread.allowed.*count);
    };
    const IoCount unseen{missing(&IoCount::reads), missing(&IoCount::writes), missing(&IoCount::bytes_read), missing(&IoCount::bytes_written)};
    thread.allowed = {};
    return unseen;
}

}  // namespace

// By bytes, not by calls: an interrupted read that the kernel starts anew counts twice, and carries nothing the first time.
void Facts::tell_unseen(ObservedProcess& process) {
    if (process.presence != Presence::Seen) return;
    IoCount unseen;
    for (const auto& thread : process.threads) {
        const std::optional<IoCount> now = read_io(process.pid_here, thread->tid_here);
        if (!now) continue;
        const IoCount its = take_unseen(*now, *thread);
        if (its.bytes_read) unseen.reads += its.reads, unseen.bytes_read += its.bytes_read;
        if (its.bytes_written) unseen.writes += its.writes, unseen.bytes_written += its.bytes_written;
    }
    if (unseen.bytes_read == 0 && unseen.bytes_written == 0) return;
    Event event = out_.event(EventKind::Unseen, process.id);
    event.value[0] = static_cast<std::int64_t>(unseen.reads);
    event.value[1] = static_cast<std::int64_t>(unseen.writes);
    event.value[2] = static_cast<std::int64_t>(unseen.bytes_read);
    event.value[3] = static_cast<std::int64_t>(unseen.bytes_written);
    out_.fresh().add(event);
}

}  // namespace ipcscope
