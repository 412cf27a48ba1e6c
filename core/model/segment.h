// System V shared memory (shmget(2)). The segment has a key by which it is found and an id; who has attached it has a Mapping of
// it. To remove it only marks it: its key finds it no longer, and it goes with the last attachment.
#pragma once

#include <cstdint>

#include "core/events/event.h"

namespace ipcscope {

class Model;

struct SegmentState {
    std::int32_t id = -1, key = 0;
    bool is_marked = false;                  // SHM_DEST

    bool operator==(const SegmentState&) const = default;
};

// As shm_nattch counts them.
std::uint64_t attachments(const Model& model, std::uint32_t segment);

}  // namespace ipcscope
