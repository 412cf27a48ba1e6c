// What is in an eventfd, a signalfd, a timerfd: /proc/PID/fdinfo/N has it, and reading that takes nothing.
#include <stdio.h>

#include <cstdlib>
#include <cstring>

#include "core/session/facts.h"

namespace ipcscope {
namespace {

std::int64_t number_behind(const std::string& text, const char* name, int base) {
    const std::size_t at = text.find(name);
    return at == std::string::npos ? 0 : static_cast<std::int64_t>(std::strtoull(text.c_str() + at + std::strlen(name), nullptr, base));
}

// "it_value: (4, 983648412)"
std::int64_t nanoseconds_behind(const std::string& text, const char* name) {
    const std::size_t at = text.find(name);
    long long seconds = 0, part = 0;
    if (at == std::string::npos || sscanf(text.c_str() + at + std::strlen(name), " (%lld, %lld)", &seconds, &part) != 2) return 0;
    return seconds * 1'000'000'000 + part;
}

}  // namespace

void Facts::read_event_file(const Descriptor& descriptor) {
    const std::string& info = descriptor.info;
    const auto tell = [&](std::int64_t what, std::int64_t more, std::int64_t expirations) {
        add(FactKind::EventFile, descriptor.process->id, {descriptor.number, what, more, expirations});
    };
    if (info.find("eventfd-count:") != std::string::npos) return tell(number_behind(info, "eventfd-count:", 16), 0, 0);
    if (info.find("sigmask:") != std::string::npos) {
        const std::string status = read_text(proc_path(descriptor.process->pid_here, "status"));
        return tell(number_behind(info, "sigmask:", 16), number_behind(status, "SigPnd:", 16) | number_behind(status, "ShdPnd:", 16), 0);
    }
    if (info.find("it_value:") != std::string::npos)
        tell(nanoseconds_behind(info, "it_value:"), nanoseconds_behind(info, "it_interval:"), number_behind(info, "ticks:", 10));
}

}  // namespace ipcscope
