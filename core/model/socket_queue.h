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

// Of an end in the queue that is not connected: its first packet has not come to the listener's kernel. (Told between hosts only: there
// the kernel lists what is half open.)
inline bool is_on_its_way(const Model& model, ObjectId end) {
    const SocketState& socket = *model.objects()[end].socket;
    if (socket.host == 0 || is_connected(model, end)) return false;
    const std::vector<KernelSocket>& listed = model.network().in_kernel;
    return std::none_of(listed.begin(), listed.end(), [&](const KernelSocket& one) { return one.host == socket.host && one.local == socket.local && one.peer == socket.peer; });
}

}  // namespace ipcscope
