#include "core/model/witness.h"

#include <fcntl.h>

#include <algorithm>

#include "core/events/fact.h"
#include "core/model/canonical.h"
#include "core/model/tell.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

constexpr int compared_flags = O_ACCMODE | O_NONBLOCK | O_APPEND;

std::string text_of_state(char letter) {
    switch (letter) {
        case 'R': return "R (running)";
        case 'S': return "S (sleeping)";
        case 'D': return "D (disk sleep)";
        case 'T': return "T (stopped)";
        case 't': return "t (traced)";
        case 'Z': return "Z (zombie)";
        case 'X': return "X (dead)";
        case 0: return "gone";
        default: return std::string(1, letter);
    }
}

// A thread at the gate sleeps there, in the probe's futex.
bool may_be(ThreadState state, char letter) {
    switch (state) {
        case ThreadState::AtGate:
        case ThreadState::Asleep: return letter == 'S' || letter == 'D';
        case ThreadState::Ended: return letter == 'Z' || letter == 'X' || letter == 0;
        case ThreadState::Running:
        case ThreadState::InKernel: return letter != 'Z' && letter != 'X' && letter != 0;
    }
    return false;
}

std::string expected_of(ThreadState state) {
    switch (state) {
        case ThreadState::AtGate:
        case ThreadState::Asleep: return text_of_state('S');
        case ThreadState::Ended: return text_of_state(0);
        case ThreadState::Running:
        case ThreadState::InKernel: break;
    }
    return text_of_state('R');
}

// Where in the kernel (fs/pipe.c) a thread sleeps that reads or writes a pipe; empty where names differ between kernels.
std::string_view expected_wchan(const Trace& trace, const Model& model, const Thread& thread) {
    const Object* const at = thread.waits_for < model.objects().size() ? &model.objects()[thread.waits_for] : nullptr;
    if (thread.state != ThreadState::Asleep || thread.calls.empty() || !at || !at->pipe) return {};
    switch (row_of(static_cast<CallId>(trace[thread.call()].call)).effect) {
        case Effect::Receives: return "pipe_read";
        case Effect::Sends: return "pipe_write";
        default: return {};
    }
}

}  // namespace

void Witnesses::thread_state(const Event& fact) {
    const Thread* const thread = model.thread(fact.thread);
    const Process* const process = thread ? model.process(thread->process) : nullptr;
    if (!process) return;
    const char letter = static_cast<char>(fact.value[1]);
    const std::string task = "/task/" + std::to_string(thread->tid_here);
    const bool agrees = may_be(thread->state, letter);
    const bool is_main = thread->tid_here == process->pid_here;
    add(fact, {proc(*process, (is_main ? "" : task) + "/stat"), text_of_state(letter),
               agrees ? text_of_state(letter) : expected_of(thread->state), agrees, no_id, no_id});
    const std::string_view wchan = trace.text(fact), expected = expected_wchan(trace, model, *thread);
    if (wchan.empty() || wchan == "0" || expected.empty()) return;
    const bool is_there = wchan.find(expected) != std::string_view::npos;
    add(fact, {proc(*process, (is_main ? "" : task) + "/wchan"), std::string(wchan), std::string(is_there ? wchan : expected),
               is_there, no_id, thread->waits_for});
}

void Witnesses::process_state(const Event& fact) {
    const Process* const process = model.process(fact.process);
    if (!process) return;
    const char letter = static_cast<char>(fact.value[1]);
    const bool has_ended = letter == 0 || letter == 'X' || letter == 'Z';
    const bool is_awaited =
        process->parent != no_id && !process->is_orphan;  // else ipcscope itself takes the status, in its own time
    bool agrees = false;
    std::string expected = "alive";
    switch (process->state) {
        case ProcessState::Alive: agrees = !has_ended; break;
        case ProcessState::Zombie: agrees = letter == 'Z', expected = text_of_state('Z'); break;
        case ProcessState::Gone: agrees = has_ended && (letter != 'Z' || !is_awaited), expected = "gone"; break;
    }
    add(fact,
        {proc(*process, "/stat"), text_of_state(letter), agrees ? text_of_state(letter) : expected, agrees, no_id, no_id});
}

namespace {

// "pipe:[48812] O_RDONLY", "/tmp/data.txt O_RDWR at 3"
std::string text_of_file(std::string_view link, int flags, bool close_on_exec, std::optional<std::int64_t> offset) {
    return std::string(link) + ' ' +
           text_of_flags(Role::OpenFlags, (flags & compared_flags) | (close_on_exec ? O_CLOEXEC : 0)) +
           (offset ? " at " + std::to_string(*offset) : "");
}

}  // namespace

void Witnesses::descriptor(const Event& fact) {
    const Process* const process = model.process(fact.process);
    if (!process || process->state != ProcessState::Alive) return;
    const int number = static_cast<int>(fact.value[1]), flags = static_cast<int>(fact.value[2]);
    listed.emplace_back(process->id, number);
    const std::string_view link = trace.text(fact);
    WitnessLine line;
    line.source = proc(*process, "/fd/" + std::to_string(number));
    const Descriptor* const known = process->descriptor(number);
    if (!known) {
        line.kernel = link;
        line.model = "not open";
        line.agrees = false;
        return add(fact, line);
    }
    const OpenFile& file = model.open_files()[known->file];
    const Object& object = model.objects()[file.object];
    const bool has_offset = object.kind == ObjectKind::File && file.is_offset_known;
    line.kernel = text_of_file(link, flags, (flags & O_CLOEXEC) != 0, has_offset ? std::optional(fact.value[3]) : std::nullopt);
    const bool is_same_object = object.inode == static_cast<std::uint64_t>(fact.value[4]);
    line.model = text_of_file(is_same_object        ? link
                              : object.path.empty() ? object.name
                                                    : object.path,
                              file.flags, known->close_on_exec, has_offset ? std::optional(file.offset) : std::nullopt);
    line.agrees = line.kernel == line.model && is_same_object;
    line.object = object.id;
    add(fact, line);
}

void Witnesses::descriptor_count(const Event& fact) {
    const Process* const process = model.process(fact.process);
    if (!process || process->state != ProcessState::Alive) return;
    const auto count = static_cast<std::size_t>(fact.value[1]);
    add(fact, {proc(*process, "/fd"), counted(count, "descriptor"), counted(process->descriptors.size(), "descriptor"),
               count == process->descriptors.size(), no_id, no_id});
    for (const Descriptor& descriptor : process->descriptors) {
        if (std::ranges::find(listed, std::pair(process->id, descriptor.number)) != listed.end()) continue;
        const ObjectId object = model.open_files()[descriptor.file].object;
        WitnessLine line{proc(*process, "/fd/" + std::to_string(descriptor.number)),
                         "not open",
                         model.objects()[object].name,
                         false,
                         no_id,
                         object};
        add(fact, line);
    }
}

namespace {

// The bytes that lie in a pipe, as far as they were captured; '\0' with `is_known` false where they were not.
struct Content {
    std::string bytes;
    std::vector<bool> is_known;
};
Content content_of(const Model& model, const Object& object, std::size_t limit) {
    Content content;
    for (const Stretch& stretch : object.lying)
        for (std::uint64_t i = stretch.first; i < stretch.first + stretch.count && content.bytes.size() < limit; ++i) {
            const std::string& bytes = model.messages()[stretch.message].bytes;
            content.is_known.push_back(i < bytes.size());
            content.bytes += i < bytes.size() ? bytes[i] : '\0';
        }
    return content;
}

}  // namespace

void Witnesses::pipe_bytes(const Event& fact) {
    const auto inode = static_cast<std::uint64_t>(fact.value[1]);
    const auto found =
        std::ranges::find_if(model.objects(), [&](const Object& o) { return o.pipe && o.inode == inode && !o.has_ended; });
    const std::string name = "pipe:[" + std::to_string(inode) + "]";
    const std::string bytes = std::to_string(fact.value[2]);
    if (found == model.objects().end()) return add(fact, {"FIONREAD " + name, bytes, not_known, false, no_id, no_id});
    const Object& object = *found;
    const std::string there = object.kind == ObjectKind::Fifo ? object.path : name;
    if (object.is_uncertain) return add(fact, {"FIONREAD " + there, bytes, not_known, true, no_id, object.id});
    const auto agreement = [&](const std::string& source, const std::string& kernel, const std::string& model) {
        add(fact, {source + there, kernel, model, kernel == model, no_id, object.id});
    };
    agreement("FIONREAD ", bytes, std::to_string(object.bytes_inside()));
    if (fact.value[3] >= 0) agreement("F_GETPIPE_SZ ", std::to_string(fact.value[3]), std::to_string(object.pipe->capacity()));
    const std::optional<Chunk> chunk = trace.chunk(fact, 0);
    if (!chunk || chunk->bytes.empty()) return;
    const std::string_view kernel(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
    Content content = content_of(model, object, kernel.size());
    for (std::size_t i = 0; i < content.bytes.size(); ++i)
        if (!content.is_known[i]) content.bytes[i] = kernel[i];
    const bool is_same = content.bytes == kernel;
    add(fact, {"tee " + there, text_of_bytes(kernel, chunk->true_length),
               text_of_bytes(content.bytes, is_same ? chunk->true_length : content.bytes.size()), is_same, no_id, object.id});
}

void Witnesses::same_open_file(const Event& fact) {
    const Process* const one = model.process(fact.process);
    const Process* const other = model.process(static_cast<ProcessId>(fact.value[2]));
    if (!one || !other) return;
    const int here = static_cast<int>(fact.value[1]), there = static_cast<int>(fact.value[3]);
    const OpenFile* const mine = model.file_behind(one->id, here);
    const bool is_same = mine && mine == model.file_behind(other->id, there);
    add(fact, {"kcmp " + one->name + ' ' + std::to_string(here) + ", " + other->name + ' ' + std::to_string(there),
               "one open file", is_same ? "one open file" : "two open files", is_same, no_id, mine ? mine->object : no_id});
}

namespace {

constexpr auto comparisons = [] {
    using W = Witnesses;
    std::array<void (W::*)(const Event&), static_cast<std::size_t>(FactKind::Count)> table{};
    const auto row = [&](FactKind kind) -> auto& { return table[static_cast<std::size_t>(kind)]; };
    row(FactKind::ThreadState)     = &W::thread_state;
    row(FactKind::ProcessState)    = &W::process_state;
    row(FactKind::Descriptor)      = &W::descriptor;
    row(FactKind::DescriptorCount) = &W::descriptor_count;
    row(FactKind::PipeBytes)       = &W::pipe_bytes;
    row(FactKind::SameOpenFile)    = &W::same_open_file;
    row(FactKind::Mapping)         = &W::mapping;
    row(FactKind::MappingCount)    = &W::mapping_count;
    row(FactKind::Memory)          = &W::memory;
    row(FactKind::Parent)          = &W::parent;
    row(FactKind::FileLock)        = &W::file_lock;
    row(FactKind::FileLockCount)   = &W::file_lock_count;
    row(FactKind::MessageQueue)    = &W::message_queue;
    row(FactKind::SysVQueue)       = &W::system_v_queue;
    row(FactKind::SysVMessage)     = &W::system_v_message;
    row(FactKind::EventFile)       = &W::event_file;
    row(FactKind::SysVSemaphores)  = &W::semaphore_set;
    row(FactKind::SysVSemaphore)   = &W::semaphore_of_set;
    row(FactKind::SysVMemory)      = &W::segment;
    row(FactKind::Socket)          = &W::socket;
    row(FactKind::KernelSockets)   = &W::kernel_sockets;
    row(FactKind::SharedMemoryName) = &W::shared_memory_name;
    return table;
}();

bool changes_what_facts_say(EventKind kind) {
    switch (kind) {
        case EventKind::Enter:
        case EventKind::Granted:
        case EventKind::Exit:
        case EventKind::Abandoned:
        case EventKind::Born:
        case EventKind::Image:
        case EventKind::Ended: return true;
        default: return false;
    }
}

}  // namespace

std::vector<WitnessLine> compare(const Trace& trace, const Model& model) {
    EventIndex end = model.applied();
    while (end > 0 && trace[end - 1].kind != EventKind::Fact && !changes_what_facts_say(trace[end - 1].kind)) --end;
    EventIndex begin = end;
    while (begin > 0 && trace[begin - 1].kind != EventKind::Quiet && !changes_what_facts_say(trace[begin - 1].kind)) --begin;

    Witnesses witnesses{trace, model, {}, {}, {}, {}};
    bool has_facts = false;
    for (EventIndex i = begin; i < end; ++i) {
        const Event& event = trace[i];
        if (event.kind != EventKind::Fact) continue;
        has_facts = true;
        const auto kind = static_cast<std::size_t>(event.value[0]);
        if (kind < comparisons.size() && comparisons[kind]) (witnesses.*comparisons[kind])(event);
    }
    if (has_facts) witnesses.posix_semaphores();
    if (begin < end && trace[end - 1].kind == EventKind::Fact) witnesses.mutexes(trace[end - 1]);
    return std::move(witnesses.lines);
}

}  // namespace ipcscope
