// The views behind the tabs at the right: what stands in the table of views.cpp. They draw no card of their own.
#pragma once

#include "app/views/view.h"

namespace ipcscope {

void draw_calls(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_descriptors(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_witness(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_comparison(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_sockets(const ViewContext&, ImVec2 position, ImVec2 size);
void draw_terminal(const ViewContext&, ImVec2 position, ImVec2 size);

// A few of the witness lines, for the foot of another view: at most `limit`, the disagreeing ones first. Draws at ImGui's
// cursor and moves it.
void draw_witness_lines(const ViewContext&, float width, std::size_t limit);

}  // namespace ipcscope
