// How far the learner has come, kept between runs: one small JSON file in the user's state directory, written by rename so
// that a crash loses nothing. A damaged file is set aside and said so, never a crash.
#pragma once

#include <map>
#include <string>

#include "core/trace/result.h"

namespace ipcscope {

struct LessonProgress {
    int steps_done = 0;          // furthest step finished
    int step_count = 0;
    bool is_finished = false;    // ever
    int predictions_right = 0, predictions_made = 0;
};

struct Settings {
    bool is_dark = true;
    double text_scale = 1.0;     // 0.8 to 2.5
    double calls_a_second = 2.0;
    std::string last_lesson;     // the id of the one last opened
};

class Progress {
 public:
    static Progress load(std::string* complaint = nullptr);
    Result<void> save() const;
    std::map<std::string, LessonProgress> lessons;   // by id
    Settings settings;
};

}  // namespace ipcscope
