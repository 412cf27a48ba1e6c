#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "app/commands/printing.h"
#include "core/lesson/lesson.h"
#include "core/session/paths.h"

namespace ipcscope {

const std::string_view list_schema =
    "With --json, one object a line for each lesson: id, folder, and number, part, title, teaches, program, processes,\n"
    "steps (how many); or, for a lesson that cannot be read, error.\n";

namespace {

std::string json_of(const LessonEntry& entry) {
    nlohmann::ordered_json json;
    json["folder"] = entry.folder;
    if (entry.lesson) {
        const Lesson& lesson = *entry.lesson;
        json["id"] = lesson.id;
        json["number"] = lesson.number;
        json["part"] = lesson.part;
        json["title"] = lesson.title;
        json["teaches"] = lesson.teaches;
        json["program"] = lesson.program;
        json["processes"] = lesson.processes;
        json["steps"] = lesson.steps.size();
    } else {
        json["error"] = entry.error;
    }
    return json.dump();
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

}  // namespace

int list_lessons(const ListOptions& options) {
    const auto paths = find_paths();
    if (!paths) return complain(paths.sentence(), exit_failed);
    const std::vector<LessonEntry> entries = find_lessons(paths->lessons);
    if (entries.empty())
        return complain("no lessons were found in " + paths->lessons + "; is ipcscope installed completely?", exit_failed);
    const Painter paint(stdout);
    std::size_t id_width = 0, title_width = 0;
    for (const LessonEntry& entry : entries)
        if (entry.lesson)
            id_width = std::max(id_width, entry.lesson->id.size()),
            title_width = std::max(title_width, entry.lesson->title.size());
    std::string part;
    int status = exit_success;
    for (const LessonEntry& entry : entries) {
        if (!entry.lesson) status = exit_failed;
        if (options.is_json) {
            print_line(json_of(entry));
            continue;
        }
        if (!entry.lesson) {
            complain(entry.error, exit_failed);
            continue;
        }
        const Lesson& lesson = *entry.lesson;
        if (lesson.part != part) print_line((part.empty() ? "" : "\n") + paint(Paint::Bold, lesson.part));
        part = lesson.part;
        const std::string number = std::to_string(lesson.number);
        print_line(std::string(number.size() < 4 ? 4 - number.size() : 0, ' ') + number + "  " + padded(lesson.id, id_width) +
                   "  " + padded(lesson.title, title_width) + "  " + paint(Paint::Dim, lesson.teaches));
    }
    if (!options.is_json) print_line("\n" + paint(Paint::Dim, "ipcscope opens them in the window, `ipcscope run pipe` here."));
    return status;
}

}  // namespace ipcscope
