#include "core/lesson/check.h"

#include <algorithm>

#include "app/commands/choose_lesson.h"
#include "app/commands/commands.h"
#include "app/commands/lesson_options.h"
#include "app/commands/printing.h"
#include "core/session/paths.h"

namespace ipcscope {

namespace {

// Loads what is to be checked; complains about what cannot be.
int choose_all(const CheckCommandOptions& options, std::vector<Lesson>& lessons) {
    if (options.lessons.empty()) {
        const auto paths = find_paths();
        if (!paths) return complain(paths.sentence(), exit_failed);
        int status = exit_success;
        for (LessonEntry& entry : find_lessons(paths->lessons)) {
            if (entry.lesson)
                lessons.push_back(std::move(*entry.lesson));
            else
                status = complain(entry.error, exit_failed);
        }
        return status;
    }
    int status = exit_success;
    for (const std::string& word : options.lessons) {
        bool is_missing = false;
        auto lesson = choose_lesson(word, is_missing);
        if (!lesson) {
            status = std::max(status, complain(lesson.sentence(), is_missing ? exit_usage : exit_failed));
        } else if (!lesson->came_with_ipcscope && !options.how.is_trusted) {
            const auto trusted = ask_for_trust(*lesson);
            if (trusted)
                lessons.push_back(std::move(*lesson));
            else
                status = complain(trusted.sentence(), exit_usage);
        } else {
            lessons.push_back(std::move(*lesson));
        }
    }
    return status;
}

std::string counts(const CheckReport& report) {
    return counted(static_cast<unsigned>(report.goals), "goal") + ", " +
           counted(static_cast<unsigned>(report.predictions), "prediction") + ", " +
           counted(static_cast<unsigned>(report.what_ifs), "what-if") + ", " + counted(report.witness_lines, "fact") +
           " of the kernel";
}

}  // namespace

int check_lessons(const CheckCommandOptions& options) {
    std::vector<Lesson> lessons;
    const int chosen = choose_all(options, lessons);
    if (chosen == exit_usage) return chosen;
    const Painter paint(stdout);
    std::size_t width = 0;
    for (const Lesson& lesson : lessons) width = std::max(width, lesson.id.size());
    CheckOptions how;
    how.player = player_options(options.how);
    int failed = 0, checked = 0;
    for (int round = 0; round < options.times; ++round)
        for (const Lesson& lesson : lessons) {
            const CheckReport report = check_lesson(lesson, how);
            ++checked;
            if (!report.passed()) ++failed;
            if (!report.impossible.empty()) {
                if (round == 0) print_line("- " + lesson.id + std::string(width - lesson.id.size() + 2, ' ') + "not checked: " + report.impossible);
                continue;
            }
            if (report.passed() && round > 0) continue;  // said once
            const std::string mark = report.passed() ? paint(Paint::Green, "✓ ") : paint(Paint::Red, "✗ ");
            print_line(mark + lesson.id + std::string(width - lesson.id.size() + 2, ' ') + counts(report) +
                       (report.passed()
                            ? ""
                            : ", " + counted(static_cast<unsigned>(report.goals - report.goals_met), "goal") + " missed"));
            for (const std::string& failure : report.failures) print_line("    " + failure);
        }
    if (options.times > 1)
        print_line(std::to_string(checked - failed) + " of " + counted(static_cast<unsigned>(checked), "check") + " passed");
    return failed > 0 ? exit_failed : chosen;
}

}  // namespace ipcscope
