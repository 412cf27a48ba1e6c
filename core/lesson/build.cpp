#include "core/lesson/build.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include "core/lesson/player.h"
#include "core/lesson/text_file.h"
#include "core/session/paths.h"
#include "core/trace/utf8.h"

namespace ipcscope {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto longest_build = 20s;
constexpr const char* limits[] = {"prlimit", "--as=1073741824", "--cpu=20", "--fsize=67108864", "--core=0", "--"};

// FNV-1a, 64 bits. The lesson's own folder is hashed with the source, so no lesson can stand in for another one.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    return hash;
}

std::string hex(std::uint64_t value) {
    std::ostringstream text;
    text << std::hex << value;
    return text.str();
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

bool is_executable(const std::string& path) {
    return access(path.c_str(), X_OK) == 0;
}

// The program that the build of ipcscope itself has made from this very text, or "".
std::string shipped_program(const Lesson& lesson, const std::string& source, const std::string& text) {
    const auto paths = find_paths();
    if (!lesson.came_with_ipcscope || !paths || paths->lesson_programs.empty()) return "";
    const fs::path copy = fs::path(paths->lesson_programs) / lesson.id / source;
    const auto compiled = read_text_file(copy.string());
    const std::string program = (copy.parent_path() / copy.stem()).string();
    return compiled && *compiled == text && is_executable(program) ? program : "";
}

// A character that could not be shown is left out: the compiler quotes the source, and anybody may have written that.
std::string shown(std::string_view line) {
    std::string text;
    while (!line.empty()) {
        const std::size_t length = printable_utf8_length(line);
        text += line.substr(0, length);
        line.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

struct FileActions {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    FileActions() { posix_spawn_file_actions_init(&actions), posix_spawnattr_init(&attributes); }
    FileActions(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions), posix_spawnattr_destroy(&attributes); }
};

// A folder for what is being built, the compiler's own temporary files included. Whoever was killed in the middle of a build
// has left one behind: such are removed.
std::string make_workshop(const std::string& cache) {
    static constexpr std::string_view stem = "building-";
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(cache, ignored)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(stem)) continue;
        const int pid = std::atoi(name.c_str() + stem.size());
        if (pid <= 0 || (::kill(pid, 0) == -1 && errno == ESRCH)) fs::remove_all(entry.path(), ignored);
    }
    static std::atomic<unsigned> builds = 0;
    std::string workshop = cache + "/" + std::string(stem) + std::to_string(getpid()) + "-" + std::to_string(++builds);
    mkdir(workshop.c_str(), 0700);
    return workshop;
}

// Starts it in a process group of its own; what it says goes to `log`.
Result<pid_t> spawn(const std::vector<std::string>& command, const std::string& log, const std::string& workshop) {
    FileActions how;
    posix_spawn_file_actions_addopen(&how.actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&how.actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&how.actions, 1, 2);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setflags(&how.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&how.attributes, &none);
    posix_spawnattr_setsigdefault(&how.attributes, &defaults);

    std::vector<char*> argv, environment;
    for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    for (char** variable = environ; *variable; ++variable)
        if (!std::string_view(*variable).starts_with("LC_ALL=") && !std::string_view(*variable).starts_with("TMPDIR=")) environment.push_back(*variable);
    static char plain_language[] = "LC_ALL=C.UTF-8";
    environment.push_back(plain_language);
    std::string temporary = "TMPDIR=" + workshop;
    environment.push_back(temporary.data());
    environment.push_back(nullptr);

    pid_t pid = -1;
    const int error = posix_spawnp(&pid, argv[0], &how.actions, &how.attributes, argv.data(), environment.data());
    if (error == 0) return pid;
    return Failure{"the compiler could not be started (" + command[0] + ": " + std::strerror(error) + ")"};
}

}  // namespace

std::unique_ptr<Build> Build::start(const Lesson& lesson, const std::string& source) {
    std::unique_ptr<Build> build(new Build);
    build->source_ = source;
    const auto text = read_text_file(lesson.folder + "/" + source);
    if (!text)
        build->done_ = text.failure();
    else if (std::string program = shipped_program(lesson, source, *text); !program.empty())
        build->done_ = std::move(program);
    else if (auto started = build->compile(lesson, source, *text); !started || !started->empty())
        build->done_ = std::move(started);
    return build;
}

// The program if it is in the cache; "" if the compiler has been started.
Result<std::string> Build::compile(const Lesson& lesson, const std::string& source, const std::string& text) {
    const auto cache = cache_directory();
    if (!cache) return cache.failure();
    const std::string path = lesson.folder + "/" + source;
    const std::string libraries = lesson.stops_at_accesses ? IPCSCOPE_ACCESS_FLAGS : "";
    const std::string key = hex(hash_of(path + '\0' + IPCSCOPE_LESSON_FLAGS + libraries + '\0' + text));
    program_ = *cache + "/" + lesson.id + "-" + fs::path(source).stem().string() + "-" + key;
    if (is_executable(program_)) return program_;

    workshop_ = make_workshop(*cache);
    unfinished_ = workshop_ + "/" + fs::path(program_).filename().string();
    log_ = unfinished_ + ".log";
    std::vector<std::string> command(std::begin(limits), std::end(limits));
    command.push_back("cc");
    for (std::string& flag : words_of(IPCSCOPE_LESSON_FLAGS)) command.push_back(std::move(flag));
    command.insert(command.end(), {"-o", unfinished_, path});
    for (std::string& flag : words_of(libraries)) command.push_back(std::move(flag));
    const auto started = spawn(command, log_, workshop_);
    if (!started) return started.failure();
    compiler_ = *started;
    deadline_ = std::chrono::steady_clock::now() + longest_build;
    return std::string();
}

std::optional<Result<std::string>> Build::poll() {
    if (done_) return done_;
    int status = 0;
    const pid_t ended = waitpid(compiler_, &status, WNOHANG);
    if (ended == 0 && std::chrono::steady_clock::now() < deadline_) return std::nullopt;
    if (ended == 0) {
        kill(-compiler_, SIGKILL);
        waitpid(compiler_, &status, 0);
        done_ = Failure{"compiling " + source_ + " took longer than 20 seconds and was ended; make the program smaller"};
    } else {
        done_ = finish(status);
    }
    compiler_ = -1;
    return done_;
}

Result<std::string> Build::wait() {
    for (;;) {
        if (auto built = poll()) return *built;
        std::this_thread::sleep_for(2ms);
    }
}

Result<std::string> Build::finish(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return Failure{"there is no C compiler (cc) or no prlimit here; install gcc and util-linux"};
    if (status != 0) return failure_from_log();
    if (rename(unfinished_.c_str(), program_.c_str()) == -1)
        return Failure{program_ + " could not be kept: " + std::strerror(errno)};
    return program_;
}

// The compiler's first error, and where it is.
Result<std::string> Build::failure_from_log() const {
    const auto log = read_text_file(log_);
    std::istringstream lines(log ? *log : "");
    for (std::string line; std::getline(lines, line);)
        if (line.find("error:") != std::string::npos || line.find("undefined reference") != std::string::npos ||
            line.find("prlimit:") == 0)
            return Failure{source_ + " does not compile: " + shown(line)};
    return Failure{source_ + " does not compile, and the compiler did not say why (it may use 1 GiB and 20 seconds)"};
}

Build::~Build() {
    if (compiler_ > 0) {
        kill(-compiler_, SIGKILL);
        waitpid(compiler_, nullptr, 0);
    }
    std::error_code ignored;
    if (!workshop_.empty()) fs::remove_all(workshop_, ignored);    // with what a killed compiler has left there
}

Result<std::string> build_program(const Lesson& lesson, const std::string& source) {
    return Build::start(lesson, source)->wait();
}

}  // namespace ipcscope
