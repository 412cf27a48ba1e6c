#include "core/session/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace ipcscope {
namespace {

namespace fs = std::filesystem;

std::string from_environment(const char* name) {
    const char* const value = getenv(name);
    return value && *value == '/' ? value : "";    // XDG: a path that is not absolute is to be ignored
}

// PREFIX of PREFIX/bin/ipcscope; a test program lies deeper in the build directory, so its parents are asked too.
fs::path find_prefix(const fs::path& program) {
    for (fs::path folder = program.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
        std::error_code ignored;
        if (fs::exists(folder / "libexec/ipcscope", ignored)) return folder;
    }
    return {};
}

Result<std::string> made_private(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) {
        if (access(path.c_str(), W_OK | X_OK) == 0) return path.string();
    }
    return Failure{"cannot use the directory " + path.string() + ": " + strerror(errno)};
}

Result<std::string> user_directory(const char* variable, const char* under_home) {
    if (const std::string base = from_environment(variable); !base.empty()) return made_private(fs::path(base) / "ipcscope");
    const std::string home = from_environment("HOME");
    if (home.empty()) return Failure{std::string("neither ") + variable + " nor HOME says where your files belong"};
    return made_private(fs::path(home) / under_home / "ipcscope");
}

// XDG_RUNTIME_DIR as it should be: ours, and nobody else's.
bool is_own_directory(const std::string& path) {
    struct stat about;
    return !path.empty() && stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == geteuid() && access(path.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

Result<Paths> find_paths() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return Failure{"cannot find out where ipcscope lies: " + error.message()};
    const fs::path prefix = find_prefix(program);
    if (prefix.empty()) return Failure{"ipcscope's own parts are missing: no libexec/ipcscope beside or above " + program.parent_path().string()};

    Paths paths;
    const auto part = [&](const char* name, std::string& path) -> Result<void> {
        path = (prefix / "libexec/ipcscope" / name).string();
        if (access(path.c_str(), R_OK) == 0) return {};
        return Failure{std::string(name) + " is missing; it was looked for as " + path};
    };
    if (const auto found = part("libipcscope-probe.so", paths.probe); !found) return found.failure();
    if (const auto found = part("ipcscope-keeper", paths.keeper); !found) return found.failure();

    const auto if_there = [&](const fs::path& path) { return fs::is_directory(path, error) ? path.string() : std::string(); };
    paths.share = if_there(prefix / "share/ipcscope");
    paths.lessons = if_there(prefix / "share/ipcscope/lessons");
#ifdef IPCSCOPE_SOURCE_LESSONS
    if (paths.lessons.empty()) paths.lessons = if_there(IPCSCOPE_SOURCE_LESSONS);
#endif
    paths.lesson_programs = if_there(prefix / "libexec/ipcscope/lessons");
    return paths;
}

Result<std::string> state_directory() { return user_directory("XDG_STATE_HOME", ".local/state"); }
Result<std::string> cache_directory() { return user_directory("XDG_CACHE_HOME", ".cache"); }

Result<std::string> make_run_directory() {
    const std::string base = from_environment("XDG_RUNTIME_DIR");
    std::string path = (is_own_directory(base) ? base : std::string("/tmp")) + "/ipcscope-run-XXXXXX";
    if (mkdtemp(path.data())) return path;
    return Failure{"cannot make a directory for the run (" + path + "): " + strerror(errno)};
}

}  // namespace ipcscope
