// The views behind the tabs at the right: what stands in the table of views.cpp. They draw no card of their own.
#pragma once

#include "app/views/view.h"

namespace ipcscope {

void draw_calls(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_descriptors(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_bytes(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_witness(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_comparison(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_sockets(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_endpoint(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_terminal(const ViewContext&, ImVec2 position, ImVec2 size);

// As many of the witness lines as have room, for the foot of another view, the disagreeing ones first. Draws at ImGui's cursor
// and moves it.
void draw_witness_foot(const ViewContext&, ImVec2 size);
float witness_foot_height(const Theme&, std::size_t lines);

}  // namespace ipcscope
