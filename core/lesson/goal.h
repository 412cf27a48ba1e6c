// One line of a `step` block, read and compared: the pieces that lesson.h's Goal is made of and matched by.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/trace/result.h"

namespace ipcscope {

// `child  read(3, ..., 16) blocks`. The failure's sentence is without a place.
Result<Goal> parse_goal(std::string_view text, const std::vector<std::string>& processes, const std::vector<std::string>& threads = {},
                        const std::vector<std::string>& hosts = {});

// As arguments_match, for a call that has not been made yet: what the call will fill in (the bytes of a read, the numbers of
// a pipe) is not known and matches anything.
bool arguments_match_before(const Goal& goal, const std::vector<std::string>& canonical_arguments);

// SIGPIPE -> 13, EPIPE -> 32; 0 if there is no such name.
int signal_from_name(std::string_view name);
int errno_from_name(std::string_view name);
const std::vector<std::string>& signal_names();
// An error that this call may well answer with: EINTR, if signals interrupt it, or the first one that its help tells of.
int likely_error(const CallRow& row);

// `"one\n"` -> its bytes; false if it is no string in quotes.
bool bytes_from_quoted(std::string_view quoted, std::string& bytes);

// "no process called "chlid"; this lesson has parent and child; did you mean …"
std::string no_process_called(std::string_view name, const std::vector<std::string>& processes);

}  // namespace ipcscope
