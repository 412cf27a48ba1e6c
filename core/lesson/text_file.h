// A small text file of a lesson, read whole: at most 1 MiB, a regular file (a FIFO in its place would wait for ever).
#pragma once

#include <string>

#include "core/trace/result.h"

namespace ipcscope {

Result<std::string> read_text_file(const std::string& path);

}  // namespace ipcscope
