#include "core/session/socket_owner.h"

#include <dirent.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "core/session/proc.h"

namespace ipcscope {
namespace {

constexpr std::size_t most_known = 4096;
constexpr std::chrono::seconds nobody_holds_for{1};

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};

// The entries of a directory whose names are numbers.
std::vector<int> numbers_in(const std::string& path) {
    std::vector<int> numbers;
    const std::unique_ptr<DIR, CloseDirectory> directory(opendir(path.c_str()));
    while (const dirent* const entry = directory ? readdir(directory.get()) : nullptr) {
        int number = 0;
        const std::string_view name = entry->d_name;
        if (std::from_chars(name.data(), name.data() + name.size(), number).ptr == name.data() + name.size()) numbers.push_back(number);
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::string link_of(std::uint64_t inode) { return "socket:[" + std::to_string(inode) + "]"; }
std::string descriptor_path(pid_t pid, int descriptor) { return proc_path(pid, "fd/") + std::to_string(descriptor); }

}  // namespace

std::string name_of_socket_owner(pid_t pid) {
    std::string name = read_text(proc_path(pid, "comm"));
    if (name.ends_with('\n')) name.pop_back();
    return name == "ipcscope" ? "ipcscope endpoint" : name;
}

std::optional<SocketOwner> find_socket_owner(std::uint64_t inode) {
    const std::string link = link_of(inode);
    for (const int pid : numbers_in("/proc"))
        for (const int descriptor : numbers_in(proc_path(pid, "fd")))
            if (read_link(descriptor_path(pid, descriptor)) == link) return SocketOwner{pid, descriptor, name_of_socket_owner(pid)};
    return std::nullopt;
}

std::optional<SocketOwner> SocketOwners::find(std::uint64_t inode) {
    const auto now = std::chrono::steady_clock::now();
    const auto found = known_.find(inode);
    if (found != known_.end()) {
        auto& [owner, at] = found->second;
        if (!owner && now - at < nobody_holds_for) return owner;
        if (owner && read_link(descriptor_path(owner->pid, owner->descriptor)) == link_of(inode)) {
            owner->name = name_of_socket_owner(owner->pid);
            return owner;
        }
    }
    if (known_.size() >= most_known) known_.clear();
    return (known_[inode] = {find_socket_owner(inode), now}).owner;
}

}  // namespace ipcscope
