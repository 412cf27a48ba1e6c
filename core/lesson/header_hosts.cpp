// The hosts of a lesson, and what runs on them, as its `lesson` block says.
#include <arpa/inet.h>

#include <algorithm>

#include "core/lesson/blocks.h"
#include "core/lesson/nearest.h"

namespace ipcscope {
namespace {

// "/24" or "/64" for an address of the ranges kept for documentation (RFC 5737, RFC 3849); "" for any other.
std::string prefix_for(const std::string& address) {
    in_addr v4;
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        const std::uint32_t net = ntohl(v4.s_addr) >> 8;
        return net == 0xc00002 || net == 0xc63364 || net == 0xcb0071 ? "/24" : "";
    }
    in6_addr v6;
    const bool is_documentation = inet_pton(AF_INET6, address.c_str(), &v6) == 1 && v6.s6_addr[0] == 0x20 && v6.s6_addr[1] == 0x01 && v6.s6_addr[2] == 0x0d && v6.s6_addr[3] == 0xb8;
    return is_documentation ? "/64" : "";
}

}  // namespace

// `client 192.0.2.1, web 192.0.2.2 2001:db8::2`
Result<void> read_hosts(const BlockContext& context, int line, std::string_view value, Lesson& lesson) {
    const std::string as_in = "; as in `hosts: client 192.0.2.1, web 192.0.2.2`";
    constexpr std::size_t most_hosts = 6;
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::vector<std::string> words = words_of(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        if (words.size() < 2) return mistake_at(context.path, line, "a host has a name and an address, or several" + as_in);
        if (!is_name(words[0])) return mistake_at(context.path, line, "\"" + words[0] + "\" cannot name a host");
        LessonHost host;
        host.name = words[0];
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::string prefix = prefix_for(words[i]);
            if (prefix.empty())
                return mistake_at(context.path, line, "\"" + words[i] + "\" is no address kept for documentation (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32): a lesson can never name somebody's machine" + as_in);
            host.addresses.push_back(words[i] + prefix);
        }
        if (std::ranges::find(lesson.hosts, host.name, &LessonHost::name) != lesson.hosts.end())
            return mistake_at(context.path, line, "two hosts are called \"" + host.name + "\"");
        lesson.hosts.push_back(std::move(host));
    }
    if (lesson.hosts.size() > most_hosts) return mistake_at(context.path, line, "at most 6 hosts");
    return {};
}

// `server.c on web, client.c web on client`: the words between a program and `on` are its arguments; a host's name among them stands for its address.
Result<void> read_programs(const BlockContext& context, int line, std::string_view value, Lesson& lesson) {
    const std::string as_in = "; as in `program: server.c on web, client.c web on client`";
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::vector<std::string> words = words_of(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        if (words.size() < 3 || words[words.size() - 2] != "on") return mistake_at(context.path, line, "each host runs a program" + as_in);
        const auto host = std::ranges::find(lesson.hosts, words.back(), &LessonHost::name);
        if (host == lesson.hosts.end() || !host->program.empty())
            return mistake_at(context.path, line, (host == lesson.hosts.end() ? "no host called \"" : "two programs for \"") + words.back() + "\"" + as_in);
        host->program = words[0];
        if (auto checked = check_program(context, line, words[0]); !checked) return checked;
        for (std::size_t i = 1; i + 2 < words.size(); ++i) {
            const bool is_host = std::ranges::find(lesson.hosts, words[i], &LessonHost::name) != lesson.hosts.end();
            host->arguments.push_back((is_host ? "@" : "") + words[i]);
        }
    }
    for (const LessonHost& host : lesson.hosts)
        if (host.program.empty()) return mistake_at(context.path, line, "nothing runs on " + host.name + as_in);
    lesson.program = lesson.hosts.front().program;
    return {};
}

}  // namespace ipcscope
