// Locks on the files of this run, as /proc/locks lists them.
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>

#include "core/session/facts.h"
#include "core/session/proc_locks.h"

namespace ipcscope {
namespace {

std::string_view take_word(std::string_view& text, std::string_view ends = " ") {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
}

template <class T>
bool read_number(std::string_view word, T& number, int base = 10) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, base);
    return error == std::errc{} && end == word.data() + word.size() && !word.empty();
}

std::optional<std::int64_t> kind_from(std::string_view name) {
    if (name == "FLOCK") return LockWord::Whole;
    if (name == "POSIX") return LockWord::Record;
    if (name == "OFDLCK") return LockWord::OpenFile;
    return std::nullopt;
}

}  // namespace

std::optional<LockLine> parse_lock(std::string_view text) {
    LockLine line;
    take_word(text);                                   // its number
    std::string_view name = take_word(text);
    if (name == "->") {
        line.word |= LockWord::Waits;
        name = take_word(text);
    }
    const std::optional<std::int64_t> kind = kind_from(name);
    if (!kind) return std::nullopt;
    take_word(text);                                   // ADVISORY
    const std::string_view type = take_word(text);
    if (type != "READ" && type != "WRITE") return std::nullopt;
    line.word |= *kind | (type == "WRITE" ? LockWord::Exclusive : 0);
    const bool is_sound = read_number(take_word(text), line.pid) && read_number(take_word(text, ":"), line.major, 16) &&
                          read_number(take_word(text, ":"), line.minor, 16) && read_number(take_word(text), line.inode) &&
                          read_number(take_word(text), line.first);
    if (!is_sound) return std::nullopt;
    const std::string_view last = take_word(text);
    line.last = INT64_MAX;
    return last == "EOF" || read_number(last, line.last) ? std::optional(line) : std::nullopt;
}

// The device in the list is the file system's own; stat may give another one for the same file (btrfs, overlay). There the
// inode must do, for a lock of one of our processes or of an open file.
void Facts::read_locks(const Files& files) {
    if (files.empty()) return;
    const std::string listed = read_text("/proc/locks");
    std::int64_t count = 0;
    for (std::string_view rest = listed; !rest.empty();) {
        const std::string_view text = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(text.size() + 1, rest.size()));
        const std::optional<LockLine> line = parse_lock(text);
        const auto file = line ? files.find(line->inode) : files.end();
        if (file == files.end()) continue;
        const ObservedProcess* const process = population_.with_pid_here(static_cast<pid_t>(line->pid));
        const ProcessId owner = process ? process->id : no_id;
        const bool is_its_device = major(file->second) == line->major && minor(file->second) == line->minor;
        if (!is_its_device && owner == no_id && line->pid != -1) continue;
        add(FactKind::FileLock, owner, {line->inode, line->word, line->first, line->last, line->pid}, text);
        ++count;
    }
    add(FactKind::FileLockCount, no_id, {count});
}

}  // namespace ipcscope
