#include "core/model/canonical.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cstring>

#include "core/model/chunk_text.h"
#include "core/model/event_text.h"
#include "core/model/filled.h"
#include "core/model/queue_text.h"
#include "core/model/socket_text.h"
#include "core/model/sysv_text.h"

namespace ipcscope {
namespace {

// One call on its way to text.
struct Telling {
    const Trace& trace;
    const Model& model;
    EventIndex enter_index;
    const Event& enter;
    const Event* exit;       // null: not returned
    const CallRow& row;

    std::int64_t value(Role role) const {
        const int at = argument_with(row, role);
        return at < 0 ? 0 : enter.value[at];
    }
    std::optional<Chunk> in(int i) const { return trace.chunk(enter, i); }
    std::optional<Chunk> out(int i) const { return exit ? trace.chunk(*exit, i) : std::nullopt; }
};

bool is_used(std::int64_t fcntl_command) {
    switch (fcntl_command) {
        case F_GETFD:
        case F_GETFL:
        case F_GETOWN:
        case F_GETSIG:
        case F_GETLEASE:
        case F_GETPIPE_SZ: return false;
        default: return true;
    }
}

bool is_shown(const Telling& telling, Role role) {
    if (role == Role::Envp) return false;
    if (role == Role::QueueAttributesIn && telling.row.effect == Effect::OpensQueue) return (telling.value(Role::OpenFlags) & O_CREAT) != 0;
    if (role == Role::FcntlValue) return is_used(telling.value(Role::FcntlCommand));
    if (role == Role::SetValue) return union_of_semctl(telling.value(Role::SetCommand)) != SetUnion::Unused;
    if (role == Role::Permits && argument_with(telling.row, Role::OpenFlags) >= 0) return (telling.value(Role::OpenFlags) & O_CREAT) != 0;
    if (role != Role::Mode || argument_with(telling.row, Role::OpenFlags) < 0) return true;
    const std::int64_t flags = telling.value(Role::OpenFlags);
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

std::string text_of_descriptor(const Telling& telling, int number) {
    const std::string plain = text_of_flags(Role::DirFd, number);
    const Process* const process = telling.model.process(telling.enter.process);
    const Thread* const thread = telling.model.thread(telling.enter.thread);
    const Pending* const pending = thread ? thread->pending_of(telling.enter_index) : nullptr;
    const Descriptor* descriptor = process ? process->descriptor(number) : nullptr;
    if (pending && number >= 0 && pending->closed.number == number) descriptor = &pending->closed;  // a close has already taken it
    if (!descriptor) return plain;
    const Object& object = telling.model.objects()[telling.model.open_files()[descriptor->file].object];
    if (object.kind == ObjectKind::Terminal || object.kind == ObjectKind::Unknown) return plain;
    return plain + ' ' + object.name;
}

// An address means nothing to a reader, and another one in each run: what lies there is told instead, "memory#1+8", or
// "counter memory#1" if a lesson has given that place a name.
std::string text_of_address(const Telling& telling, std::int64_t address) {
    if (address == 0) return "NULL";
    const Process* const process = telling.model.process(telling.enter.process);
    const Mapping* const mapping = process ? process->mapping_at(static_cast<std::uint64_t>(address)) : nullptr;
    if (!mapping) return not_told;
    const std::uint64_t offset = mapping->offset + (static_cast<std::uint64_t>(address) - mapping->address);
    const std::string& name = telling.model.objects()[mapping->object].name;
    const MemoryField* const field = telling.row.made == Made::Announced ? telling.model.field_at(offset) : nullptr;
    if (!field) return name + (offset == 0 ? "" : '+' + std::to_string(offset));
    const std::uint64_t within = (offset - field->offset) / size_of(field->type);
    return field->name + (field->count > 1 ? '[' + std::to_string(within) + ']' : "") + ' ' + name;
}

// What was loaded or stored: a number, or an address if a lesson says that it is one.
std::string text_of_value(const Telling& telling, std::int64_t value) {
    const Process* const process = telling.model.process(telling.enter.process);
    const auto address = static_cast<std::uint64_t>(telling.value(Role::Address));
    const Mapping* const mapping = process ? process->mapping_at(address) : nullptr;
    const MemoryField* const field = mapping ? telling.model.field_at(mapping->offset + (address - mapping->address)) : nullptr;
    if (telling.value(Role::Size) > static_cast<std::int64_t>(sizeof value)) return "= …";
    if (!field || field->type != FieldType::Pointer) return "= " + std::to_string(value);
    return "= " + text_of_field({FieldType::Pointer, "", 0, 1, {}}, {reinterpret_cast<const char*>(&value), sizeof value}).value_or(not_told);
}

// "sem#1", once it is known what lies there.
std::string text_of_semaphore(const Telling& telling, std::int64_t address) {
    const Object* const object = address == 0 ? nullptr : telling.model.object_in_memory(telling.enter.process, static_cast<std::uint64_t>(address));
    return object && object->kind == ObjectKind::Semaphore ? object->name : text_of_address(telling, address);
}

// A System V id, and what it stands for: "0 msg#1".
std::string text_of_ipc_id(const Telling& telling, int id) {
    if (asks_by_index_of_set(telling.value(Role::SetCommand)) || asks_by_index_of_segment(telling.value(Role::SegmentCommand))) return std::to_string(id);
    const Object* const object = telling.model.object_at(ipc_path(telling.row, id));
    return std::to_string(id) + (object ? ' ' + object->name : "");
}

// sem_open(3) knows no access mode: what its flags would mean to open(2) is not said.
std::string text_of_semaphore_flags(std::int64_t flags) {
    const std::string text = text_of_flags(Role::OpenFlags, flags);
    constexpr std::string_view reading = "O_RDONLY";
    if (!text.starts_with(reading)) return text;
    return text == reading ? "0" : text.substr(reading.size() + 1);
}

std::size_t size_of_set(const Telling& telling) {
    const Object* const object = telling.model.object_at(ipc_path(telling.row, static_cast<int>(telling.value(Role::IpcId))));
    return object && object->semaphore_set ? object->semaphore_set->semaphores.size() : 0;
}

// "mutex#1"; the call that makes it tells when it has.
std::string text_of_lock(const Telling& telling, Role role, std::int64_t address) {
    if (address == 0) return "NULL";
    if (is_told_by_exit(role) && !telling.exit) return not_told;
    const Object* const object = telling.model.object_in_memory(telling.enter.process, static_cast<std::uint64_t>(address));
    return object && object->kind == kind_in_memory(role) ? object->name : not_told;
}

std::string text_of_thread(const Telling& telling, std::int64_t handle) {
    const Thread* const thread = telling.model.thread_with_handle(telling.enter.process, static_cast<std::uint64_t>(handle));
    return thread ? telling.model.name_of(thread->id) : not_told;
}

std::string text_of_polled(const Telling& telling, int i) {
    const std::optional<Chunk> in = telling.in(i), out = telling.out(i);
    if (!in) return not_told;
    std::string text;
    for (std::size_t at = 0; at + sizeof(pollfd) <= in->bytes.size(); at += sizeof(pollfd)) {
        pollfd asked, told{};
        std::memcpy(&asked, in->bytes.data() + at, sizeof asked);
        if (out && at + sizeof told <= out->bytes.size()) std::memcpy(&told, out->bytes.data() + at, sizeof told);
        text += (text.empty() ? "{" : ", {") + text_of_descriptor(telling, asked.fd) + ", " +
                text_of_flags(Role::PollFds, asked.events) + "}";
        if (told.revents != 0) text += " → " + text_of_flags(Role::PollFds, told.revents);
    }
    return '[' + text + (in->bytes.size() < in->true_length ? ", …]" : "]");
}

// "{F_WRLCK, SEEK_SET, 0, 10}": type, whence, start, length; behind the arrow what F_GETLK found: "F_UNLCK", or a lock and its pid.
std::string text_of_lock(const Telling& telling, int i) {
    const auto asked = struct_from<struct flock>(telling.in(i)), found = struct_from<struct flock>(telling.out(i));
    const auto text = [](const struct flock& lock) {
        return '{' + text_of_flags(Role::FcntlValue, lock.l_type) + ", " + text_of_flags(Role::Whence, lock.l_whence) + ", " +
               std::to_string(lock.l_start) + ", " + std::to_string(lock.l_len);
    };
    if (!asked) return telling.enter.value[i] == 0 ? "NULL" : not_told;
    if (!found) return text(*asked) + "}";
    const std::string free = text_of_flags(Role::FcntlValue, F_UNLCK);
    return text(*asked) + "} → " + (found->l_type == F_UNLCK ? free : text(*found) + ", " + std::to_string(found->l_pid) + "}");
}

std::string text_of_fcntl_value(const Telling& telling, int i, std::int64_t value) {
    if (is_lock_command(telling.value(Role::FcntlCommand))) return text_of_lock(telling, i);
    switch (telling.value(Role::FcntlCommand)) {
        case F_SETFD: return value == FD_CLOEXEC ? "FD_CLOEXEC" : std::to_string(value);
        case F_SETFL: return text_of_flags(Role::OpenFlags, value);
        case F_SETSIG: return text_of_signal(static_cast<int>(value));
        default: return std::to_string(value);
    }
}

std::string text_of_socket_role(const Telling& telling, Role role, int i) {
    const int room = argument_with(telling.row, Role::Space);
    return text_of_socket_argument({role, telling.enter.value[i], telling.in(i), telling.out(i), room < 0 ? std::nullopt : telling.in(room),
                                    telling.value(Role::Family), telling.value(Role::OptionLevel), telling.value(Role::SocketOption),
                                    telling.exit && telling.exit->error == 0});
}

std::string text_of_argument(const Telling& telling, int i) {
    const Role role = telling.row.argument[static_cast<std::size_t>(i)].role;
    const std::int64_t value = telling.enter.value[i];
    const bool has_returned = telling.exit && telling.exit->error == 0;
    if (role == Role::OpenFlags && telling.row.effect == Effect::OpensSemaphore) return text_of_semaphore_flags(value);
    if (is_socket_role(role)) return text_of_socket_role(telling, role, i);
    switch (role) {
        case Role::Fd:
        case Role::OtherFd:
        case Role::DirFd: return text_of_descriptor(telling, static_cast<int>(value));
        case Role::NewFd: return std::to_string(static_cast<int>(value));
        case Role::FcntlCommand:
        case Role::LockOperation:
        case Role::LockCommand:
        case Role::WaitFlags:
        case Role::Whence:
        case Role::Key:
        case Role::MessageFlags:
        case Role::QueueCommand:
        case Role::SetCommand:
        case Role::SegmentCommand:
        case Role::AttachFlags:
        case Role::EventFdFlags:
        case Role::SignalFdFlags:
        case Role::TimerFdFlags:
        case Role::SetTimeFlags:
        case Role::ClockId:
        case Role::IpcFlags:
        case Role::OpenFlags:
        case Role::Mode:
        case Role::Protection:
        case Role::MapFlags:
        case Role::SyncFlags:
        case Role::MemfdFlags:
        case Role::MutexType:
        case Role::Sharing:
        case Role::Robustness:
        case Role::Protocol:
        case Role::Preference:
        case Role::Signal: return text_of_flags(role, value);
        case Role::Address: return text_of_address(telling, value);
        case Role::SemaphoreAt:
        case Role::NewSemaphore: return text_of_semaphore(telling, value);
        case Role::IsShared:
        case Role::SetNumber:
        case Role::SemaphoreClock: return std::to_string(static_cast<int>(value));
        case Role::Permits: return std::to_string(static_cast<std::uint32_t>(value));
        case Role::FcntlValue: return text_of_fcntl_value(telling, i, value);
        case Role::Handler: return text_of_handler(value);
        case Role::SetValue: return text_of_set_value(telling.value(Role::SetCommand), value, telling.in(i), telling.out(i), size_of_set(telling));
        case Role::IpcId: return text_of_ipc_id(telling, static_cast<int>(value));
        case Role::Pid:
        case Role::ExitStatus:
        case Role::Milliseconds: return std::to_string(static_cast<int>(value));
        case Role::Seconds:
        case Role::Microseconds: return std::to_string(static_cast<std::uint32_t>(value));
        case Role::Size:
        case Role::Counter:
        case Role::Priority:
        case Role::PollCount: return std::to_string(static_cast<std::uint64_t>(value));
        case Role::Count:
        case Role::MessageType:
        case Role::Offset: return std::to_string(value);
        default: break;
    }
    if (kind_in_memory(role) != ObjectKind::Unknown) return text_of_lock(telling, role, value);
    if (role == Role::ThreadHandle) return text_of_thread(telling, value);
    if (value == 0) return "NULL";
    switch (role) {
        case Role::Path:
        case Role::IpcName:
        case Role::MemfdName:
            return telling.in(i) ? text_of_bytes(telling.trace.text(telling.enter, i), telling.in(i)->true_length, 256)
                                 : not_told;
        case Role::BytesIn:
        case Role::VectorIn: return text_of_chunk(telling.in(i));
        case Role::BytesOut:
        case Role::VectorOut: return has_returned && telling.exit->value[0] == 0 ? "\"\"" : text_of_chunk(telling.out(i));
        case Role::Argv: return text_of_argv(telling.in(i));
        case Role::MutexAttributes:
        case Role::ConditionAttributes:
        case Role::ReadWriteLockAttributes:
        case Role::BarrierAttributes: return telling.in(i) ? text_of_attributes(role, view_of(*telling.in(i))) : not_told;
        case Role::ActionIn: return text_of_action(telling.in(i));
        case Role::ActionOut: return text_of_action(telling.out(i));
        case Role::PollFds: return text_of_polled(telling, i);
        case Role::TimeIn: return text_of_time(telling.in(i));
        case Role::TimeOut: return text_of_time(telling.out(i));
        case Role::CounterOut: return text_of_count(telling.out(i));
        case Role::SignalSet: return text_of_signal_set(telling.in(i));
        case Role::TimerIn: return text_of_timer(telling.in(i));
        case Role::TimerOut: return text_of_timer(telling.out(i));
        case Role::QueueAttributesIn: return text_of_queue_attributes(telling.in(i));
        case Role::QueueAttributesOut: return text_of_queue_attributes(telling.out(i));
        case Role::NotifyIn: return text_of_notification(telling.in(i));
        case Role::MessageIn: return text_of_message(telling.in(i));
        case Role::MessageOut: return text_of_message(telling.out(i));
        case Role::QueueStatus: return text_of_queue_status(telling.value(Role::QueueCommand), telling.in(i) ? telling.in(i) : telling.out(i));
        case Role::SetOperations: return text_of_set_operations(telling.in(i));
        case Role::SegmentStatus: return text_of_segment_status(telling.value(Role::SegmentCommand), telling.in(i) ? telling.in(i) : telling.out(i));
        case Role::PriorityOut:
            if (const auto priority = struct_from<unsigned>(telling.out(i))) return '[' + std::to_string(*priority) + ']';
            return not_told;
        case Role::FdPair:
            if (const auto fds = struct_from<std::array<int, 2>>(telling.out(i)))
                return '[' + std::to_string((*fds)[0]) + ", " + std::to_string((*fds)[1]) + "]";
            return not_told;
        case Role::ValueOut:
            if (const auto number = struct_from<int>(telling.out(i))) return '[' + std::to_string(*number) + ']';
            return not_told;
        case Role::PidOut:
            if (const auto pid = struct_from<int>(telling.out(i))) return "pid: " + std::to_string(*pid);
            return not_told;
        case Role::StatusOut:
            if (const auto status = struct_from<int>(telling.out(i))) return "status: " + text_of_wait_status(*status);
            return not_told;
        default: return not_told;
    }
}

std::string with_error(const std::string& number, int error) {
    const char* const description = strerrordesc_np(error);
    return "= " + number + ' ' + text_of_errno(error) + (description ? " (" + std::string(description) + ")" : "");
}

std::string text_of_result(const Telling& telling) {
    const std::int64_t result = telling.exit->value[0];
    const std::string number = std::to_string(result);
    if (telling.row.answer == Answer::Serial && result == PTHREAD_BARRIER_SERIAL_THREAD) return "= PTHREAD_BARRIER_SERIAL_THREAD";
    if (answers_with_error(telling.row.answer)) return result == 0 ? "= 0" : with_error(number, static_cast<int>(result));
    if (telling.row.answer == Answer::Semaphore)
        return telling.exit->error != 0 ? with_error("SEM_FAILED", telling.exit->error) : "= " + text_of_semaphore(telling, result);
    if (telling.row.answer == Answer::Resolved) return "= " + number + (result == 0 ? "" : ' ' + text_of_eai(result));
    if (result == -1 && telling.exit->error != 0) return with_error(number, telling.exit->error);
    if (telling.row.answer == Answer::Value) return text_of_value(telling, result);
    if (telling.row.answer == Answer::Address) return "= " + text_of_address(telling, result);
    if (telling.row.answer == Answer::Key) return "= " + text_of_flags(Role::Key, result);
    if (telling.row.answer == Answer::Handler) return "= " + text_of_handler(result);
    if (telling.row.effect == Effect::Controls && telling.value(Role::FcntlCommand) == F_GETFL)
        return "= " + number + " (" + text_of_flags(Role::OpenFlags, result) + ")";
    if (telling.row.effect == Effect::Controls && telling.value(Role::FcntlCommand) == F_GETFD && result == FD_CLOEXEC)
        return "= 1 (FD_CLOEXEC)";
    return "= " + number;
}

std::string text_of_outcome(const Telling& telling, const Event* last) {
    if (telling.exit) return text_of_result(telling);
    if (last && last->kind == EventKind::Image) return "→ new program";
    const Thread* const thread = telling.model.thread(telling.enter.thread);
    const Process* const process = telling.model.process(telling.enter.process);
    if (last || !thread || !process || std::ranges::find(thread->calls, telling.enter_index) == thread->calls.end()) {
        if (telling.row.answer == Answer::Never && telling.row.effect != Effect::Executes) return "ends";
        const bool is_killed = !last && process && process->wait_status && WIFSIGNALED(*process->wait_status);
        return is_killed ? "dies of " + text_of_signal(WTERMSIG(*process->wait_status)) : "did not return";
    }
    const Pending* const pending = thread->pending_of(telling.enter_index);
    if (pending && pending->is_held) return "at the gate";
    if (telling.row.effect == Effect::Exits) return "ends";
    const bool is_asleep = thread->state == ThreadState::Asleep && thread->call() == telling.enter_index;
    return is_asleep ? "asleep" : "in the kernel";
}

}  // namespace

std::string CanonicalCall::line(std::size_t name_width) const {
    std::string text = process;
    if (text.size() < name_width) text.append(name_width - text.size(), ' ');
    text += "  ";
    if (name.empty()) return text + outcome;
    text += name + '(';
    for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ", ") + arguments[i];
    return text + ") " + outcome + (is_injected ? " (injected)" : "");
}

CanonicalCall canonical_call(const Trace& trace, const Model& model, EventIndex enter) {
    const Event& entry = trace[enter];
    const Event* const last = entry.pair < model.applied() ? &trace[entry.pair] : nullptr;
    const Event* const exit = last && last->kind == EventKind::Exit ? last : nullptr;
    const Telling telling{trace, model, enter, entry, exit, row_of(static_cast<CallId>(entry.call))};
    CanonicalCall call;
    if (model.process(entry.process)) call.process = model.name_of(entry.thread);
    call.name = telling.row.name;
    call.is_injected = (entry.flags & Flag::Injected) != 0;
    call.is_inside = (entry.flags & Flag::Inside) != 0;
    for (int i = 0; i < telling.row.argument_count; ++i)
        if (is_shown(telling, telling.row.argument[static_cast<std::size_t>(i)].role))
            call.arguments.push_back(text_of_argument(telling, i));
    call.outcome = text_of_outcome(telling, last);
    return call;
}

void complete_call(CanonicalCall& call, const Trace& trace, const Model& model, EventIndex exit) {
    const EventIndex enter = trace[exit].pair;
    const Telling telling{trace, model, enter, trace[enter], &trace[exit], row_of(static_cast<CallId>(trace[enter].call))};
    std::size_t shown = 0;
    for (int i = 0; i < telling.row.argument_count; ++i) {
        const Role role = telling.row.argument[static_cast<std::size_t>(i)].role;
        if (!is_shown(telling, role)) continue;
        if (is_told_by_exit(role)) call.arguments[shown] = text_of_argument(telling, i);
        ++shown;
    }
    call.outcome = text_of_result(telling);
}

}  // namespace ipcscope
