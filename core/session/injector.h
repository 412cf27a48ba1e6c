// What the learner may make a process do, outside its program: close a descriptor, write to one, fill a pipe.
#pragma once

#include <string_view>

#include "core/session/outbox.h"
#include "core/session/population.h"
#include "core/session/remote_call.h"

namespace ipcscope {

class Injector {
 public:
    Injector(Population& population, Outbox& out) : population_(population), out_(out) {}

    // Each is an Enter and an Exit with Flag::Injected, with what the kernel really answered; or a Note that says why not.
    // Only while the system is quiescent.
    void close(ProcessId process, int descriptor);
    void write(ProcessId process, int descriptor, std::string_view bytes);
    void fill_pipe(ProcessId process, int descriptor);

 private:
    struct Actor {
        ObservedProcess* process;
        ObservedThread* thread;
    };
    std::optional<Actor> choose(ProcessId process);
    // Both with events. `arguments` as the call's row has them; `registers` as the kernel wants them.
    bool perform(const Actor& actor, RemoteThread& remote, CallId call, std::initializer_list<std::int64_t> arguments,
                 std::array<std::uint64_t, 6> registers, std::string_view bytes);
    bool write_part(const Actor& actor, RemoteThread& remote, int descriptor, std::string_view bytes);

    Population& population_;
    Outbox& out_;
};

}  // namespace ipcscope
