// Putting texts together, all at once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ipcscope {

inline std::string joined(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (const std::string_view piece : pieces) size += piece.size();
    std::string text;
    text.reserve(size);
    for (const std::string_view piece : pieces) text += piece;
    return text;
}

// "1 read end", "2 read ends"
inline std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return joined({std::to_string(count), " ", count == 1 ? one : many});
}

inline std::string bytes_text(std::uint64_t bytes) { return joined({std::to_string(bytes), " B"}); }

}  // namespace ipcscope
