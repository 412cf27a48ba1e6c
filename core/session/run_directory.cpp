#include "core/session/run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>

#include "core/keeper/thing.h"
#include "core/session/paths.h"

namespace ipcscope {
namespace {

// The directory, locked; nothing if somebody else has it, or it is gone.
UniqueFd lock_directory(const std::string& path) {
    UniqueFd directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about;
    const bool is_ours = directory && fstat(directory.get(), &about) == 0 && about.st_uid == geteuid() && flock(directory.get(), LOCK_EX | LOCK_NB) == 0 &&
                         fstat(directory.get(), &about) == 0 && about.st_nlink > 0;
    return is_ours ? std::move(directory) : UniqueFd();
}

void sweep_left_ones(const std::string& ours) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(ours).parent_path(), ignored)) {
        const std::string path = entry.path().string();
        if (path == ours || !entry.path().filename().string().starts_with("ipcscope-run-")) continue;
        const UniqueFd lock = lock_directory(path);
        if (!lock) continue;
        remove_listed(path);
        remove_run_directory(path.c_str());
    }
}

}  // namespace

Result<RunDirectory> RunDirectory::make() {
    // Another session that sweeps may take a new one for a left one, in the moment before it is locked: then there is a next.
    for (int tries = 0; tries < 10; ++tries) {
        const Result<std::string> path = make_run_directory();
        if (!path) return path.failure();
        if (path->size() + sizeof run_socket > sizeof(sockaddr_un::sun_path)) {
            rmdir(path->c_str());
            return Failure{"the path of the run directory is too long for a socket: " + *path + ". A shorter XDG_RUNTIME_DIR helps"};
        }
        UniqueFd lock = lock_directory(*path);
        if (!lock) continue;
        sweep_left_ones(*path);
        return RunDirectory(*path, std::move(lock));
    }
    return Failure{std::string("cannot lock a directory for the run: ") + strerror(errno)};
}

std::string RunDirectory::socket_path() const { return path_ + run_socket; }

Result<std::string> RunDirectory::make_files() const {
    const std::string path = path_ + run_files;
    if (mkdir(path.c_str(), 0700) != 0) return Failure{"cannot make a directory for the programs, " + path + ": " + strerror(errno)};
    return path;
}

RunDirectory::~RunDirectory() {
    if (path_.empty() || !lock_) return;
    remove_listed(path_);    // the keeper has done so, if it has not been killed
    remove_run_directory(path_.c_str());
}

}  // namespace ipcscope
