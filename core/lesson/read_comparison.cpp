#include <algorithm>
#include <charconv>

#include "core/lesson/blocks.h"

namespace ipcscope {

namespace {

constexpr std::size_t most_rows = 12, most_sizes = 8, longest_label = 28, largest_message = 65'536;
const std::string sizes_as_in = "; as in `sizes: 1, 64, 4096`";
const std::string row_as_in = "; as in `pipe.c: Pipe`";

Result<void> read_sizes(const BlockContext& context, const TextLine& line, std::string_view value, Comparison& comparison) {
    if (!comparison.sizes.empty()) return mistake_at(context.path, line.number, "`sizes:` stands here twice");
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::string_view word = trimmed(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), size);
        if (error != std::errc{} || end != word.data() + word.size() || size < 1 || size > largest_message)
            return mistake_at(context.path, line.number, "\"" + std::string(word) + "\" is no size of a message: 1 to 65536 bytes" + sizes_as_in);
        if (!comparison.sizes.empty() && size <= comparison.sizes.back())
            return mistake_at(context.path, line.number, "the sizes grow, and " + std::string(word) + " is no more than the one before it");
        comparison.sizes.push_back(size);
    }
    if (comparison.sizes.empty() || comparison.sizes.size() > most_sizes)
        return mistake_at(context.path, line.number, "there are one to eight sizes" + sizes_as_in);
    return {};
}

Result<void> read_row(const BlockContext& context, const TextLine& line, const std::string& program, std::string_view label, Comparison& comparison) {
    if (auto found = check_program(context, line.number, program); !found) return found;
    if (label.empty() || label.size() > longest_label)
        return mistake_at(context.path, line.number, "`" + program + ":` says how it is called on the screen, in 28 characters at most" + row_as_in);
    for (const Comparison::Row& row : comparison.rows)
        if (row.program == program || row.label == label)
            return mistake_at(context.path, line.number, "\"" + (row.program == program ? program : row.label) + "\" is compared already");
    comparison.rows.push_back({program, std::string(label), line.number});
    return {};
}

}  // namespace

Result<Comparison> read_comparison(const BlockContext& context, const MarkdownPiece& fence) {
    Comparison comparison;
    comparison.line = fence.line;
    for (const TextLine& line : fence.inside) {
        const std::string_view text = trimmed(line.text);
        if (text.empty()) continue;
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos)
            return mistake_at(context.path, line.number, "a line names a program and its mechanism" + row_as_in + ", or the sizes" + sizes_as_in.substr(1));
        const std::string key(trimmed(text.substr(0, colon)));
        const std::string_view value = trimmed(text.substr(colon + 1));
        auto read = key == "sizes" ? read_sizes(context, line, value, comparison) : read_row(context, line, key, value, comparison);
        if (!read) return read.failure();
    }
    if (comparison.rows.size() < 2 || comparison.rows.size() > most_rows)
        return mistake_at(context.path, fence.line, "two to twelve programs can be compared; here are " + std::to_string(comparison.rows.size()));
    if (comparison.sizes.empty()) return mistake_at(context.path, fence.line, "this block does not say `sizes:`" + sizes_as_in);
    return comparison;
}

}  // namespace ipcscope
