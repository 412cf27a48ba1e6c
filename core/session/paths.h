// Where ipcscope's own parts are, found from where the running program lies, so that an installation may be moved:
//   PREFIX/bin/ipcscope  PREFIX/libexec/ipcscope/{libipcscope-probe.so,ipcscope-keeper}  PREFIX/share/ipcscope/{lessons,fonts}
// A build directory has the same shape; there, lessons are those of the source tree.
#pragma once

#include <string>

#include "core/trace/result.h"

namespace ipcscope {

struct Paths {
    std::string probe;       // libipcscope-probe.so
    std::string keeper;      // ipcscope-keeper
    std::string lessons;     // the folder of lessons that came with ipcscope
    std::string lesson_programs;  // where the build has put the lessons' compiled programs ("" if nowhere)
    std::string share;       // PREFIX/share/ipcscope ("" in a build directory without one)
};

Result<Paths> find_paths();  // a missing part is a sentence that says which, and where it was looked for

// Directories of the user's own, made 0700 when first asked for (XDG base directories).
Result<std::string> state_directory();    // progress, recordings
Result<std::string> cache_directory();    // compiled lessons
// A fresh one, 0700, under XDG_RUNTIME_DIR (else /tmp), for one run.
Result<std::string> make_run_directory();

}  // namespace ipcscope
