// The programs' terminal: a pseudo-terminal whose master the session holds (pty(7)). It neither echoes nor rewrites line
// ends, so that bytes are exact; lines, Ctrl-C and end of file (Ctrl-D) work as usual.
#pragma once

#include <asio.hpp>

#include <string>

#include "core/session/outbox.h"
#include "core/session/unique_fd.h"
#include "core/trace/result.h"

namespace ipcscope {

class Terminal {
 public:
    // The master, and the slave to hand to the programs.
    static Result<UniqueFd> open(UniqueFd& slave);

    Terminal(asio::io_context& io, UniqueFd master, Outbox& out);
    // Everything that was written by now becomes Output events. (A read of the master waits for bytes that the kernel has
    // still on the way: n_tty.c flushes its buffers before it says that there is nothing.)
    void drain();
    void type(std::string_view bytes);

 private:
    void listen();
    void send_typed();

    asio::posix::stream_descriptor master_;
    Outbox& out_;
    std::string typed_;         // not yet taken by the terminal
    bool is_sending_ = false;
};

}  // namespace ipcscope
