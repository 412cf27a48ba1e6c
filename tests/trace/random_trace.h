// Traces of any shape that a trace may have, from a seed.
#pragma once

#include <random>

#include "core/trace/trace.h"

namespace ipcscope {

Trace random_trace(std::uint32_t seed, EventIndex count);
bool is_same_event(const Event& one, const Event& other);   // but for where its payload lies

}  // namespace ipcscope
