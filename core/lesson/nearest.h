// The name that was probably meant, for mistakes that are slips of the hand: "did you mean "child"?"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ipcscope {

// The name that takes the fewest edits (a letter more, less, other, or two swapped), if so few that it may have been meant.
std::optional<std::string> nearest_name(std::string_view written, std::span<const std::string> names);

// `; did you mean "child"?`, or "" where nothing is near.
std::string did_you_mean(std::string_view written, std::span<const std::string> names);

// "parent and child", "a, b and c".
std::string in_words(std::span<const std::string> names);

}  // namespace ipcscope
