// Which lesson a word on the command line means, and whether it may be run.
#pragma once

#include <string>

#include "core/lesson/lesson.h"

namespace ipcscope {

// By its folder's name among those that came with ipcscope, or by the path of a folder. Where there is no such lesson the
// failure's sentence names the nearest; `is_missing` tells this from a lesson with a mistake in it.
Result<Lesson> choose_lesson(const std::string& word, bool& is_missing);

// A lesson that did not come with ipcscope compiles and runs somebody's C programs: they are shown, and the user is asked.
// Without a terminal nobody can be asked, and it is a failure.
Result<void> ask_for_trust(const Lesson& lesson);

}  // namespace ipcscope
