// Who waits in a listener's queue.
#pragma once

#include <algorithm>

#include "core/model/model.h"

namespace ipcscope {

// Of an end in the queue: whether the other end's connect has returned. If not, it may be in the queue, or still outside.
inline bool is_connected(const Model& model, ObjectId end) {
    const ObjectId other = model.objects()[end].socket->other;
    return other >= model.objects().size() || model.objects()[other].socket->stage == SocketStage::Connected;
}

inline std::size_t connected_in_queue(const Model& model, const Object& listener) {
    const std::vector<ObjectId>& queue = listener.socket->queue;
    return static_cast<std::size_t>(std::count_if(queue.begin(), queue.end(), [&](ObjectId end) { return is_connected(model, end); }));
}

}  // namespace ipcscope
