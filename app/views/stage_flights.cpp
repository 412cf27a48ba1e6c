#include "app/views/stage_scene.h"

namespace ipcscope {

std::vector<Flight> flights_of(const Trace& trace, const Model& model) {
    std::vector<Flight> flights;
    for (const Change& change : model.changes()) {
        if (change.message == no_id || change.at >= trace.size()) continue;
        const Event& event = trace[change.at];
        if (!is_call(event.call)) continue;
        const Effect effect = row_of(static_cast<CallId>(event.call)).effect;
        const bool is_sent = is_send(effect) && event.kind != EventKind::Exit;
        const bool is_received = is_receive(effect) && event.kind == EventKind::Exit;
        if (!is_sent && !is_received) continue;
        const bool is_new_turn = !flights.empty() && flights.back().at != change.at;
        const std::size_t turn = flights.empty() ? 0 : flights.back().turn + (is_new_turn ? 1 : 0);
        const Way way = is_sent ? Way::In : Way::Out;
        flights.push_back({change.message, event.process, shown_under(model, model.messages()[change.message].object), way, change.at, turn});
    }
    return flights;
}

}  // namespace ipcscope
