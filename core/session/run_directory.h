// The directory of one run: 0700, it holds the socket that probes say hello to. It is locked (flock) while its run lives. One that
// nobody locks was left by a session that was killed before it had a keeper, or together with it; the next run sweeps it away.
#pragma once

#include <string>

#include "core/session/unique_fd.h"
#include "core/trace/result.h"

namespace ipcscope {

class RunDirectory {
 public:
    static Result<RunDirectory> make();
    RunDirectory(RunDirectory&&) = default;
    RunDirectory& operator=(RunDirectory&&) = default;
    ~RunDirectory();    // removes it, if the keeper has not done so already

    const std::string& path() const { return path_; }
    std::string socket_path() const;
    Result<std::string> make_files() const;    // an empty directory for the programs, gone with the run

 private:
    RunDirectory(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    std::string path_;
    UniqueFd lock_;
};

}  // namespace ipcscope
