// The states of a TCP connection and what leads from one to the next (RFC 9293, section 3.3.2), with every end of every connection in
// the state that the kernel says.
#pragma once

#include <string>
#include <vector>

#include "app/views/view.h"

namespace ipcscope {

// An end of a connection, or a listener.
struct TcpEnd {
    std::string name;       // "client 3"
    ImU32 ink = 0;
    int state = 0;          // as tcp(7) counts them
};

// The height that it takes where there is so much room, in pixels: it becomes lower, to a point.
float tcp_diagram_height(const Theme& theme, float room);
void draw_tcp_diagram(const Theme& theme, ImVec2 position, ImVec2 size, const std::vector<TcpEnd>& ends);

}  // namespace ipcscope
