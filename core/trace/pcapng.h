// Packets as other tools read them: a file in the pcapng format (draft-ietf-opsawg-pcapng), for Wireshark, tshark, tcpdump.
//
//   Section Header | Interface Description, one a host | Enhanced Packet, one a packet
//
// Each block: type, length, body padded to 32 bits, length again. Packets begin with their IP header (LINKTYPE_RAW); their
// stamps are nanoseconds since the run began.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/trace/result.h"
#include "core/trace/trace.h"

namespace ipcscope {

struct PcapngFile {
    std::vector<std::byte> bytes;
    std::size_t packets = 0;
};

// All packets of the trace, each as it left its host, at the interface of that host. `comment_of` says what is to be written
// beside a packet, "" = nothing.
PcapngFile pcapng_from(const Trace& trace, const std::function<std::string(EventIndex packet)>& comment_of);
Result<void> save_pcapng(const PcapngFile& file, const std::string& path);

}  // namespace ipcscope
