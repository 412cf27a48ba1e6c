// Sentences from the model: why a thread sleeps, what just happened. Always from the real arguments and the real holders,
// so that "2 write ends are still open: parent 4, child itself 4" is said by the kernel's state and not by the lesson.
#pragma once

#include <string>

#include "core/model/model.h"

namespace ipcscope {

// "the pipe is empty, and 2 write ends are still open: parent 4, child itself 4". Empty if the thread is not asleep.
std::string reason_asleep(const Trace& trace, const Model& model, ThreadId thread);
// Short, for a badge: "pipe empty", "pipe full", "no child has ended".
std::string short_reason_asleep(const Trace& trace, const Model& model, ThreadId thread);
// What the last step did, one sentence: "child read 5 bytes, "hello", from pipe#1; the pipe is empty again."
std::string sentence_for_call(const Trace& trace, const Model& model, EventIndex enter);
// Why a process ended: "child was killed by SIGPIPE: it wrote to pipe#1, and no read end was open."
std::string reason_ended(const Trace& trace, const Model& model, ProcessId process);
// For the picture: what a descriptor stands for: "pipe, write end", "terminal", "file data.txt".
std::string what_is(const Model& model, const Descriptor& descriptor);

}  // namespace ipcscope
