// Names of signals and errors, from libc's own lists.
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/lesson/goal.h"

namespace ipcscope {

namespace {

constexpr int highest_errno = 133;  // EHWPOISON, the last one of asm-generic/errno.h

std::vector<std::string> names_of_signals() {
    std::vector<std::string> names;
    for (int number = 1; number < NSIG; ++number)
        if (const char* name = sigabbrev_np(number)) names.push_back(std::string("SIG") + name);
    return names;
}

}  // namespace

const std::vector<std::string>& signal_names() {
    static const std::vector<std::string> names = names_of_signals();
    return names;
}

int signal_from_name(std::string_view name) {
    if (!name.starts_with("SIG")) return 0;
    for (int number = 1; number < NSIG; ++number)
        if (const char* known = sigabbrev_np(number); known && name.substr(3) == known) return number;
    return 0;
}

int errno_from_name(std::string_view name) {
    if (name == "EWOULDBLOCK") return EWOULDBLOCK;
    for (int number = 1; number <= highest_errno; ++number)
        if (const char* known = strerrorname_np(number); known && name == known) return number;
    return 0;
}

int likely_error(const CallRow& row) {
    if (row.help.find("EINTR") != std::string_view::npos) return EINTR;
    for (std::size_t at = row.help.find('E'); at != std::string_view::npos; at = row.help.find('E', at + 1)) {
        std::size_t end = at;
        while (end < row.help.size() && (std::isupper(static_cast<unsigned char>(row.help[end])) || std::isdigit(static_cast<unsigned char>(row.help[end])))) ++end;
        if (const int number = errno_from_name(row.help.substr(at, end - at)); number != 0) return number;
    }
    return row.section == 3 ? EINVAL : EINTR;
}

}  // namespace ipcscope
