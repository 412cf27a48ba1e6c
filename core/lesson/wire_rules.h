// What a lesson says of the wire as a whole: `do wire latency 100ms`, `do wire cable pulled`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/network.h"
#include "core/trace/result.h"

namespace ipcscope {

struct WireChange {
    WireRule rule = WireRule::Latency;
    int value = 0;    // microseconds, bytes a second, one packet in so many; the host whose cable it is, or as in WireRules
};

// `latency 100ms`, `rate 10000`, `loss 3`, `cable pulled`, `cable web pulled`, `cable in`. Takes all of `rest`. The failure's sentence is without a place.
Result<WireChange> parse_wire_change(std::string_view rest, const std::vector<std::string>& hosts);

// What the learner is offered, one after the other.
WireChange next_change(const WireRules& rules, WireRule rule);

// "The cable is pulled: what leaves a host now is lost, and its kernel is not told."
std::string sentence_for_rule(const WireRules& rules, WireRule rule, const std::vector<std::string>& hosts);

}  // namespace ipcscope
