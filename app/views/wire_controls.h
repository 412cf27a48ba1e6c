// What can be done to a packet that waits on the wire, and to the wire itself: buttons below the ladder.
#pragma once

#include "app/views/view.h"
#include "app/views/widgets.h"

namespace ipcscope {

// The selected packet, if it is held; else the oldest one that is. Null: none is.
const PacketOnWire* chosen_packet(const Model& model, const Selection& selection);
// The held packet after the chosen one, the first again after the last; 0: none is held.
std::uint64_t other_packet(const Model& model, const Selection& selection);

// `room`: how wide they may be, and how high the whole view is.
float wire_controls_height(const ViewContext& context, ImVec2 room);
void draw_wire_controls(const ViewContext& context, const Rect& area, float height_of_all);

}  // namespace ipcscope
