// Reading /proc (proc(5)). All pids here are those of this machine, as the session sees them.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/session/unique_fd.h"

namespace ipcscope {

// A small file of /proc that is read again and again: kept open (so it can never come to mean another process that got the
// same pid), read from its beginning each time. Where there are no descriptors left it is opened for each reading.
class ProcFile {
 public:
    ProcFile() = default;
    explicit ProcFile(std::string path);
    // What it says now, at most 1023 bytes, valid until the next read of any ProcFile; empty if the process is gone.
    std::string_view read() const;

 private:
    std::string path_;
    UniqueFd file_;
};

// /proc/PID/stat or /proc/PID/task/TID/stat.
struct ProcStat {
    char state = 0;             // R S D T t Z X I
    pid_t parent = 0;
    bool is_exiting = false;    // it has begun to end: its descriptors may be closed already (PF_EXITING)
    long threads = 0;
    int exit_code = 0;          // of a zombie: as waitpid(2) gives it; 0 if we may not know
};
std::optional<ProcStat> parse_stat(std::string_view text);
std::optional<ProcStat> read_stat(pid_t pid);

// How often the thread came onto a processor (schedstat, third number). While this stands still, it did not run.
std::optional<std::uint64_t> parse_times_run(std::string_view schedstat);

// The number of the system call that the thread is in; -1: it runs, or waits elsewhere; -2: we may not know.
struct SystemCall {
    std::int64_t number = -2;
    std::int64_t first = 0;     // its first argument
};
SystemCall system_call_of(pid_t pid, pid_t tid);
std::string wchan_of(pid_t pid, pid_t tid);    // "" if not known

std::string read_text(const std::string& path, std::size_t limit = 1u << 16);
std::string read_link(const std::string& path);
std::vector<pid_t> threads_of(pid_t pid);
// The pid or tid as the process itself sees it: the innermost number of NSpid.
pid_t inner_number(const std::string& status_path);

std::string proc_path(pid_t pid, std::string_view file);
std::string task_path(pid_t pid, pid_t tid, std::string_view file);

// The path of the program that the process runs now; "" if not known.
std::string program_of(pid_t pid);
// The kernel tells a path as it is in the mount namespace of the file: when the session lives in a chroot and the process in a mount
// namespace of its own, what is above the chroot stands before it. The part of `told` under which `file` is found here; else `told`.
std::string path_from_here(const std::string& told, const struct stat& file);

// The program that the process runs now has no dynamic loader: nothing can be preloaded into it.
bool is_static_program(pid_t pid);
// The process still has this session's shared memory mapped: it has not executed a new program.
bool has_area_mapped(pid_t pid);

// What the kernel counted for a thread. (For a whole process it adds the children that were waited for: of no use here.)
struct IoCount {
    std::uint64_t reads = 0, writes = 0, bytes_read = 0, bytes_written = 0;
};
std::optional<IoCount> read_io(pid_t pid, pid_t tid);

}  // namespace ipcscope
