// What an endpoint can be told, and how the learner types it: a line, "send hello", "2: half-close".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/trace/result.h"

namespace ipcscope {

// How it treats what arrives.
struct EndpointPace {
    bool echoes = false;                              // sends it back; closes when the peer has finished
    std::optional<std::uint64_t> bytes_a_second;      // reads no faster; 0: not at all; none: as it comes
};

struct EndpointOrder {
    enum class What : std::uint8_t { Send, HalfClose, Close, Reset, Echo, Slow };
    What what = What::Send;
    unsigned peer = 0;                                // 0: the newest
    std::string bytes;                                // Send. A datagram, or a part of a stream
    bool is_on = false;                               // Echo. Echo and Slow are for all peers
    std::optional<std::uint64_t> bytes_a_second;      // Slow
};

// The rows of `endpoint_order_help` say what can be typed. A sentence if it is none of them.
Result<EndpointOrder> read_endpoint_order(std::string_view line);
std::string endpoint_order_help();                    // lines of text

// \n, \r, \t, \0, \\ and \xHH stand for their bytes.
Result<std::string> bytes_from_escaped(std::string_view text);
// "48 65 6c6c6f": two digits a byte, spaces as one likes.
Result<std::string> bytes_from_hex(std::string_view text);
// All of a file, 64 MiB at most.
Result<std::string> bytes_of_file(const std::string& path);
// "10", "off".
Result<std::optional<std::uint64_t>> read_pace(std::string_view text);

}  // namespace ipcscope
