// What a call did, in one sentence.
#include "core/model/explain.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/model/explain_pthreads.h"
#include "core/model/explain_memory.h"
#include "core/model/tell.h"

namespace ipcscope {
namespace {

std::string quoted(std::string_view path) { return text_of_bytes(path, path.size(), 256); }

std::string text_of_payload(const Told& told, const Event& event, Role plain, Role vector) {
    const int at = std::max(argument_with(told.row, plain), argument_with(told.row, vector));
    const std::optional<Chunk> chunk = told.trace.chunk(event, at);
    if (!chunk) return "";
    const std::string_view bytes(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
    return ", " +
           text_of_bytes(bytes.substr(0, static_cast<std::size_t>(told.result())), static_cast<std::uint64_t>(told.result())) +
           ",";
}

// "; the pipe is empty again", "; 3 bytes lie in it now"
std::string what_is_left(const Object& object) {
    if (!object.pipe || object.is_uncertain) return "";
    const std::uint64_t bytes = object.pipe->bytes();
    if (bytes == 0) return "; the " + std::string(row_of(object.kind).noun) + " is empty again";
    return "; " + counted(bytes, "byte") + (bytes == 1 ? " lies" : " lie") + " in it now";
}

std::string receive(const Told& told) {
    const Object* const object = told.object();
    if (object && object->socket) return sentence_receive_from_socket(told);
    const std::string from = object ? the(*object) : "descriptor " + std::to_string(told.descriptor());
    if (told.has_failed()) {
        if (told.last->error == EAGAIN && object && object->pipe)
            return " read nothing: " + from + " is empty, and O_NONBLOCK forbids to sleep (EAGAIN).";
        return failure(told);
    }
    const std::uint64_t count = static_cast<std::uint64_t>(told.result());
    if (count != 0)
        return " read " + counted(count, "byte") + text_of_payload(told, *told.last, Role::BytesOut, Role::VectorOut) +
               " from " + from + (object ? what_is_left(*object) : "") + ".";
    if (object && object->pipe) return " found the end of file in " + from + ": it is empty, and no write end is left.";
    return " found the end of file in " + from + ".";
}

std::string send(const Told& told) {
    const Object* const object = told.object();
    if (object && object->socket) return sentence_send_to_socket(told);
    const std::string to = object ? the(*object) : "descriptor " + std::to_string(told.descriptor());
    if (told.has_failed()) {
        if (told.last->error == EPIPE) return " could not write to " + to + ": no read end is open (EPIPE).";
        if (told.last->error == EAGAIN && object && object->pipe)
            return " wrote nothing: " + to + " has too little room, and O_NONBLOCK forbids to sleep (EAGAIN).";
        return failure(told);
    }
    const auto count = static_cast<std::uint64_t>(told.result()), asked = static_cast<std::uint64_t>(told.value(Role::Size));
    const bool is_short = asked > count;
    return " wrote " + (is_short ? std::to_string(count) + " of " + counted(asked, "byte") : counted(count, "byte")) +
           text_of_payload(told, told.enter, Role::BytesIn, Role::VectorIn) + " to " + to +
           (object && object->pipe ? what_is_left(*object) : "") + ".";
}

std::string make_pipe(const Told& told) {
    const std::optional<Chunk> chunk = told.has_failed() ? std::nullopt : told.trace.chunk(*told.last, 0);
    int fds[2];
    if (!chunk || chunk->bytes.size() != sizeof fds) return failure(told);
    std::memcpy(fds, chunk->bytes.data(), sizeof fds);
    const Object* const object = told.model.object_behind(told.process.id, fds[0]);
    return " made " + (object ? object->name : "a pipe") + ": " + std::to_string(fds[0]) + " is its read end, " +
           std::to_string(fds[1]) + " its write end.";
}

std::string fork(const Told& told) {
    if (told.has_failed()) return failure(told);
    for (const Process& child : told.model.processes())
        if (child.parent == told.process.id && child.pid == told.result() && child.born > told.enter_index)
            return " made " + child.name + ", pid " + std::to_string(child.pid) +
                   ": a copy of itself, with descriptors for the same open files.";
    return " made a copy of itself, pid " + std::to_string(told.result()) + ".";
}

std::string wait(const Told& told) {
    if (told.has_failed()) return failure(told);
    if (told.result() == 0) return " asked, and no child has ended yet.";
    std::string name = "pid " + std::to_string(told.result());
    const Process* taken = nullptr;
    for (const Process& child : told.model.processes())
        if (child.parent == told.process.id && child.pid == told.result()) taken = &child;
    if (taken) name = taken->name;
    const std::string status = taken && taken->wait_status ? ": " + text_of_wait_status(*taken->wait_status) : "";
    return " took the status of " + name + status + ".";
}

std::string open(const Told& told) {
    const std::int64_t flags = told.value(Role::OpenFlags);
    const std::string way = (flags & O_ACCMODE) == O_WRONLY ? " for writing" : " for reading";
    if (told.has_failed() && told.last->error == ENXIO && (flags & O_NONBLOCK) != 0)
        return " could not open " + quoted(told.path()) + way + ": nobody has it open for reading, and O_NONBLOCK forbids to sleep (ENXIO).";
    if (told.has_failed()) return failure(told);
    const OpenFile* const file = told.model.file_behind(told.process.id, static_cast<int>(told.result()));
    const bool is_one_end = file && (file->end == End::Read || file->end == End::Write);
    return " opened " + quoted(told.path()) + (is_one_end ? way : "") + ": descriptor " + std::to_string(told.result()) + ".";
}

std::string close(const Told& told) {
    if (told.has_failed()) return failure(told);
    const int number = told.descriptor();
    const Object* object = nullptr;
    for (const Change& change : told.model.changes())
        if (change.process == told.process.id && change.descriptor == number && change.object != no_id)
            object = &told.model.objects()[change.object];
    std::string sentence = " closed " + std::to_string(number);
    if (!object) return sentence + ".";
    sentence += ", " + the(*object);
    const bool has_dropped = object->locks && object->locks->dropped != no_id && object->locks->dropped_of == told.process.id &&
                             object->locks->dropped >= told.enter_index;
    if (has_dropped) return sentence + "; with that, all its record locks on this file are gone.";
    if (object->socket) return sentence + what_close_leaves(told, *object);
    if (!object->pipe) return sentence + ".";
    if (object->has_ended) return sentence + "; no end of it is left.";
    const auto left = [&](End end, std::string_view which) {
        const std::size_t count = told.model.holders(object->id, end).size();
        return count == 0 ? "no " + std::string(which) : counted(count, which);
    };
    return sentence + "; still open: " + left(End::Read, "read end") + ", " + left(End::Write, "write end") + ".";
}

std::string duplicate(const Told& told) {
    if (told.has_failed()) return failure(told);
    return " made descriptor " + std::to_string(told.result()) + " for the same open file as " +
           std::to_string(told.descriptor()) + ".";
}

std::string control(const Told& told) {
    if (is_lock_command(told.value(Role::FcntlCommand))) return sentence_for_lock(told);
    if (told.has_failed()) return failure(told);
    return " called fcntl; the answer is " + std::to_string(told.result()) + ".";
}

std::string seek(const Told& told) {
    if (told.has_failed()) return failure(told);
    return " moved the offset of the open file behind " + std::to_string(told.descriptor()) + " to " +
           std::to_string(told.result()) + ".";
}

std::string unlink(const Told& told) {
    return told.has_failed() ? failure(told) : " took the name " + quoted(told.path()) + " away.";
}

std::string make_fifo(const Told& told) {
    return told.has_failed() ? failure(told) : " made a FIFO by the name of " + quoted(told.path()) + ".";
}

std::string signal(const Told& told) {
    if (told.has_failed()) return failure(told);
    const int number = static_cast<int>(told.value(Role::Signal));
    std::string target = "itself";
    if (argument_with(told.row, Role::Pid) >= 0) {
        const std::int64_t pid = static_cast<int>(told.value(Role::Pid));
        target = pid > 0 ? "pid " + std::to_string(pid) : "a group of processes";
        for (const Process& process : told.model.processes())
            if (process.pid == pid && process.state != ProcessState::Gone)
                target = process.id == told.process.id ? "itself" : process.name;
    }
    return number == 0 ? " asked whether " + target + " is there." : " sent " + text_of_signal(number) + " to " + target + ".";
}

std::string handle(const Told& told) {
    if (told.result() == -1 && told.last->error != 0) return failure(told);
    const int number = static_cast<int>(told.value(Role::Signal));
    const bool is_ignored = std::ranges::binary_search(told.process.ignored_signals, number);
    const bool is_handled = std::ranges::binary_search(told.process.handled_signals, number);
    return std::string(is_ignored   ? " ignores "
                       : is_handled ? " has a handler for "
                                    : " leaves the default to ") +
           text_of_signal(number) + " now.";
}

constexpr std::size_t number_of(Effect effect) { return static_cast<std::size_t>(effect); }

using Sentence = std::string (*)(const Told&);
constexpr auto sentences = [] {
    std::array<Sentence, effect_count> table{};
    table[number_of(Effect::Receives)] = table[number_of(Effect::ReceivesAt)] = receive;
    table[number_of(Effect::Sends)] = table[number_of(Effect::SendsAt)] = send;
    table[number_of(Effect::SendsSeveral)] = sentence_send_several;
    table[number_of(Effect::ReceivesSeveral)] = sentence_receive_several;
    table[number_of(Effect::MakesPipe)] = make_pipe;
    table[number_of(Effect::MakesFifo)] = make_fifo;
    table[number_of(Effect::Forks)] = fork;
    table[number_of(Effect::Waits)] = wait;
    table[number_of(Effect::Opens)] = open;
    table[number_of(Effect::Closes)] = close;
    table[number_of(Effect::Controls)] = control;
    table[number_of(Effect::LocksFile)] = sentence_for_lock;
    table[number_of(Effect::MakesSemaphore)] = sentence_make_semaphore;
    table[number_of(Effect::OpensSemaphore)] = sentence_open_semaphore;
    table[number_of(Effect::TakesPermit)] = sentence_take_permit;
    table[number_of(Effect::GivesPermit)] = sentence_give_permit;
    table[number_of(Effect::MakesSemaphores)] = sentence_make_semaphores;
    table[number_of(Effect::OperatesSemaphores)] = sentence_operate_semaphores;
    table[number_of(Effect::ControlsSemaphores)] = sentence_control_semaphores;
    table[number_of(Effect::MakesSegment)] = sentence_make_segment;
    table[number_of(Effect::AttachesSegment)] = sentence_attach_segment;
    table[number_of(Effect::DetachesSegment)] = sentence_detach_segment;
    table[number_of(Effect::ControlsSegment)] = sentence_control_segment;
    table[number_of(Effect::Duplicates)] = duplicate;
    table[number_of(Effect::Seeks)] = seek;
    table[number_of(Effect::Unlinks)] = unlink;
    table[number_of(Effect::Maps)] = told_of_map;
    table[number_of(Effect::Unmaps)] = told_of_unmap;
    table[number_of(Effect::Protects)] = told_of_protect;
    table[number_of(Effect::MakesMemory)] = told_of_memfd;
    table[number_of(Effect::OpensShared)] = told_of_open_shared;
    table[number_of(Effect::UnlinksShared)] = told_of_unlink_shared;
    table[number_of(Effect::Resizes)] = told_of_resize;
    table[number_of(Effect::Loads)] = told_of_load;
    table[number_of(Effect::Stores)] = told_of_store;
    table[number_of(Effect::Updates)] = told_of_update;
    table[number_of(Effect::StartsThread)] = told_of_start;
    table[number_of(Effect::JoinsThread)] = told_of_join;
    table[number_of(Effect::MakesLock)] = told_of_make_lock;
    table[number_of(Effect::Locks)] = table[number_of(Effect::LocksShared)] = told_of_lock;
    table[number_of(Effect::TriesLock)] = table[number_of(Effect::TriesLockShared)] = told_of_lock;
    table[number_of(Effect::Unlocks)] = told_of_unlock;
    table[number_of(Effect::Repairs)] = told_of_repair;
    table[number_of(Effect::AwaitsSignal)] = told_of_wait;
    table[number_of(Effect::WakesOne)] = table[number_of(Effect::WakesAll)] = told_of_wake;
    table[number_of(Effect::Meets)] = told_of_meeting;
    table[number_of(Effect::Signals)] = signal;
    table[number_of(Effect::Handles)] = handle;
    table[number_of(Effect::OpensQueue)] = sentence_open_queue;
    table[number_of(Effect::UnlinksQueue)] = sentence_unlink_queue;
    table[number_of(Effect::Notifies)] = sentence_notify;
    table[number_of(Effect::MakesQueue)] = sentence_make_queue;
    table[number_of(Effect::ControlsQueue)] = sentence_control_queue;
    table[number_of(Effect::SendsMessage)] = sentence_send_message;
    table[number_of(Effect::ReceivesMessage)] = sentence_receive_message;
    table[number_of(Effect::MakesSocket)] = sentence_make_socket;
    table[number_of(Effect::MakesSocketPair)] = sentence_make_socket_pair;
    table[number_of(Effect::Binds)] = sentence_bind;
    table[number_of(Effect::Listens)] = sentence_listen;
    table[number_of(Effect::Accepts)] = sentence_accept;
    table[number_of(Effect::Connects)] = sentence_connect;
    table[number_of(Effect::ShutsDown)] = sentence_shut_down;
    table[number_of(Effect::SetsOption)] = sentence_set_option;
    table[number_of(Effect::AsksSocket)] = sentence_ask_socket;
    table[number_of(Effect::MovesBytes)] = sentence_move_bytes;
    return table;
}();

// "/usr/bin/wc -c /etc/motd" -> "wc -c /etc/motd"
std::string_view without_folders(std::string_view command) {
    const std::size_t folder = command.substr(0, command.find(' ')).rfind('/');
    return folder == std::string_view::npos ? command : command.substr(folder + 1);
}

std::string sentence_before_return(const Told& told) {
    const Thread* const thread = told.model.thread(told.enter.thread);
    const std::string call(told.row.name);
    if (told.last && told.last->kind == EventKind::Image)
        return told.process.name + " runs a new program now: " + std::string(without_folders(told.process.command)) + ".";
    if (told.process.state != ProcessState::Alive) return reason_ended(told.trace, told.model, told.process.id);
    if (told.last || !thread || std::ranges::find(thread->calls, told.enter_index) == thread->calls.end())
        return told.model.name_of(told.enter.thread) + "’s " + call + " will not return.";
    const Pending* const pending = thread->pending_of(told.enter_index);
    if (pending && pending->is_held) return told.model.name_of(told.enter.thread) + " stands at the gate, before " + call + ".";
    if (thread->state == ThreadState::Asleep && thread->call() == told.enter_index)
        return told.model.name_of(told.enter.thread) + " sleeps in " + call + ": " + reason_for_sleep(told).sentence + ".";
    return told.model.name_of(told.enter.thread) + " is in the kernel, in " + call + ".";
}

}  // namespace

std::string failure(const Told& told) {
    const int error = answers_with_error(told.row.answer) ? static_cast<int>(told.result()) : told.last->error;
    const char* const description = strerrordesc_np(error);
    return "’s " + std::string(told.row.name) + " failed: " + text_of_errno(error) +
           (description ? " (" + std::string(description) + ")." : ".");
}

std::string counted(std::uint64_t count, std::string_view one) {
    return std::to_string(count) + ' ' + std::string(one) + (count == 1 || one == "children" ? "" : "s");
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string the(const Object& object) { return object.kind == ObjectKind::Terminal ? "the " + object.name : object.name; }

std::string sentence_for_call(const Trace& trace, const Model& model, EventIndex enter_index) {
    const Event& enter = trace[enter_index];
    const Process* const process = model.process(enter.process);
    if (!process || !is_call(enter.call)) return {};
    const CallRow& row = row_of(static_cast<CallId>(enter.call));
    if (enter.kind == EventKind::Exit)
        return row.effect == Effect::StartsThread ? model.name_of(enter.thread) + " begins: a thread of " + process->name + "."
                                                  : process->name + " returns from " + std::string(row.name) + " with 0: it is the copy.";
    const Event* const last = enter.pair < model.applied() ? &trace[enter.pair] : nullptr;
    const Told told{trace, model, enter_index, enter, last, row, *process};
    if (!told.has_returned()) return sentence_before_return(told);
    if (const Sentence sentence = sentences[number_of(row.effect)]) return model.name_of(enter.thread) + sentence(told);
    if (told.has_failed()) return process->name + failure(told);
    return model.name_of(enter.thread) + " called " + std::string(row.name) + "; the answer is " + std::to_string(told.result()) + ".";
}

std::string what_is(const Model& model, const Descriptor& descriptor) {
    const OpenFile& file = model.open_files()[descriptor.file];
    const Object& object = model.objects()[file.object];
    if (object.socket) return what_socket_is(object);
    const ObjectKindRow& kind = row_of(object.kind);
    std::string text(kind.noun);
    if (kind.naming == Naming::WordAndPath && object.name.size() > kind.word.size()) text += object.name.substr(kind.word.size());
    if (kind.naming == Naming::Path) text += ' ' + object.name;
    if (file.end == End::Read) text += ", read end";
    if (file.end == End::Write) text += ", write end";
    if (file.end == End::Both) text += ", both ends";
    return text;
}

}  // namespace ipcscope
