// The learner's own socket, as far as the window knows it.
#pragma once

#include <string>
#include <vector>

#include "core/session/endpoint_talk.h"

namespace ipcscope {

struct EndpointShown {
    bool is_open = false;
    EndpointPlan plan;                        // of the one that is open
    EndpointTalk::State state;
    std::vector<EndpointLine> lines;          // oldest first; kept when it is closed
    bool asks_for_elsewhere = false;          // other machines would reach it: it is opened only if asked for once more
    std::string complaint;                    // why it was not opened, or an order not taken
};

}  // namespace ipcscope
