#include "core/lesson/nearest.h"

#include <algorithm>
#include <vector>

namespace ipcscope {

namespace {

constexpr std::size_t longest_compared = 64;

std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swap) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = row;
    }
    return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view written, std::span<const std::string> names) {
    if (written.empty() || written.size() > longest_compared) return std::nullopt;
    const std::string* nearest = nullptr;
    std::size_t fewest = std::max<std::size_t>(1, written.size() / 3) + 1;
    for (const std::string& name : names) {
        if (name.size() > longest_compared) continue;
        const std::size_t edits = edits_between(written, name);
        if (edits < fewest) fewest = edits, nearest = &name;
    }
    return nearest ? std::optional(*nearest) : std::nullopt;
}

std::string did_you_mean(std::string_view written, std::span<const std::string> names) {
    const auto name = nearest_name(written, names);
    return name ? "; did you mean \"" + *name + "\"?" : "";
}

std::string in_words(std::span<const std::string> names) {
    std::string words;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) words += i + 1 == names.size() ? " and " : ", ";
        words += names[i];
    }
    return words;
}

}  // namespace ipcscope
