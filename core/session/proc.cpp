#include "core/session/proc.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace ipcscope {
namespace {

constexpr unsigned long pf_exiting = 0x4;    // include/linux/sched.h

UniqueFd open_to_read(const std::string& path) { return UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

// Takes the next word off `text` (words are divided by blanks).
std::string_view take_word(std::string_view& text) {
    const std::size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return text = {};
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
}

template <class Number>
Number number_from(std::string_view word) {
    Number value{};
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

// The number behind "name:" at the beginning of a line.
std::uint64_t number_named(std::string_view text, std::string_view name) {
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + name.size());
    return number_from<std::uint64_t>(take_word(text));
}

}  // namespace

ProcFile::ProcFile(std::string path) : path_(std::move(path)), file_(open_to_read(path_)) {}

std::string_view ProcFile::read() const {
    static thread_local char text[1024];
    UniqueFd once;
    if (!file_) once = open_to_read(path_);
    const ssize_t length = pread(file_ ? file_.get() : once.get(), text, sizeof text - 1, 0);
    return {text, length > 0 ? static_cast<std::size_t>(length) : 0};
}

std::optional<ProcStat> parse_stat(std::string_view text) {
    const std::size_t after_name = text.rfind(')');    // the name may hold anything
    if (after_name == std::string_view::npos) return std::nullopt;
    text.remove_prefix(after_name + 1);
    ProcStat stat;
    for (int field = 3; field <= 52; ++field) {
        const std::string_view word = take_word(text);
        if (word.empty()) break;
        if (field == 3) stat.state = word[0];
        if (field == 4) stat.parent = number_from<pid_t>(word);
        if (field == 9) stat.is_exiting = number_from<unsigned long>(word) & pf_exiting;
        if (field == 20) stat.threads = number_from<long>(word);
        if (field == 52) stat.exit_code = number_from<int>(word);
    }
    return stat;
}

std::optional<ProcStat> read_stat(pid_t pid) { return parse_stat(read_text(proc_path(pid, "stat"))); }

std::optional<std::uint64_t> parse_times_run(std::string_view text) {
    take_word(text);
    take_word(text);
    const std::string_view times = take_word(text);
    if (times.empty()) return std::nullopt;
    return number_from<std::uint64_t>(times);
}

// "202 0x7f2b4c0010a0 0x80 …", or "running"
SystemCall system_call_of(pid_t pid, pid_t tid) {
    const std::string text = read_text(task_path(pid, tid, "syscall"));
    if (text.empty()) return {};
    if (text[0] == 'r') return {-1, 0};
    const std::size_t blank = std::min(text.find(' '), text.size());
    return {number_from<std::int64_t>(text.substr(0, blank)), static_cast<std::int64_t>(std::strtoull(text.c_str() + blank, nullptr, 16))};
}

std::string wchan_of(pid_t pid, pid_t tid) {
    std::string text = read_text(task_path(pid, tid, "wchan"));
    return text == "0" ? std::string() : text;
}

std::string read_text(const std::string& path, std::size_t limit) {
    std::string text;
    const UniqueFd file = open_to_read(path);
    if (!file) return text;
    char part[4096];
    while (text.size() < limit) {
        const ssize_t length = read(file.get(), part, sizeof part);
        if (length <= 0) break;
        text.append(part, static_cast<std::size_t>(length));
    }
    return text;
}

std::string read_link(const std::string& path) {
    char target[PATH_MAX];
    const ssize_t length = readlink(path.c_str(), target, sizeof target);
    return {target, length > 0 ? static_cast<std::size_t>(length) : 0};
}

std::vector<pid_t> threads_of(pid_t pid) {
    std::vector<pid_t> threads;
    DIR* const tasks = opendir(proc_path(pid, "task").c_str());
    if (!tasks) return threads;
    while (const dirent* entry = readdir(tasks))
        if (entry->d_name[0] != '.') threads.push_back(static_cast<pid_t>(std::atoi(entry->d_name)));
    closedir(tasks);
    return threads;
}

pid_t inner_number(const std::string& status_path) {
    const std::string text = read_text(status_path);
    std::size_t at = text.find("\nNSpid:");
    if (at == std::string::npos) return 0;
    std::string_view line(text);
    line = line.substr(at + 7, line.find('\n', at + 1) - at - 7);
    return number_from<pid_t>(line.substr(line.find_last_of("\t ") + 1));
}

std::string proc_path(pid_t pid, std::string_view file) { return "/proc/" + std::to_string(pid) + "/" + std::string(file); }

std::string task_path(pid_t pid, pid_t tid, std::string_view file) {
    return "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/" + std::string(file);
}

std::string path_from_here(const std::string& told, const struct stat& file) {
    struct stat found;
    const auto is_it = [&](const std::string& path) { return stat(path.c_str(), &found) == 0 && found.st_dev == file.st_dev && found.st_ino == file.st_ino; };
    for (std::size_t at = 0; at != std::string::npos; at = told.find('/', at + 1))
        if (is_it(told.substr(at))) return told.substr(at);
    return told;
}

std::string program_of(pid_t pid) {
    const std::string link = proc_path(pid, "exe"), told = read_link(link);
    struct stat file;
    return stat(link.c_str(), &file) == 0 ? path_from_here(told, file) : told;
}

bool is_static_program(pid_t pid) {
    const UniqueFd file = open_to_read(proc_path(pid, "exe"));
    Elf64_Ehdr header;
    if (!file || pread(file.get(), &header, sizeof header, 0) != sizeof header) return false;
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) return false;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr part;
        if (pread(file.get(), &part, sizeof part, static_cast<off_t>(header.e_phoff + std::uint64_t{i} * header.e_phentsize)) != sizeof part) return false;
        if (part.p_type == PT_INTERP) return false;
    }
    return true;
}

bool has_area_mapped(pid_t pid) {
    return read_text(proc_path(pid, "maps"), 1u << 22).find("/memfd:ipcscope-area") != std::string::npos;
}

std::optional<IoCount> read_io(pid_t pid, pid_t tid) {
    const std::string text = read_text(task_path(pid, tid, "io"));
    if (text.empty()) return std::nullopt;
    return IoCount{number_named(text, "syscr:"), number_named(text, "syscw:"), number_named(text, "rchar:"), number_named(text, "wchar:")};
}

}  // namespace ipcscope
