// How what was measured is written: three digits that mean something, and a unit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipcscope {

std::string duration_text(double ns);            // "850 ns", "3.21 µs", "1.20 ms"
std::string rate_text(double bytes_a_second);    // "12.3 kB/s", "1.25 GB/s"; powers of 1000, as network and disk rates are
std::string size_text(std::size_t bytes);        // "1 B", "64 B", "1 KiB", "64 KiB"; powers of 1024, as memory is
std::string number_text(double number);          // "0", "2", "0.25"
std::size_t shown_width(std::string_view text);  // characters, not bytes

}  // namespace ipcscope
