// From words on a command line to an endpoint.
#pragma once

#include "app/commands/commands.h"
#include "core/session/endpoint.h"

namespace ipcscope {

// Asks the user where other machines could be reached.
Result<EndpointPlan> endpoint_plan_from(const EndpointOptions& options);

}  // namespace ipcscope
