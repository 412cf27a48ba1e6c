// What the sentences (explain.cpp, reasons.cpp) share.
#pragma once

#include <string>

#include "core/model/canonical.h"
#include "core/model/model.h"

namespace ipcscope {

// One call to be told of, with what it answered if the model was folded so far.
struct Told {
    const Trace& trace;
    const Model& model;
    EventIndex enter_index;
    const Event& enter;
    const Event* last;        // its Exit, Abandoned or Image; null while it has not returned
    const CallRow& row;
    const Process& process;

    bool has_returned() const { return last && last->kind == EventKind::Exit; }
    bool has_failed() const { return row.answer == Answer::Error ? result() != 0 : last->error != 0; }
    std::int64_t result() const { return last->value[0]; }
    std::int64_t value(Role role) const {
        const int at = argument_with(row, role);
        return at < 0 ? 0 : enter.value[at];
    }
    int descriptor() const { return static_cast<int>(value(Role::Fd)); }
    std::string_view path() const { return trace.text(enter, argument_with(row, Role::Path)); }
    const OpenFile* file() const { return model.file_behind(process.id, descriptor()); }
    const Object* object() const { return model.object_behind(process.id, descriptor()); }
};

std::string counted(std::uint64_t count, std::string_view one);   // "1 byte", "2 bytes"
std::string joined(const std::vector<std::string>& parts);        // "a, b"
std::string failure(const Told& told);                            // "’s read failed: EAGAIN (…)."
std::string the(const Object& object);                            // "the terminal", "pipe#1"

// Why the call sleeps: in full, and for a badge.
struct Reason {
    std::string sentence, badge;
};
Reason reason_for_sleep(const Told& told);
Reason sleeps_in_lock(const Told& told);                          // reasons_locks.cpp

// What calls did, beginning after the process's name: " closed 4." (explain_….cpp)
std::string sentence_for_lock(const Told& told);                  // flock, lockf, fcntl's lock commands
std::string sentence_make_semaphore(const Told& told);            // tell_semaphores.cpp
std::string sentence_open_semaphore(const Told& told);
std::string sentence_take_permit(const Told& told);
std::string sentence_give_permit(const Told& told);
Reason reason_take_permit(const Told& told);
// "alice has a write lock on bytes 0 to 9", for each that is in the way
std::string text_of_locks(const Told& told, const std::vector<Hold>& holds);

std::string sentence_make_semaphores(const Told& told);           // tell_semaphore_sets.cpp
std::string sentence_operate_semaphores(const Told& told);
std::string sentence_control_semaphores(const Told& told);
Reason reason_operate_semaphores(const Told& told);
std::string sentence_make_segment(const Told& told);              // tell_segments.cpp
std::string sentence_attach_segment(const Told& told);
std::string sentence_detach_segment(const Told& told);
std::string sentence_control_segment(const Told& told);

// tell_queues.cpp: the part of the sentence behind the process's name
std::string sentence_open_queue(const Told& told);
std::string sentence_unlink_queue(const Told& told);
std::string sentence_notify(const Told& told);
std::string sentence_make_queue(const Told& told);
std::string sentence_control_queue(const Told& told);
std::string sentence_send_message(const Told& told);
std::string sentence_receive_message(const Told& told);
Reason reason_send_message(const Told& told);
Reason reason_receive_message(const Told& told);

// tell_sockets.cpp
std::string sentence_make_socket(const Told& told);
std::string sentence_make_socket_pair(const Told& told);
std::string sentence_bind(const Told& told);
std::string sentence_listen(const Told& told);
std::string sentence_accept(const Told& told);
std::string sentence_connect(const Told& told);
std::string sentence_shut_down(const Told& told);
std::string sentence_set_option(const Told& told);
std::string sentence_ask_socket(const Told& told);
std::string sentence_receive_from_socket(const Told& told);   // of calls whose descriptor is a socket
std::string sentence_send_to_socket(const Told& told);
std::string sentence_send_several(const Told& told);
std::string sentence_receive_several(const Told& told);
std::string sentence_move_bytes(const Told& told);
std::string what_close_leaves(const Told& told, const Object& socket);
std::string what_socket_is(const Object& socket);
Reason reason_receive_from_socket(const Told& told);
Reason reason_send_to_socket(const Told& told);
Reason reason_accept(const Told& told);
Reason reason_connect(const Told& told);

}  // namespace ipcscope
