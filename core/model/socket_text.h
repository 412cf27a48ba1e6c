// What socket calls are given and fill in, as text.
#pragma once

#include <optional>
#include <string>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/model/socket.h"

namespace ipcscope {

// A role whose text is made here, from the argument's number and what it pointed to at enter and at exit.
bool is_socket_role(Role role);

struct SocketArgument {
    Role role;
    std::int64_t value;
    std::optional<Chunk> in, out;
    std::optional<Chunk> room;               // AddressOut, OptionOut: how much there was room for (a socklen_t, at enter)
    std::int64_t family = 0, level = 0, option = 0;   // of the same call: what a protocol and an option's value mean depends on them
    bool has_returned = false;
};
std::string text_of_socket_argument(const SocketArgument& argument);

std::string text_of_eai(std::int64_t error);                      // "EAI_NONAME"
// "LISTEN", "ESTABLISHED", … as ss(8) and RFC 9293 say it
std::string text_of_tcp_state(std::int64_t state);
// "TCP", "UDP", "UNIX stream" …
std::string text_of_protocol(const SocketState& socket);

}  // namespace ipcscope
