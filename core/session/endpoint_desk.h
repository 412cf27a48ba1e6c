// Where an endpoint is worked at: the loop that it runs in, its socket and the learner's lines, for those who have no loop of
// their own.
//
// Thread: none of its own; but where something else is said, all functions are called on one.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/session/endpoint.h"

namespace ipcscope {

class EndpointDesk {
 public:
    EndpointDesk();
    ~EndpointDesk();                                  // closes everything
    EndpointDesk(const EndpointDesk&) = delete;

    Result<void> open(EndpointPlan plan, Endpoint::Tell tell);    // instead of the one there is
    Endpoint* endpoint();                             // null: there is none
    void close();

    // Lines of this descriptor, which is borrowed and stays as it is; nothing: it has ended.
    void read_lines(int descriptor, std::function<void(std::optional<std::string>)> hear);
    void end_on_signals();                            // SIGINT, SIGTERM, SIGHUP: run() returns

    void run();                                       // until stop()
    bool run_for(std::chrono::milliseconds most);     // … or so long; false: it was stopped
    void stop();                                      // from any thread
    void post(std::function<void()> work);            // from any thread: done by whoever runs the loop

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ipcscope
