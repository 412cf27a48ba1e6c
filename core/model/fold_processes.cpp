// Births, new programs, ends, waits and signals.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

std::string joined(std::string_view argv) {
    std::string text(argv);
    std::ranges::replace(text, '\0', ' ');
    return text;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The lesson's name for the process born at this position, else what the program was called as ("sh", whatever file that is),
// with its place in the order of births if that is taken.
std::string name_for(const std::vector<std::string>& names, const std::vector<Process>& processes, const Process& process) {
    if (process.id < names.size() && !names[process.id].empty()) return names[process.id];
    std::string_view called = base_name(std::string_view(process.command).substr(0, process.command.find(' ')));
    if (called.empty()) called = base_name(process.program);
    const std::string base(called.empty() ? "process" : called);
    const bool is_taken = std::ranges::any_of(processes, [&](const Process& other) { return other.id != process.id && other.name == base; });
    const std::string name = is_taken ? base + '#' + std::to_string(process.id + 1) : base;
    return name;
}

void read_program(const Trace& trace, const Event& event, Process& process) {
    if (const std::string_view path = trace.text(event, 0); !path.empty()) process.program = path;
    if (const std::string_view argv = trace.text(event, 1); !argv.empty()) process.command = joined(argv);
}

bool has_ended_for_parent(int status) { return WIFEXITED(status) || WIFSIGNALED(status); }

}  // namespace

void include_signal(std::vector<int>& signals, int signal, bool is_in) {
    const auto at = std::ranges::lower_bound(signals, signal);
    const bool was_in = at != signals.end() && *at == signal;
    if (is_in && !was_in) signals.insert(at, signal);
    if (!is_in && was_in) signals.erase(at);
}

void Fold::born() {
    if (event.process != model.processes_.size()) return surprise();
    Process child;
    child.id = event.process;
    child.pid = static_cast<pid_t>(event.value[0]);
    child.pid_here = static_cast<pid_t>(event.value[1]);
    child.host = static_cast<std::uint32_t>(event.value[4]);
    child.born = index;
    const auto how = static_cast<BirthHow>(event.value[3]);
    const auto parent = static_cast<std::uint64_t>(event.value[2]);
    if (parent < model.processes_.size()) {
        const Process& from = model.processes_[parent];
        child.parent = from.id;
        child.program = from.program;
        child.command = from.command;
        child.descriptors = from.descriptors;
        child.ignored_signals = from.ignored_signals;
        child.handled_signals = from.handled_signals;
        child.is_seen = from.is_seen;
        child.borrows_memory = how == BirthHow::Vforked;
        if (child.borrows_memory) child.mappings = from.mappings;
        else if (how != BirthHow::Spawned) copy_mappings(from, child);
        child.takes_kernels_word = from.takes_kernels_word || how == BirthHow::Spawned || how == BirthHow::Unknown;
        child.is_orphan = from.state != ProcessState::Alive;
        for (Descriptor& descriptor : child.descriptors) {
            hold(descriptor.file);
            descriptor.since = index;
        }
    }
    read_program(trace, event, child);
    child.name = name_for(model.names_, model.processes_, child);
    Process& process = model.processes_.emplace_back(std::move(child));
    if (how == BirthHow::Spawned) {
        close_on_exec(process);
        process.handled_signals.clear();
    }
    note_change({.process = process.id, .at = index});
}

void Fold::image() {
    Process* const here = process();
    if (!here || here->state != ProcessState::Alive) return surprise();
    bool is_main = true;  // whichever thread called exec, it goes on as the main thread
    for (const ThreadId id : here->threads) {
        Thread& thread = model.threads_[id];
        if (thread.state == ThreadState::Ended) continue;
        leave_calls(thread, 0);
        if (!is_main) end_thread(thread);
        else show_state(thread), thread.site = 0;
        is_main = false;
    }
    close_on_exec(*here);
    here->unwritten.clear();
    here->unwritten_count = 0;
    unmap_all(*here);
    here->borrows_memory = false;
    here->handled_signals.clear();
    read_program(trace, event, *here);
    here->name = name_for(model.names_, model.processes_, *here);
    here->is_seen = event.value[0] == 0;
    if (!here->is_seen) {
        here->takes_kernels_word = true;
        doubt(*here, true, true);
    }
    note_change({.process = here->id, .at = index});
}

void Fold::thread_born() {
    Process* const owner = process();
    if (!owner || event.thread != model.threads_.size()) return surprise();
    const auto tid_here = static_cast<pid_t>(event.value[1]);
    for (const ThreadId id : owner->threads) {  // after exec, the same kernel thread under a new identity
        Thread& other = model.threads_[id];
        if (tid_here != 0 && other.tid_here == tid_here && other.state != ThreadState::Ended) end_thread(other);
    }
    Thread& made = model.threads_.emplace_back();
    made.id = event.thread;
    made.process = owner->id;
    made.tid = static_cast<pid_t>(event.value[0]);
    made.tid_here = tid_here;
    if (!owner->threads.empty()) {
        const auto before = static_cast<std::size_t>(std::ranges::count_if(model.threads_, [](const Thread& other) { return !other.name.empty(); }));
        if (before < model.thread_names_.size()) made.name = model.thread_names_[before];
    }
    owner->threads.push_back(made.id);
}

void Fold::thread_ended() {
    if (Thread* const here = thread()) end_thread(*here);
}

void Fold::end_thread(Thread& thread) {
    leave_calls(thread, 0);
    leave_locks(thread);
    show_state(thread);
    thread.state = ThreadState::Ended;
}

void Fold::ended() {
    Process* const here = process();
    if (!here || here->ended != no_id) return surprise();
    for (const ThreadId id : here->threads) end_thread(model.threads_[id]);
    close_all(*here);
    unmap_all(*here);
    undo_semaphores(*here);
    here->unwritten.clear();
    here->unwritten_count = 0;
    here->ended = index;
    if (event.value[0] >= 0) here->wait_status = static_cast<int>(event.value[0]);
    const Process* const parent = model.process(here->parent);
    const bool is_awaited =
        parent && parent->state == ProcessState::Alive && !std::ranges::binary_search(parent->ignored_signals, SIGCHLD);
    if (here->state == ProcessState::Alive) here->state = is_awaited ? ProcessState::Zombie : ProcessState::Gone;
    for (Process& child : model.processes_) {
        if (child.parent != here->id) continue;
        if (child.state != ProcessState::Gone) child.is_orphan = true;
        if (child.state == ProcessState::Zombie) child.state = ProcessState::Gone;
    }
    note_change({.process = here->id, .at = index});
}

// The kernel has already ended the child when wait returns, though the child's own Ended may come later.
void Fold::waits_result(const Call& call) {
    if (call.has_failed() || call.result() == 0) return;
    const auto child = std::ranges::find_if(model.processes_, [&](const Process& p) {
        return (p.parent == call.process.id || p.is_orphan) && p.pid == call.result() && p.state != ProcessState::Gone;
    });
    if (child == model.processes_.end()) {
        if (!call.process.takes_kernels_word) surprise();
        return;
    }
    const std::optional<Chunk> chunk = trace.chunk(event, position_of(call.id, Role::StatusOut));
    std::optional<int> status;
    if (chunk && chunk->bytes.size() == sizeof(int)) std::memcpy(&status.emplace(), chunk->bytes.data(), sizeof(int));
    const bool may_have_stopped = (call.argument(Role::WaitFlags) & (WUNTRACED | WCONTINUED)) != 0;
    if (status ? !has_ended_for_parent(*status) : may_have_stopped) return;
    if (status) child->wait_status = status;
    for (const ThreadId id : child->threads) end_thread(model.threads_[id]);
    close_all(*child);
    unmap_all(*child);
    undo_semaphores(*child);
    child->state = ProcessState::Gone;
    note_change({.process = child->id, .at = index});
}

// The kernel closes everything; a reader may be seen to find the end of its file before this process is seen to end.
void Fold::exits_begin(const Call& call) {
    for (const ThreadId id : call.process.threads) leave_locks(model.threads_[id]);
    close_all(call.process);
    unmap_all(call.process);
    undo_semaphores(call.process);
}

void Fold::signals_result(const Call& call) {
    if (call.has_failed()) return;
    ProcessId target = call.process.id;
    if (call.has(Role::Pid)) {
        const auto found = std::ranges::find_if(model.processes_, [&](const Process& p) {
            return p.pid == call.argument(Role::Pid) && p.state != ProcessState::Gone;
        });
        if (found != model.processes_.end()) target = found->id;
    }
    note_change({.process = target, .at = index});
}

void Fold::handles_result(const Call& call) {
    const auto failed = reinterpret_cast<std::intptr_t>(SIG_ERR);
    if (row_of(call.id).answer == Answer::Handler ? call.result() == failed : call.has_failed()) return;
    std::int64_t chosen = call.argument(Role::Handler);
    if (call.has(Role::ActionIn)) {
        const std::optional<Chunk> action = trace.chunk(call.entry, position_of(call.id, Role::ActionIn));
        if (!action || action->bytes.size() < sizeof chosen) return;  // only asked
        std::memcpy(&chosen, action->bytes.data(), sizeof chosen);    // sa_handler is the first member
    }
    const auto signal = static_cast<int>(call.argument(Role::Signal));
    const bool is_ignored = chosen == reinterpret_cast<std::intptr_t>(SIG_IGN);
    const bool is_default = chosen == reinterpret_cast<std::intptr_t>(SIG_DFL);
    include_signal(call.process.ignored_signals, signal, is_ignored);
    include_signal(call.process.handled_signals, signal, !is_ignored && !is_default);
    note_change({.process = call.process.id, .at = index});
}

}  // namespace ipcscope
