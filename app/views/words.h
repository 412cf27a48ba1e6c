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

// "\\0\\0\\0\\0\\0" as "\\0\\0…", "AAAAAAAAAAAA" as "AAAA…": a row of the same byte says no more than its beginning. Of zeros, which
// most often nobody has written, few are too many.
inline std::string shorter_rows(std::string_view text) {
    constexpr std::string_view zero = "\\0";
    std::string shorter;
    while (!text.empty()) {
        const std::size_t length = text.front() != '\\' || text.size() < 2 ? 1 : text[1] == 'x' ? 4 : 2;   // of one byte: a, \n, \x1b
        const std::string_view byte = text.substr(0, length);
        std::size_t row = 1;
        while (text.substr(row * byte.size()).starts_with(byte)) ++row;
        const std::size_t told = byte == zero ? 2 : 4, too_many = byte == zero ? 4 : 12;
        for (std::size_t i = 0; i < (row < too_many ? row : told); ++i) shorter += byte;
        if (row >= too_many) shorter += "…";
        text.remove_prefix(row * byte.size());
    }
    return shorter;
}

inline std::string bytes_text(std::uint64_t bytes) { return joined({std::to_string(bytes), " B"}); }

}  // namespace ipcscope
