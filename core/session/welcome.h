// The socket in the run directory that probes say hello to (hello.h).
#pragma once

#include <asio.hpp>

#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "core/events/hello.h"
#include "core/session/area.h"
#include "core/session/unique_fd.h"
#include "core/trace/result.h"

namespace ipcscope {

class Welcome {
 public:
    // Answers a hello from the process with this pid (as the kernel says, on this machine): its area, null to leave it unobserved,
    // or nothing yet (it will be asked again).
    using Answer = std::function<std::optional<Area*>(const Hello& hello, pid_t pid_here)>;

    static Result<UniqueFd> open(const std::string& socket_path);
    Welcome(asio::io_context& io, UniqueFd listener, Answer answer);

    // Somebody has connected and is not answered yet.
    bool is_busy() const { return !guests_.empty(); }
    void answer_those_who_wait();

 private:
    struct Guest {
        Guest(asio::io_context& io, int socket) : socket(io, socket), patience(io) {}
        asio::posix::stream_descriptor socket;
        asio::steady_timer patience;
        std::optional<Hello> hello;    // heard, not answered yet
        pid_t pid_here = 0;
    };
    void listen();
    void accept_all();
    bool hear(Guest& guest) const;
    bool answer(Guest& guest) const;

    asio::io_context& io_;
    asio::posix::stream_descriptor listener_;
    Answer answer_;
    std::list<std::shared_ptr<Guest>> guests_;
};

}  // namespace ipcscope
