// The endpoint that `ipcscope trace --endpoint` holds, for the traced program to talk with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/session/endpoint_talk.h"

namespace ipcscope {

class TracePeer {
 public:
    // "listen tcp 7000 echo", "connect tcp 7000; say hello; half-close": where, and behind each ';' an order to the first who is there.
    static Result<std::unique_ptr<TracePeer>> open(const std::string& words);
    // What has happened since, a line each. Who calls, and is not answered yet, calls again.
    std::vector<std::string> take();

 private:
    explicit TracePeer(EndpointPlan plan) : plan_(std::move(plan)) {}
    Result<void> begin();

    EndpointPlan plan_;
    std::vector<EndpointOrder> orders_;
    bool has_met_ = false;                    // somebody was there
    std::unique_ptr<EndpointTalk> talk_;
};

}  // namespace ipcscope
