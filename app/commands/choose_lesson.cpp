#include "app/commands/choose_lesson.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <vector>

#include "core/lesson/nearest.h"
#include "core/session/paths.h"

namespace ipcscope {

namespace {

namespace fs = std::filesystem;

std::string no_such_lesson(const std::string& word, const std::string& lessons) {
    std::vector<std::string> names;
    for (const LessonEntry& entry : find_lessons(lessons)) names.push_back(fs::path(entry.folder).filename().string());
    return "there is no lesson called \"" + word + "\"" + did_you_mean(word, names) + " `ipcscope list` shows them all";
}

}  // namespace

Result<Lesson> choose_lesson(const std::string& word, bool& is_missing) {
    is_missing = false;
    std::error_code error;
    const bool is_path = word.find('/') != std::string::npos || word == "." || word == "..";
    if (is_path) {
        if (fs::exists(fs::path(word) / "lesson.md", error)) return load_lesson(word);
        is_missing = true;
        return Failure{"there is no lesson in " + word + ": a lesson is a folder with a file lesson.md in it"};
    }
    const auto paths = find_paths();
    if (!paths) return paths.failure();
    const fs::path folder = fs::path(paths->lessons) / word;
    if (!word.empty() && fs::exists(folder / "lesson.md", error)) return load_lesson(folder.string());
    is_missing = true;
    return Failure{no_such_lesson(word, paths->lessons)};
}

Result<void> ask_for_trust(const Lesson& lesson) {
    const std::string what = "the lesson in " + lesson.folder +
                             " did not come with ipcscope: it compiles and runs the C programs there, with your rights";
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) return Failure{what + "; look at them, then say --yes"};
    std::fprintf(stderr, "ipcscope: %s.\nRun it? [y/N] ", what.c_str());
    const int answer = std::getchar();
    if (answer == 'y' || answer == 'Y') return {};
    return Failure{"nothing was run"};
}

}  // namespace ipcscope
