// Where in its source a thread stands. Source maps are read once a program, files once a version of theirs: both are caches
// of what lies on the disk, keyed by path (and modification time), and belong to the UI thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/views/source_text.h"
#include "core/model/model.h"
#include "core/session/source.h"

namespace ipcscope {

// The line of the call in which the thread is, or was last. Nothing if the program has no debug information.
std::optional<SourcePlace> place_of_thread(const Model& model, const Thread& thread);

// The file's text, or null if it cannot be read. Looks at the file's time at most about once a second.
std::shared_ptr<const SourceText> source_text(const std::string& path);

std::string file_name(const std::string& path);   // "pipe.c" of "/home/x/pipe.c"

}  // namespace ipcscope
