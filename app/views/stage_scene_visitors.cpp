// Who is at the other end of a socket and not of the run: a browser, curl, an endpoint. By the kernel's word (FactKind::Peer).
#include <algorithm>

#include "app/views/stage_scene.h"

namespace ipcscope {

namespace {

constexpr std::size_t one_row = 4, most_visitors = 2;    // of cards; the others are named in their socket's card

constexpr const char* of_ours = "ipcscope endpoint";

}  // namespace

void add_visitors(const Model& model, StageScene& scene) {
    const std::size_t own = scene.processes.size();
    for (std::size_t position = 0; position < scene.objects.size(); ++position) {
        const Object& object = model.objects()[scene.objects[position].id];
        if (!object.socket || object.has_ended || !object.socket->peer_process.is_known() || object.socket->other != no_id) continue;
        const PeerProcess& peer = object.socket->peer_process;
        auto visitor = std::find_if(scene.processes.begin() + static_cast<std::ptrdiff_t>(own), scene.processes.end(), [&](const SceneProcess& process) { return process.visitor == peer; });
        if (visitor == scene.processes.end()) {
            if (scene.processes.size() >= one_row || scene.processes.size() >= own + most_visitors) continue;
            SceneProcess made;
            made.visitor = peer;
            made.reason = peer.name == of_ours ? "It is held by ipcscope, for you." : "It came from outside: the kernel says who it is. Its calls are not seen.";
            visitor = scene.processes.insert(scene.processes.end(), std::move(made));
        }
        SceneEdge edge;
        edge.process = static_cast<std::size_t>(visitor - scene.processes.begin());
        edge.object = position;
        edge.is_both_ways = true;
        scene.edges.push_back(std::move(edge));
    }
    scene.places = std::max(scene.places, scene.processes.size());
}

}  // namespace ipcscope
