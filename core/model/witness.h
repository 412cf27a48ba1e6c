// The kernel agrees, or it does not: each fact of the last quiescence compared with the model at that moment.
#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

namespace ipcscope {

struct WitnessLine {
    std::string source;     // "/proc/4712/fd/3", "/proc/4712/stat", "FIONREAD pipe:[48812]"
    std::string kernel;     // what the kernel says: "pipe:[48812]", "S (sleeping)", "0"
    std::string model;      // what the model says, in the same words
    bool agrees = true;
    ProcessId process = no_id;
    ObjectId object = no_id;
};

// The facts of the last step (the session writes them just before its Quiet), seen by a model folded up to that Quiet, or up
// to somewhere behind its facts. Facts from before the last call, birth or end are not compared: they were true then. A
// descriptor that the model has and the kernel does not name is a line too. Where calls that nobody saw may have moved
// bytes, the model says "not known" and does not disagree.
std::vector<WitnessLine> compare(const Trace& trace, const Model& model);

}  // namespace ipcscope
