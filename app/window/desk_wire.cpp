// The learner's hand on the wire, by keys: what the buttons below the ladder do.
#include "app/views/wire_controls.h"
#include "app/window/desk.h"

namespace ipcscope {

const Model* Desk::model() const { return player_ && player_->run() ? &player_->run()->model() : nullptr; }

void Desk::carry_held(PacketFate fate) {
    const PacketOnWire* const packet = model() ? chosen_packet(*model(), selection_) : nullptr;
    if (packet) act(WantCarry{packet->number, fate});
}

void Desk::delay_held() {
    const PacketOnWire* const packet = model() ? chosen_packet(*model(), selection_) : nullptr;
    if (packet) act(WantDelay{packet->number});
}

void Desk::choose_packet() {
    if (model()) selection_.packet = other_packet(*model(), selection_);
}

void Desk::change_wire(WireRule rule) {
    if (model()) act(WantWire{next_change(model()->network().rules, rule)});
}

}  // namespace ipcscope
