#include "app/views/side_views.h"

#include <algorithm>

namespace ipcscope {

namespace {

bool compares(const ViewContext& context) { return context.comparison != nullptr; }

bool can_be_visited(const ViewContext& context) { return context.endpoint != nullptr; }

bool has_ip_sockets(const ViewContext& context) {
    return std::ranges::any_of(context.model.objects(), [](const Object& object) { return object.socket && object.socket->is_ip(); });
}

// Pipes, queues, sockets: not files and terminals, whose bytes stay where they are.
bool carries_bytes(const ViewContext& context) {
    return std::ranges::any_of(context.model.objects(), [](const Object& object) {
        return object.socket || object.queue || object.kind == ObjectKind::Pipe || object.kind == ObjectKind::Fifo;
    });
}

}  // namespace

const std::vector<SideView> side_views = {
    {"Calls", "Which calls were made, in which order, and how did they end?", draw_calls},
    {"Descriptors", "What does each number in each process stand for, and who shares it?", draw_descriptors},
    {"Bytes", "What did each call put in, and which call took it out?", draw_bytes, carries_bytes},
    {"Sockets", "Who talks with whom, under which address and port, and in which state?", draw_sockets, has_ip_sockets},
    {"Kernel", "Does the kernel itself say what is drawn here?", draw_witness},
    {"Compare", "What does each mechanism cost here: time, calls, copies?", draw_comparison, compares},
    {"Endpoint", "What happens if I am the other end, and send it byte by byte?", draw_endpoint, can_be_visited},
    {"Terminal", "What have the programs written, and what do they read from the keyboard?", draw_terminal},
};

}  // namespace ipcscope
