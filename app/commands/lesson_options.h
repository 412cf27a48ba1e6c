#pragma once

#include <sstream>

#include "app/commands/commands.h"
#include "core/lesson/player.h"

namespace ipcscope {

inline PlayerOptions player_options(const LessonRunOptions& how) {
    PlayerOptions options;
    options.is_private = how.is_private;
    options.has_wire = how.has_wire;
    std::istringstream words(how.wrapper);
    for (std::string word; words >> word;) options.wrapper.push_back(word);
    return options;
}

}  // namespace ipcscope
