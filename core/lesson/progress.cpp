#include "core/lesson/progress.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/lesson/text_file.h"
#include "core/session/paths.h"

namespace ipcscope {

namespace {

using Json = nlohmann::json;
constexpr int most_steps = 1000;  // more than any lesson has; a damaged number is no number
constexpr std::size_t most_lessons = 1000;
constexpr std::size_t longest_id = 256;

template <class T>
void read_number(const Json& from, const char* key, T lowest, T highest, T& into) {
    const auto found = from.find(key);
    if (found == from.end() || !found->is_number()) return;
    const double number = found->get<double>();  // whatever is written there, it fits into this one
    into = static_cast<T>(std::clamp(number, static_cast<double>(lowest), static_cast<double>(highest)));
}

void read_flag(const Json& from, const char* key, bool& into) {
    const auto found = from.find(key);
    if (found != from.end() && found->is_boolean()) into = found->get<bool>();
}

LessonProgress lesson_from_json(const Json& json) {
    LessonProgress lesson;
    read_number(json, "steps_done", 0, most_steps, lesson.steps_done);
    read_number(json, "step_count", 0, most_steps, lesson.step_count);
    read_flag(json, "is_finished", lesson.is_finished);
    read_number(json, "predictions_right", 0, most_steps, lesson.predictions_right);
    read_number(json, "predictions_made", 0, most_steps, lesson.predictions_made);
    return lesson;
}

Json json_from_lesson(const LessonProgress& lesson) {
    return {{"steps_done", lesson.steps_done},
            {"step_count", lesson.step_count},
            {"is_finished", lesson.is_finished},
            {"predictions_right", lesson.predictions_right},
            {"predictions_made", lesson.predictions_made}};
}

void read_settings(const Json& json, Settings& settings) {
    read_flag(json, "is_dark", settings.is_dark);
    read_number(json, "text_scale", 0.8, 2.5, settings.text_scale);
    read_number(json, "calls_a_second", 0.1, 1000.0, settings.calls_a_second);
    const auto last = json.find("last_lesson");
    if (last != json.end() && last->is_string() && last->get_ref<const std::string&>().size() <= longest_id)
        settings.last_lesson = *last;
}

// What is damaged must not be lost, and must not be met again: it gets another name.
std::string set_aside(const std::string& path, const std::string& why) {
    const std::string aside = path + ".damaged";
    const bool is_aside = rename(path.c_str(), aside.c_str()) == 0;
    return path + " is damaged (" + why + "), so your progress begins anew" +
           (is_aside ? "; the old file is kept as " + aside : "");
}

Result<void> write_whole(const std::string& path, const std::string& text) {
    const std::string unfinished = path + "." + std::to_string(getpid());
    const auto failed = [&] {
        const Failure failure{"your progress cannot be kept in " + path + ": " + std::strerror(errno)};
        unlink(unfinished.c_str());
        return failure;
    };
    const int descriptor = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor == -1) return failed();
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = write(descriptor, text.data() + written, text.size() - written);
        if (count > 0)
            written += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            break;
    }
    const bool is_on_disk = written == text.size() && fsync(descriptor) == 0;
    if (close(descriptor) == -1 || !is_on_disk || rename(unfinished.c_str(), path.c_str()) == -1) return failed();
    return {};
}

}  // namespace

Progress Progress::load(std::string* complaint) {
    Progress progress;
    const auto complain = [&](const std::string& sentence) {
        if (complaint) *complaint = sentence;
        return Progress{};
    };
    const auto directory = state_directory();
    if (!directory) return complain(directory.sentence());
    const std::string path = *directory + "/progress.json";
    if (access(path.c_str(), F_OK) == -1) return progress;
    const auto text = read_text_file(path);
    if (!text) return complain(set_aside(path, text.sentence()));
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object()) return complain(set_aside(path, "it is no JSON object"));
    if (const auto settings = json.find("settings"); settings != json.end() && settings->is_object())
        read_settings(*settings, progress.settings);
    const auto lessons = json.find("lessons");
    if (lessons == json.end() || !lessons->is_object()) return progress;
    for (const auto& [id, lesson] : lessons->items())
        if (lesson.is_object() && id.size() <= longest_id && progress.lessons.size() < most_lessons)
            progress.lessons[id] = lesson_from_json(lesson);
    return progress;
}

Result<void> Progress::save() const {
    const auto directory = state_directory();
    if (!directory) return directory.failure();
    Json lessons_json = Json::object();
    for (const auto& [id, lesson] : lessons) lessons_json[id] = json_from_lesson(lesson);
    const Json json = {{"lessons", lessons_json},
                       {"settings",
                        {{"is_dark", settings.is_dark},
                         {"text_scale", settings.text_scale},
                         {"calls_a_second", settings.calls_a_second},
                         {"last_lesson", settings.last_lesson}}}};
    return write_whole(*directory + "/progress.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace ipcscope
