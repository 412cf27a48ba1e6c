// Patterns of arguments against arguments as they stand in canonical lines.
#include <span>

#include "core/lesson/goal.h"

namespace ipcscope {

namespace {

bool is_filled_in(Role role) {
    switch (role) {
        case Role::FdPair:
        case Role::BytesOut:
        case Role::VectorOut:
        case Role::PidOut:
        case Role::StatusOut:
        case Role::ActionOut:
        case Role::TimeOut:
        case Role::PollFds:
        case Role::NewMutex:
        case Role::NewCondition:
        case Role::NewReadWriteLock:
        case Role::NewBarrier:
        case Role::NewSpinLock:
        case Role::ThreadOut:
            return true;
        default:
            return false;
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// One escape of C, from behind its backslash; moves `at` behind it. -1: no escape.
int escaped_byte(std::string_view text, std::size_t& at) {
    static constexpr std::string_view letters = "abfnrtve\\\"'?", bytes = "\a\b\f\n\r\t\v\033\\\"'?";
    const char c = text[at++];
    if (const std::size_t found = letters.find(c); found != std::string_view::npos)
        return static_cast<unsigned char>(bytes[found]);
    int value = 0, digits = 0;
    if (c == 'x') {
        for (; digits < 2 && at < text.size() && hex_digit(text[at]) >= 0; ++digits) value = value * 16 + hex_digit(text[at++]);
        return digits > 0 ? value : -1;
    }
    --at;
    for (; digits < 3 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++digits)
        value = value * 8 + (text[at++] - '0');
    return digits > 0 && value < 256 ? value : -1;
}

// A canonical argument may say more than a pattern has to: "3 pipe#1" is met by `3`, and by `pipe#1`.
bool argument_matches(std::string_view pattern, std::string_view argument) {
    if (pattern == "_" || pattern == argument) return true;
    if (pattern.starts_with('"')) {
        std::string wanted, there;
        return bytes_from_quoted(pattern, wanted) && bytes_from_quoted(argument, there) && wanted == there;
    }
    const std::size_t blank = argument.find(' ');
    return blank != std::string_view::npos && (pattern == argument.substr(0, blank) || pattern == argument.substr(blank + 1));
}

bool match(std::span<const std::string> patterns, std::span<const std::string> arguments, std::size_t position,
           const CallRow* before) {
    if (patterns.empty()) return arguments.empty();
    if (patterns[0] == "...") {
        for (std::size_t skipped = 0; skipped <= arguments.size(); ++skipped)
            if (match(patterns.subspan(1), arguments.subspan(skipped), position + skipped, before)) return true;
        return false;
    }
    if (arguments.empty()) return false;
    const bool is_unknown = before && position < before->argument_count && is_filled_in(before->argument[position].role);
    return (is_unknown || argument_matches(patterns[0], arguments[0])) &&
           match(patterns.subspan(1), arguments.subspan(1), position + 1, before);
}

}  // namespace

bool bytes_from_quoted(std::string_view quoted, std::string& bytes) {
    if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return false;
    quoted = quoted.substr(1, quoted.size() - 2);
    for (std::size_t at = 0; at < quoted.size();) {
        if (quoted[at] == '"') return false;
        if (quoted[at] != '\\') {
            bytes += quoted[at++];
            continue;
        }
        if (++at == quoted.size()) return false;
        const int byte = escaped_byte(quoted, at);
        if (byte < 0) return false;
        bytes += static_cast<char>(byte);
    }
    return true;
}

bool arguments_match(const Goal& goal, const std::vector<std::string>& canonical_arguments) {
    return match(goal.arguments, canonical_arguments, 0, nullptr);
}

bool arguments_match_before(const Goal& goal, const std::vector<std::string>& canonical_arguments) {
    return match(goal.arguments, canonical_arguments, 0, goal.call ? &row_of(*goal.call) : nullptr);
}

}  // namespace ipcscope
