#include <nlohmann/json.hpp>

#include <csignal>
#include <cmath>

#include "app/commands/choose_lesson.h"
#include "app/commands/commands.h"
#include "app/commands/printing.h"
#include "core/lesson/comparing.h"
#include "core/lesson/figures.h"
#include "core/lesson/nearest.h"

namespace ipcscope {

const std::string_view compare_schema =
    "With --json, one object a line for each program: size, program, label, and either failure, or latency_ns and\n"
    "bytes_a_second (each with median, least, most), and for one message calls, system_calls and copies; messages (how many a\n"
    "timed run has) and is_private.\n";

namespace {

using Json = nlohmann::ordered_json;

std::atomic<bool> is_interrupted = false;
void interrupt(int) { is_interrupted = true; }

Json json_of(const Figure& figure) { return {{"median", figure.median}, {"least", figure.least}, {"most", figure.most}}; }

std::string json_line(const ComparedRow& row, std::size_t size) {
    Json json = {{"size", size}, {"program", row.program}, {"label", row.label}};
    if (row.state == ComparedRow::State::Failed) {
        json["failure"] = row.failure;
    } else {
        const Measured& m = row.measured;
        json["latency_ns"] = json_of(m.latency_ns);
        json["bytes_a_second"] = json_of(m.bytes_a_second);
        json["calls"] = m.costs.calls;
        json["system_calls"] = m.costs.system_calls;
        json["copies"] = m.costs.bytes_copied / static_cast<double>(size);
        json["messages"] = m.messages;
        json["is_private"] = m.was_private;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Columns, the first one to the left and the others to the right.
std::string columns(std::initializer_list<std::string> cells) {
    static constexpr std::size_t widths[] = {30, 11, 19, 13, 21, 7, 9, 8};
    std::string line;
    std::size_t at = 0;
    for (const std::string& cell : cells) {
        const std::size_t width = widths[at], shown = shown_width(cell), fill = shown < width ? width - shown : 1;
        line += at++ == 0 ? cell + std::string(fill, ' ') : std::string(fill, ' ') + cell;
    }
    return line;
}

std::string line_of(const ComparedRow& row, std::size_t size) {
    if (row.state == ComparedRow::State::Failed) return columns({row.label, "-"}) + "  " + row.failure;
    const Measured& m = row.measured;
    const auto spread = [](const Figure& figure, auto&& text) { return text(figure.least) + " .. " + text(figure.most); };
    return columns({row.label, duration_text(m.latency_ns.median), spread(m.latency_ns, duration_text), rate_text(m.bytes_a_second.median),
                    spread(m.bytes_a_second, rate_text), number_text(m.costs.calls), number_text(m.costs.system_calls),
                    number_text(m.costs.bytes_copied / static_cast<double>(size))});
}

}  // namespace

int compare_mechanisms(const CompareOptions& options) {
    bool is_missing = false;
    auto lesson = choose_lesson(options.lesson, is_missing);
    if (!lesson) return complain(lesson.sentence(), is_missing ? exit_usage : exit_failed);
    if (!lesson->comparison) return complain("the lesson " + lesson->id + " compares nothing; `ipcscope compare choose` does", exit_usage);
    std::vector<Comparison::Row>& rows = lesson->comparison->rows;
    if (!options.only.empty()) {
        std::vector<std::string> programs;
        for (const Comparison::Row& row : rows) programs.push_back(row.program);
        std::erase_if(rows, [&](const Comparison::Row& row) { return row.program != options.only; });
        if (rows.empty())
            return complain("the lesson " + lesson->id + " compares no program called \"" + options.only + "\"; it compares " + in_words(programs) +
                                did_you_mean(options.only, programs),
                            exit_usage);
    }
    if (!lesson->came_with_ipcscope && !options.how.is_trusted)
        if (const auto trusted = ask_for_trust(*lesson); !trusted) return complain(trusted.sentence(), exit_usage);
    MeasureOptions how;
    how.is_private = options.how.is_private;
    how.count = options.count;
    how.repetitions = options.repetitions;
    how.has_one_processor = options.has_one_processor;
    std::signal(SIGINT, interrupt);

    const std::vector<std::size_t> sizes = options.size > 0 ? std::vector{options.size} : lesson->comparison->sizes;
    int status = exit_success;
    for (const std::size_t size : sizes) {
        how.size = size;
        if (!options.is_json) {
            print_line((size == sizes.front() ? "" : "\n") + size_text(size) + " a message; free and unobserved, " + (how.has_one_processor ? "on one processor" : "on any processor") +
                       "; the median of " + std::to_string(how.repetitions) + " runs, and the spread");
            print_line(columns({"", "latency", "", "throughput", "", "calls", "syscalls", "copies"}));
        }
        Comparing comparing(*lesson, how);
        std::size_t told = 0;
        while (told < rows.size()) {
            const bool is_running = comparing.is_running();
            const Compared compared = comparing.snapshot();
            if (is_interrupted) comparing.cancel();
            for (; told < compared.rows.size() && compared.rows[told].state >= ComparedRow::State::Done; ++told) {
                print_line(options.is_json ? json_line(compared.rows[told], size) : line_of(compared.rows[told], size));
                std::fflush(stdout);
            }
            if (!is_running) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        if (is_interrupted) return complain("interrupted", exit_failed);
        const Compared compared = comparing.snapshot();
        const bool is_nothing = std::ranges::none_of(compared.rows, [](const ComparedRow& row) { return row.state == ComparedRow::State::Done; });
        if (is_nothing) status = exit_failed;
    }
    return status;
}

}  // namespace ipcscope
