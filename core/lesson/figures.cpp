#include "core/lesson/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

namespace ipcscope {

namespace {

std::string three_digits(double number) {
    char text[32];
    std::snprintf(text, sizeof text, number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f", number);
    return text;
}

std::string with_unit(double number, std::span<const char* const> units) {
    std::size_t unit = 0;
    while (unit + 1 < units.size() && number >= 999.5) number /= 1000, ++unit;
    return three_digits(number) + " " + units[unit];
}

}  // namespace

std::string duration_text(double ns) {
    static constexpr const char* units[] = {"ns", "µs", "ms", "s"};
    return with_unit(ns, units);
}

std::string rate_text(double bytes_a_second) {
    static constexpr const char* units[] = {"B/s", "kB/s", "MB/s", "GB/s", "TB/s"};
    return with_unit(bytes_a_second, units);
}

std::string size_text(std::size_t bytes) {
    if (bytes >= 1024 && bytes % 1024 == 0) return std::to_string(bytes / 1024) + " KiB";
    return std::to_string(bytes) + " B";
}

std::string number_text(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", number);
    return text;
}

std::size_t shown_width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace ipcscope
