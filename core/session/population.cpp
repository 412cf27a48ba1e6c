#include "core/session/population.h"

#include <algorithm>
#include <asio.hpp>

#include "core/session/pidfd.h"

namespace ipcscope {

class EndWatch {
 public:
    EndWatch(asio::io_context& io, int number) : pidfd(io, number) {}
    ~EndWatch() { pidfd.release(); }    // the descriptor is the process's

    asio::posix::stream_descriptor pidfd;
};

ObservedProcess* Population::with_id(ProcessId id) const { return id < by_id_.size() ? by_id_[id] : nullptr; }

ObservedProcess* Population::with_pid_here(pid_t pid) const {
    for (const auto& process : alive_)
        if (process->pid_here == pid) return process.get();
    return nullptr;
}

Population::Place Population::with_thread(ThreadId id) const {
    if (id >= process_of_thread_.size()) return {};
    ObservedProcess* const process = with_id(process_of_thread_[id]);
    if (!process) return {};
    for (const auto& thread : process->threads)
        if (thread->id == id) return {process, thread.get()};
    return {};
}

ObservedProcess* Population::adopt(pid_t pid_here, UniqueFd pidfd) {
    if (!pidfd) pidfd = open_pidfd(pid_here);
    if (!pidfd) return nullptr;
    auto made = std::make_unique<ObservedProcess>();
    ObservedProcess* const process = made.get();
    process->pid_here = pid_here;
    process->pid = inner_number(proc_path(pid_here, "status"));
    process->host = host_of(pid_here);
    process->awaited_since = std::chrono::steady_clock::now();
    process->awaited_program = read_link(proc_path(pid_here, "exe"));
    process->pidfd = std::move(pidfd);
    process->end_watch = std::make_shared<EndWatch>(io_, process->pidfd.get());
    // By number, not by pointer: the process may have been found dead, and forgotten, before this is called.
    process->end_watch->pidfd.async_wait(asio::posix::stream_descriptor::wait_read, [this, pid_here](const asio::error_code& error) {
        ObservedProcess* const ended = error ? nullptr : with_pid_here(pid_here);
        if (ended) ended->has_died = has_ended(ended->pidfd.get());
    });
    alive_.push_back(std::move(made));
    return process;
}

bool Population::is_another_first(const ObservedProcess& process) const {
    if (process.id != no_id || !process.is_launched) return false;
    const auto itself = std::ranges::find(alive_, &process, [](const auto& other) { return other.get(); });
    return std::any_of(alive_.begin(), itself, [](const auto& other) { return other->is_launched && other->id == no_id && !other->has_died; });
}

// Whose reaper is an ancestor of it? (A process that has lost its parent has that reaper for one.)
std::uint32_t Population::host_of(pid_t pid_here) const {
    if (reapers_.empty()) return 0;
    for (int generations = 0; generations < 1000 && pid_here > 1; ++generations) {
        const auto reaper = std::ranges::find(reapers_, pid_here);
        if (reaper != reapers_.end()) return static_cast<std::uint32_t>(reaper - reapers_.begin()) + 1;
        if (const ObservedProcess* const known = with_pid_here(pid_here); known && known->host != 0) return known->host;
        const std::optional<ProcStat> stat = read_stat(pid_here);
        if (!stat) break;
        pid_here = stat->parent;
    }
    return 0;
}

// --- Births ----------------------------------------------------------------------------------------

Population::Origin Population::origin_of(const Hello* hello, const ObservedProcess& process) const {
    if (by_id_.empty() || process.is_launched) return {no_id, BirthHow::Launched};
    const std::optional<ProcStat> stat = read_stat(process.pid_here);
    const ObservedProcess* parent = stat ? with_pid_here(stat->parent) : nullptr;
    // A parent that has ended meanwhile is still named by the memory that its child found itself with.
    if (hello && hello->reason != HelloReason::Start && hello->parent_process < by_id_.size()) {
        const BirthHow how = hello->reason == HelloReason::Vfork ? BirthHow::Vforked : BirthHow::Forked;
        return {hello->parent_process, how};
    }
    if (process.parent != no_id) return {process.parent, BirthHow::Forked};
    if (!parent || parent->id == no_id) return {no_id, BirthHow::Unknown};
    for (const auto& thread : parent->threads) {
        if (thread->is_in(Effect::Spawns)) return {parent->id, BirthHow::Spawned};
        if (thread->is_in(Effect::Forks)) {
            const bool is_vfork = static_cast<CallId>(thread->calls.back().call) == CallId::vfork;
            return {parent->id, is_vfork ? BirthHow::Vforked : BirthHow::Forked};
        }
    }
    return {parent->id, BirthHow::Unknown};
}

void Population::add_with_program(Event event, pid_t pid_here) {
    const std::string program = program_of(pid_here);
    const std::string argv = read_text(proc_path(pid_here, "cmdline"), max_capture);
    const EventBatch::Piece pieces[] = {{0, std::as_bytes(std::span(program)), program.size()}, {1, std::as_bytes(std::span(argv)), argv.size()}};
    out_.fresh().add(event, pieces);
}

void Population::bear(ObservedProcess& process, const Hello* hello) {
    const Origin origin = origin_of(hello, process);
    process.id = born();
    process.parent = origin.parent;
    if (hello) process.pid = hello->pid;
    by_id_.push_back(&process);
    if (process.host == 0 && origin.parent != no_id && with_id(origin.parent)) process.host = with_id(origin.parent)->host;
    births_.push_back({origin.parent, process.pid, process.host});
    if (const ObservedProcess* const parent = origin.parent == no_id ? nullptr : with_id(origin.parent); parent && hello) {
        process.has_mapped = parent->has_mapped;
        process.watched = parent->watched;
    }

    Event event = out_.event(EventKind::Born, process.id);
    event.value[0] = process.pid;
    event.value[1] = process.pid_here;
    event.value[2] = origin.parent;
    event.value[3] = static_cast<std::int64_t>(origin.how);
    event.value[4] = process.host;
    add_with_program(event, process.pid_here);
    if (origin.parent == no_id && find_descriptors) find_descriptors(process);
}

Area* Population::welcome(const Hello& hello, ObservedProcess& process, bool is_gate_closed) {
    const bool is_image = process.id != no_id && hello.reason == HelloReason::Start;
    const bool is_more = process.id != no_id && hello.reason == HelloReason::MoreRings && process.presence == Presence::Seen;
    if (process.id == no_id) bear(process, &hello);

    AreaOptions options;
    options.process = process.id;
    options.clock = timebase_.clock();
    options.gate_closed = is_gate_closed;
    options.capture_limit = launch_.capture_limit;
    options.ring_bytes = launch_.ring_bytes;
    Result<Area> area = Area::create(options);
    if (!area) {
        out_.note(area.sentence(), process.id);
        declare_unseen(process);
        return nullptr;
    }
    if (is_image) {
        forget_old_image(process);
        change_image(process, true);
    }
    process.presence = Presence::Seen;
    process.main_bias = hello.main_bias;
    process.areas.push_back(std::make_unique<SharedArea>(std::move(*area)));
    if (!is_more) {
        // The main thread, or the one that forked, is there from the beginning.
        ObservedThread* thread = process.thread_with(hello.tid);
        if (!thread) thread = &add_thread(process, hello.tid, hello.tid == hello.pid ? process.pid_here : 0);
        if (thread->id == no_id) bear_thread(process, *thread);
        thread->baseline = read_io(process.pid_here, thread->tid_here).value_or(IoCount{});
        thread->shown = thread->told = {};
    }
    return &process.areas.back()->area;
}

void Population::declare_unseen(ObservedProcess& process) {
    if (process.id == no_id) bear(process, nullptr);
    forget_old_image(process);
    process.presence = Presence::Unseen;
    change_image(process, false);
    out_.note(is_static_program(process.pid_here)
                  ? "This program is statically linked: its calls are not seen, and nothing waits for it."
                  : "This program does not load the probe (set-user-ID, or its own loader): its calls are not seen, and nothing waits for it.",
              process.id);
}

void Population::change_image(ObservedProcess& process, bool is_seen) {
    Event event = out_.event(EventKind::Image, process.id);
    event.value[0] = is_seen ? 0 : 1;
    add_with_program(event, process.pid_here);
}

// After an execve only the main thread is left; whoever called, it has the main thread's number now.
void Population::forget_old_image(ObservedProcess& process) {
    while (process.threads.size() > 1) end_thread(process, *process.threads.back());
    if (!process.threads.empty()) {
        ObservedThread& main = *process.threads.front();
        main.rings.clear();
        main.calls.clear();    // the Image event answers its execve
        main.slept_at.reset();
        main.is_asleep = main.is_let_through = false;
    }
    process.areas.clear();
    process.has_mapped = false;
    process.watched.clear();
}

// --- Threads ---------------------------------------------------------------------------------------

void Population::bear_thread(ObservedProcess& process, ObservedThread& thread) {
    thread.id = static_cast<ThreadId>(process_of_thread_.size());
    process_of_thread_.push_back(process.id);
    Event event = out_.event(EventKind::ThreadBorn, process.id, thread.id);
    event.value[0] = thread.tid;
    event.value[1] = thread.tid_here;
    out_.fresh().add(event);
}

ObservedThread& Population::add_thread(ObservedProcess& process, pid_t tid, pid_t tid_here) {
    if (tid_here == 0) {
        // Inside a PID namespace it has another number than here.
        for (const pid_t candidate : threads_of(process.pid_here))
            if (inner_number(task_path(process.pid_here, candidate, "status")) == tid) tid_here = candidate;
    }
    auto& thread = *process.threads.emplace_back(std::make_unique<ObservedThread>());
    thread.tid = tid;
    thread.tid_here = tid_here;
    if (tid_here != 0) {
        thread.stat = ProcFile(task_path(process.pid_here, tid_here, "stat"));
        thread.schedstat = ProcFile(task_path(process.pid_here, tid_here, "schedstat"));
        thread.children = ProcFile(task_path(process.pid_here, tid_here, "children"));
    }
    return thread;
}

ObservedThread& Population::thread_of(ObservedProcess& process, SharedArea& shared, std::uint32_t ring, pid_t tid) {
    ObservedThread*& owner = shared.owners[ring];
    if (owner && owner->tid == tid) return *owner;
    ObservedThread* thread = process.thread_with(tid);
    if (!thread) thread = &add_thread(process, tid, process.pid == process.pid_here ? tid : 0);
    if (thread->id == no_id) bear_thread(process, *thread);
    thread->rings.push_back({&shared, ring});
    return *(owner = thread);
}

void Population::end_thread(ObservedProcess& process, ObservedThread& thread) {
    for (; !thread.calls.empty(); thread.calls.pop_back()) {
        Event event = out_.event(EventKind::Abandoned, process.id, thread.id);
        event.call = thread.calls.back().call;
        event.flags = thread.calls.back().flags & static_cast<std::uint8_t>(~Flag::Held);
        out_.fresh().add(event);
    }
    if (thread.id != no_id) out_.fresh().add(out_.event(EventKind::ThreadEnded, process.id, thread.id));
    for (const RingOfThread& ring : thread.rings) {
        ring.shared->owners[ring.ring] = nullptr;
        if (static_cast<pid_t>(ring.shared->area.owner(ring.ring)) == thread.tid) ring.shared->area.free_ring(ring.ring);
    }
    std::erase_if(process.threads, [&](const auto& other) { return other.get() == &thread; });
}

// --- Ends ------------------------------------------------------------------------------------------

void Population::tell_parent(pid_t pid, const ObservedProcess& parent) {
    for (const auto& process : alive_)
        if (process->id == no_id && process->pid == pid && process->host == parent.host && process->parent == no_id && pid != 0) process->parent = parent.id;
}

void Population::bear_stillborn(const ObservedProcess& parent, pid_t pid, ProcessId since, bool is_vfork, int status) {
    const auto is_on_its_way = [&](const auto& process) { return process->id == no_id && process->pid == pid && process->host == parent.host; };
    // (One who was born meanwhile is that child, perhaps by another number: it may live in a PID namespace of its own.)
    const auto is_it = [&](const Birth& birth) { return birth.parent == parent.id || (birth.pid == pid && birth.host == parent.host); };
    const bool is_known = std::any_of(births_.begin() + std::min<std::ptrdiff_t>(since, std::ssize(births_)), births_.end(), is_it);
    if (is_known || std::any_of(alive_.begin(), alive_.end(), is_on_its_way)) return;
    const ProcessId id = born();
    by_id_.push_back(nullptr);
    births_.push_back({parent.id, pid, parent.host});
    Event event = out_.event(EventKind::Born, id);
    event.value[0] = pid;
    event.value[2] = parent.id;
    event.value[3] = static_cast<std::int64_t>(is_vfork ? BirthHow::Vforked : BirthHow::Forked);
    event.value[4] = parent.host;
    out_.fresh().add(event);
    Event end = out_.event(EventKind::Ended, id);
    end.value[0] = status;
    out_.fresh().add(end);
}

void Population::end(ObservedProcess& process, int status) {
    if (process.id == no_id) bear(process, nullptr);    // it was too quick for its probe
    while (!process.threads.empty()) end_thread(process, *process.threads.back());
    Event event = out_.event(EventKind::Ended, process.id);
    event.value[0] = status;
    out_.fresh().add(event);
    by_id_[process.id] = nullptr;
    forget(process);
}

void Population::forget(ObservedProcess& process) {
    std::erase_if(alive_, [&](const auto& other) { return other.get() == &process; });
}

}  // namespace ipcscope
