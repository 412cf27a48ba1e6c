#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "core/lesson/blocks.h"
#include "core/lesson/nearest.h"

namespace ipcscope {

namespace {

const std::vector<std::string> keys = {"number", "part", "teaches", "program", "processes"};
constexpr std::size_t longest_name = 24;

bool is_name(std::string_view name) {
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

Result<void> read_value(const BlockContext& context, int line, const std::string& key, const std::string& value,
                        Lesson& lesson) {
    if (value.empty()) return mistake_at(context.path, line, "`" + key + ":` has no value");
    if (key == "part") lesson.part = value;
    if (key == "teaches") lesson.teaches = value;
    if (key == "processes") return read_processes(context, line, value, lesson);
    if (key == "program") {
        lesson.program = value;
        return check_program(context, line, value);
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
    for (const TextLine& line : fence.inside) {
        if (trimmed(line.text).empty()) continue;
        const std::size_t colon = line.text.find(':');
        const std::string key(trimmed(std::string_view(line.text).substr(0, colon)));
        if (colon == std::string::npos)
            return mistake_at(context.path, line.number, "expected `key: value`, here stands \"" + key + "\"");
        if (std::ranges::find(keys, key) == keys.end())
            return mistake_at(context.path, line.number,
                              "a lesson has no \"" + key + "\"; it has " + in_words(keys) + did_you_mean(key, keys));
        if (!seen.insert(key).second) return mistake_at(context.path, line.number, "`" + key + ":` stands here twice");
        const std::string value(trimmed(std::string_view(line.text).substr(colon + 1)));
        if (auto read = read_value(context, line.number, key, value, lesson); !read) return read;
    }
    for (const std::string& key : keys)
        if (!seen.contains(key)) return mistake_at(context.path, fence.line, "this block does not say `" + key + ":`");
    return {};
}

}  // namespace ipcscope
