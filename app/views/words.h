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

// "\\0\\0\\0\\0\\0" as "\\0\\0…": a row of zeros says no more than its beginning.
inline std::string shorter_zeros(std::string_view text) {
    constexpr std::string_view zero = "\\0";
    constexpr std::size_t told = 2, too_many = 4;
    std::string shorter;
    while (!text.empty()) {
        std::size_t zeros = 0;
        while (text.substr(zeros * zero.size()).starts_with(zero)) ++zeros;
        shorter += text.substr(0, zeros == 0 ? 1 : zero.size() * (zeros < too_many ? zeros : told));
        if (zeros >= too_many) shorter += "…";
        text.remove_prefix(zeros == 0 ? 1 : zeros * zero.size());
    }
    return shorter;
}

inline std::string bytes_text(std::uint64_t bytes) { return joined({std::to_string(bytes), " B"}); }

}  // namespace ipcscope
