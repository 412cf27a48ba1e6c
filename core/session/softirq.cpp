#include "core/session/softirq.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>

#include "core/session/proc.h"

namespace ipcscope {
namespace {

std::vector<pid_t> find_carriers() {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
        if (read_text(proc_path(pid, "comm")).starts_with("ksoftirqd/")) found.push_back(pid);
    }
    return found;
}

}  // namespace

bool PacketCarriers::are_idle() {
    if (!threads_) threads_ = find_carriers();
    return std::ranges::none_of(*threads_, [](pid_t thread) {
        const std::optional<ProcStat> stat = read_stat(thread);
        return stat && stat->state == 'R';
    });
}

}  // namespace ipcscope
