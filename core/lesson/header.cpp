#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "core/lesson/blocks.h"
#include "core/lesson/nearest.h"

namespace ipcscope {

namespace {

const std::vector<std::string> keys = {"number", "part", "teaches", "program", "processes"};
const std::vector<std::string> keys_that_may_be = {"threads", "memory", "stops", "network", "hosts", "wire"};
const std::string stops_at_accesses = "loads and stores";
const std::string network_of_machine = "this machine";

std::vector<std::string> all_keys() {
    std::vector<std::string> all = keys;
    all.insert(all.end(), keys_that_may_be.begin(), keys_that_may_be.end());
    return all;
}

Result<void> read_processes(const BlockContext& context, int line, const std::string& value, Lesson& lesson) {
    lesson.processes = words_of(value);
    std::set<std::string> seen;
    for (const std::string& name : lesson.processes) {
        if (!is_name(name))
            return mistake_at(
                context.path, line,
                "\"" + name + "\" cannot name a process: a letter, then letters, digits, - and _, at most 24 in all");
        if (!seen.insert(name).second) return mistake_at(context.path, line, "two processes are called \"" + name + "\"");
    }
    return {};
}

Result<void> read_threads(const BlockContext& context, int line, const std::string& value, Lesson& lesson) {
    lesson.threads = words_of(value);
    for (const std::string& name : lesson.threads) {
        if (!is_name(name)) return mistake_at(context.path, line, "\"" + name + "\" cannot name a thread: a letter, then letters, digits, - and _, at most 24 in all");
        if (std::ranges::count(lesson.threads, name) > 1 || std::ranges::find(lesson.processes, name) != lesson.processes.end())
            return mistake_at(context.path, line, "two are called \"" + name + "\"");
    }
    return {};
}

// `int counter 0, char[16] note 8`: a type of C, a name, and where it lies.
Result<void> read_memory(const BlockContext& context, int line, std::string_view value, Lesson& lesson) {
    const std::string as_in = "; as in `memory: int counter 0, char[16] note 8`";
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::vector<std::string> words = words_of(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        const bool is_guarded = words.size() == 6 && words[3] == "guarded" && words[4] == "by";
        if (words.size() != 3 && !is_guarded)
            return mistake_at(context.path, line, "a place in memory has a type, a name and an offset, and may say `guarded by mutex#1`" + as_in);
        MemoryField field;
        if (!parse_field_type(words[0], field))
            return mistake_at(context.path, line, "no type called \"" + words[0] + "\"; there is " + in_words(field_type_names()) + ", and rows of them: char[16]");
        if (!is_name(words[1])) return mistake_at(context.path, line, "\"" + words[1] + "\" cannot name a place in memory");
        field.name = words[1];
        if (is_guarded) field.guard = words[5];
        const auto [end, error] = std::from_chars(words[2].data(), words[2].data() + words[2].size(), field.offset);
        if (error != std::errc{} || end != words[2].data() + words[2].size() || field.offset + size_of(field) > 4096)
            return mistake_at(context.path, line, "\"" + words[2] + "\" is no offset within the first 4096 bytes" + as_in);
        for (const MemoryField& other : lesson.fields)
            if (other.name == field.name || (field.offset < other.offset + size_of(other) && other.offset < field.offset + size_of(field)))
                return mistake_at(context.path, line, "\"" + field.name + "\" and \"" + other.name + "\" are the same place, or have the same name");
        lesson.fields.push_back(std::move(field));
    }
    return {};
}

Result<void> read_value(const BlockContext& context, int line, const std::string& key, const std::string& value,
                        Lesson& lesson) {
    if (value.empty()) return mistake_at(context.path, line, "`" + key + ":` has no value");
    if (key == "part") lesson.part = value;
    if (key == "teaches") lesson.teaches = value;
    if (key == "memory") return read_memory(context, line, value, lesson);
    if (key == "stops") {
        lesson.stops_at_accesses = value == stops_at_accesses;
        if (!lesson.stops_at_accesses)
            return mistake_at(context.path, line, "programs stop at calls; `stops: " + stops_at_accesses + "` makes them stop there, too; here stands \"" + value + "\"");
    }
    if (key == "network") {
        lesson.has_own_network = value != network_of_machine;
        if (lesson.has_own_network)
            return mistake_at(context.path, line, "programs have a network of their own; `network: " + network_of_machine + "` puts them into this machine's, where a browser can reach them; here stands \"" + value + "\"");
    }
    if (key == "threads") return read_threads(context, line, value, lesson);
    if (key == "processes") return read_processes(context, line, value, lesson);
    if (key == "hosts") return read_hosts(context, line, value, lesson);
    if (key == "wire") {
        lesson.lets_handshakes = value == "held after the handshake";
        lesson.lets_acknowledgments = value == "held but for acknowledgments" || lesson.lets_handshakes;
        lesson.is_wire_held = value == "held" || lesson.lets_acknowledgments;
        if (value != "open" && !lesson.is_wire_held)
            return mistake_at(context.path, line, "the wire is `open`, `held`, `held but for acknowledgments`, or `held after the handshake`; here stands \"" + value + "\"");
    }
    if (key == "program") {
        lesson.program = value;    // (checked in read_header, when it is known whether there are hosts)
    }
    if (key == "number") {
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), lesson.number);
        if (error != std::errc{} || end != value.data() + value.size() || lesson.number < 1)
            return mistake_at(context.path, line,
                              "`number:` is the lesson's place in the curriculum, from 1; here stands \"" + value + "\"");
    }
    return {};
}

std::vector<std::string> programs_in(const std::string& folder) {
    std::vector<std::string> programs;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".c") programs.push_back(entry.path().filename().string());
    std::ranges::sort(programs);
    return programs;
}

}  // namespace

bool is_name(std::string_view name) {
    constexpr std::size_t longest_name = 24;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    return !name.empty() && name.size() <= longest_name && is_letter(name[0]) && std::ranges::all_of(name, is_inner);
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const std::size_t end = std::min(text.find_first_of(" \t,"), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Result<void> check_program(const BlockContext& context, int line, const std::string& name) {
    if (!name.ends_with(".c") || name.size() < 3 || name.find('/') != std::string::npos)
        return mistake_at(context.path, line,
                          "a program is a C file in the lesson's own folder, such as pipe.c; here stands \"" + name + "\"");
    std::error_code error;
    if (std::filesystem::is_regular_file(context.folder + "/" + name, error)) return {};
    const std::vector<std::string> programs = programs_in(context.folder);
    return mistake_at(context.path, line,
                      "no file called \"" + name + "\" in " + context.folder +
                          (programs.empty() ? "; it has no C program" : "; there is " + in_words(programs)));
}

Result<void> read_header(const BlockContext& context, const MarkdownPiece& fence, Lesson& lesson) {
    std::set<std::string> seen;
    int program_line = fence.line;
    for (const TextLine& line : fence.inside) {
        if (trimmed(line.text).empty()) continue;
        const std::size_t colon = line.text.find(':');
        const std::string key(trimmed(std::string_view(line.text).substr(0, colon)));
        if (colon == std::string::npos)
            return mistake_at(context.path, line.number, "expected `key: value`, here stands \"" + key + "\"");
        if (std::vector<std::string> all = all_keys(); std::ranges::find(all, key) == all.end())
            return mistake_at(context.path, line.number, "a lesson has no \"" + key + "\"; it has " + in_words(all) + did_you_mean(key, all));
        if (!seen.insert(key).second) return mistake_at(context.path, line.number, "`" + key + ":` stands here twice");
        const std::string value(trimmed(std::string_view(line.text).substr(colon + 1)));
        if (key == "program") program_line = line.number;
        if (auto read = read_value(context, line.number, key, value, lesson); !read) return read;
    }
    for (const std::string& key : keys)
        if (!seen.contains(key)) return mistake_at(context.path, fence.line, "this block does not say `" + key + ":`");
    if (lesson.hosts.empty()) return check_program(context, program_line, lesson.program);
    return read_programs(context, program_line, std::string(lesson.program), lesson);
}

}  // namespace ipcscope
