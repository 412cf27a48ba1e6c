// What may be shown as it is. Bytes come from programs that nobody vouches for: a control character could move a terminal's
// cursor, an invisible or right-to-left one could make a line read as something that it is not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ipcscope {

constexpr bool is_printable(std::uint32_t point) {
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return false;         // C0, DEL, C1
    if (point >= 0x200b && point <= 0x200f) return false;                      // zero width, direction marks
    if (point >= 0x2028 && point <= 0x202e) return false;                      // separators, direction overrides
    if (point >= 0x2060 && point <= 0x206f) return false;                      // invisible operators, direction isolates
    if (point == 0xad || point == 0x061c || point == 0xfeff) return false;     // soft hyphen, Arabic mark, byte order mark
    if (point >= 0xfff0 && point <= 0xffff) return false;                      // specials
    return point < 0xe0000;                                                    // tags and planes without characters
}

// How many bytes the printable character at the front takes in well-formed UTF-8 (RFC 3629); 0 if there is none.
constexpr std::size_t printable_utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return is_printable(first) ? 1 : 0;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    std::uint32_t point = first & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        point = point << 6 | (byte(i) & 0x3fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_well_formed = point >= smallest[length] && !(point >= 0xd800 && point < 0xe000);
    return is_well_formed && is_printable(point) ? length : 0;
}

inline void append_hex_escape(std::string& text, char byte) {
    constexpr char digits[] = "0123456789abcdef";
    const auto value = static_cast<std::uint8_t>(byte);
    text += {'\\', 'x', digits[value >> 4], digits[value & 15]};
}

}  // namespace ipcscope
