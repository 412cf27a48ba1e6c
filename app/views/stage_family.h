// Who is whose child? The kernel's process tree, on the stage while nothing else of the kernel stands there.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

#include "core/model/model.h"

namespace ipcscope {

inline constexpr std::size_t no_kin = static_cast<std::size_t>(-1);

struct Kin {
    ProcessId process = no_id;
    std::size_t maker = no_kin;      // who made it, as a position in the family
    bool is_adopted = false;         // and is its parent no more
    std::size_t level = 0;           // 0: the top
    float place = 0;                 // across, in nodes, of its middle; the first node's room is the adopter's
};

struct Family {
    std::vector<Kin> members;        // makers before what they made
    std::size_t levels = 0;
    float width = 0;                 // in nodes
    pid_t adopter = 0;               // its pid, if anybody was adopted
};

// Of all processes; who is gone or adopted stays where it was, so that nobody moves.
Family family_of(const Model& model);

}  // namespace ipcscope
