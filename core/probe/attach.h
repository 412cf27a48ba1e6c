// How this process comes to share memory with the session (core/events/hello.h has the conversation).
#pragma once

#include "core/events/hello.h"
#include "core/probe/state.h"

namespace ipcscope {

// The session's socket, or "": nobody watches. Set once, by the constructor.
extern char socket_path[108];

// Greets the session and maps the area that it answers with. Leaves no descriptor behind. False: run on unobserved.
bool attach(HelloReason reason, std::uint32_t parent_process, std::int32_t parent_pid, MappedArea& area);

// This process has its first area: from now on *process.generation is not 0.
bool attach_process(HelloReason reason, std::uint32_t parent_process, std::int32_t parent_pid);

// Makes the page that the kernel wipes at every fork.
bool make_generation_page();

}  // namespace ipcscope
