#include "core/lesson/blocks.h"

#include <algorithm>
#include <charconv>

#include "core/lesson/goal.h"
#include "core/lesson/nearest.h"
#include "core/lesson/packets.h"
#include "core/lesson/wire_rules.h"

namespace ipcscope {

namespace {

using Kind = Action::Kind;

// An action as it is written, `do VERB …`, and what it needs.
struct ActionRow {
    const char* verb;
    Kind kind;
    bool has_process;
    const char* number;      // what its number is; null: it has none
    bool has_bytes;
    const char* example;
};
// clang-format off
constexpr ActionRow action_table[] = {
//   verb       kind               process number              bytes  example
    {"kill",    Kind::Kill,        true,   nullptr,            false, "do kill parent SIGKILL"},
    {"close",   Kind::Close,       true,   "descriptor",       false, "do close parent 4"},
    {"fill",    Kind::Fill,        true,   "descriptor",       false, "do fill parent 4"},
    {"write",   Kind::Write,       true,   "descriptor",       true,  "do write parent 4 \"hello\""},
    {"type",    Kind::Type,        false,  nullptr,            true,  "do type \"hello\\n\""},
    {"step",    Kind::StepProcess, true,   nullptr,            false, "do step child"},
    {"fail",    Kind::Fail,        true,   nullptr,            false, "do fail child EINTR"},
    {"wake",    Kind::Wake,        true,   nullptr,            false, "do wake child"},
    {"shorten", Kind::Shorten,     true,   "number of bytes",  false, "do shorten child 1"},
    {"deliver", Kind::Deliver,     false,  nullptr,            false, "do deliver client SYN"},
    {"later",   Kind::Later,       false,  nullptr,            false, "do later client SYN"},
    {"drop",    Kind::Drop,        false,  nullptr,            false, "do drop client SYN"},
    {"duplicate", Kind::Duplicate, false,  nullptr,            false, "do duplicate client PSH ACK"},
    {"corrupt", Kind::Corrupt,     false,  nullptr,            false, "do corrupt client PSH ACK"},
    {"wire",    Kind::SetWire,     false,  nullptr,            false, "do wire latency 100ms"},
    {"variant", Kind::Variant,     false,  nullptr,            false, "do variant mended.c"},
};
// clang-format on

std::vector<std::string> verbs() {
    std::vector<std::string> names;
    for (const ActionRow& row : action_table) names.emplace_back(row.verb);
    return names;
}

// Processes, and the threads that have names.
std::vector<std::string> actors_of(const BlockContext& context) {
    std::vector<std::string> names = context.processes;
    names.insert(names.end(), context.threads.begin(), context.threads.end());
    return names;
}

bool is_of_wire(Kind kind) { return kind == Kind::Deliver || kind == Kind::Later || kind == Kind::Drop || kind == Kind::Duplicate || kind == Kind::Corrupt; }

// What one thread does at its gate; the others are done to a process.
bool makes_call(Kind kind) { return kind == Kind::StepProcess || kind == Kind::Fail || kind == Kind::Shorten || kind == Kind::Wake; }

Result<Action> read_action(const BlockContext& context, const TextLine& line, std::string_view rest) {
    const auto mistake = [&](const std::string& what) { return mistake_at(context.path, line.number, what); };
    const std::string verb(take_word(rest));
    const auto* row = std::ranges::find(action_table, verb, &ActionRow::verb);
    if (row == std::end(action_table))
        return mistake("nobody can `do " + verb + "`; there is " + in_words(verbs()) + did_you_mean(verb, verbs()));
    const std::string as_in = "; as in `" + std::string(row->example) + "`";

    Action action;
    action.line = line.number;
    action.kind = row->kind;
    if (row->has_process) {
        action.process = take_word(rest);
        const std::vector<std::string> there_are = makes_call(row->kind) ? actors_of(context) : context.processes;
        if (std::ranges::find(there_are, action.process) == there_are.end()) return mistake(no_process_called(action.process, there_are));
    }
    if (row->number) {
        const std::string_view number = take_word(rest);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), action.number);
        if (error != std::errc{} || end != number.data() + number.size() || action.number < 0)
            return mistake("\"" + std::string(number) + "\" is no " + row->number + as_in);
    }
    if (row->kind == Kind::Kill) {
        const std::string_view signal = take_word(rest);
        action.number = signal_from_name(signal);
        if (action.number == 0)
            return mistake("no signal called \"" + std::string(signal) + "\"" + did_you_mean(signal, signal_names()) + as_in);
    }
    if (row->kind == Kind::Fail) {
        const std::string_view error = take_word(rest);
        action.number = errno_from_name(error);
        if (action.number == 0) return mistake("no error called \"" + std::string(error) + "\"" + as_in);
    }
    if (row->has_bytes && (!bytes_from_quoted(rest, action.text) || action.text.empty()))
        return mistake("the bytes stand in quotes" + as_in);
    if (row->kind == Kind::Variant) {
        action.text = rest;
        if (auto found = check_program(context, line.number, action.text); !found) return found.failure();
    }
    if (is_of_wire(row->kind)) {
        if (context.hosts.empty()) return mistake("this lesson has no hosts, so there is no wire");
        if (auto parsed = parse_packet(rest, context.hosts, {}, action.packet); !parsed) return mistake(parsed.sentence() + as_in);
    }
    if (row->kind == Kind::SetWire) {
        if (context.hosts.empty()) return mistake("this lesson has no hosts, so there is no wire");
        const Result<WireChange> change = parse_wire_change(rest, context.hosts);
        if (!change) return mistake(change.sentence());
        action.rule = change->rule, action.number = change->value;
        return action;
    }
    if (!row->has_bytes && row->kind != Kind::Variant && !rest.empty())
        return mistake("\"" + std::string(rest) + "\" is too much here" + as_in);
    return action;
}

Result<Goal> read_goal(const BlockContext& context, int line, std::string_view text) {
    auto goal = parse_goal(text, context.processes, context.threads, context.hosts);
    if (!goal) return mistake_at(context.path, line, goal.sentence());
    goal->line = line;
    return std::move(*goal);
}

// Takes `mark` and the blanks behind it off the front of a line.
bool take_mark(std::string_view& text, std::string_view mark) {
    if (!text.starts_with(mark)) return false;
    if (text.size() > mark.size() && text[mark.size()] != ' ' && text[mark.size()] != '\t') return false;
    text = trimmed(text.substr(mark.size()));
    return true;
}

// `text` may go on over several lines of a block.
void add_words(std::string& text, std::string_view more) {
    if (!text.empty() && !more.empty()) text += ' ';
    text += more;
}

Result<Prediction::Option> read_option(const BlockContext& context, int line, std::string_view text) {
    const std::size_t arrow = text.find("=>");
    if (arrow == std::string_view::npos)
        return mistake_at(
            context.path, line,
            "this option does not say what would be seen if it were right: `- It sleeps => child read(3, ...) blocks`");
    Prediction::Option option;
    option.text = trimmed(text.substr(0, arrow));
    if (option.text.empty()) return mistake_at(context.path, line, "this option has no text before `=>`");
    auto seen = read_goal(context, line, text.substr(arrow + 2));
    if (!seen) return seen.failure();
    option.seen = std::move(*seen);
    return option;
}

}  // namespace

Result<Prediction> read_prediction(const BlockContext& context, const MarkdownPiece& fence) {
    Prediction prediction;
    prediction.line = fence.line;
    for (const TextLine& line : fence.inside) {
        std::string_view text = trimmed(line.text);
        if (text.empty()) continue;
        if (take_mark(text, "-")) {
            auto option = read_option(context, line.number, text);
            if (!option) return option.failure();
            prediction.options.push_back(std::move(*option));
        } else if (take_mark(text, "!")) {
            if (prediction.options.empty())
                return mistake_at(context.path, line.number, "`!` mends the option above it, and there is none");
            add_words(prediction.options.back().mending, text);
        } else if (take_mark(text, ">")) {
            add_words(prediction.because, text);
        } else if (prediction.options.empty()) {
            add_words(prediction.question, text);
        } else {
            return mistake_at(context.path, line.number,
                              "behind the options come only `- option`, `! mending` and `> because`; here stands \"" +
                                  std::string(text.substr(0, 40)) + "\"");
        }
    }
    if (prediction.question.empty())
        return mistake_at(context.path, fence.line, "this prediction asks no question before its options");
    if (prediction.options.size() < 2)
        return mistake_at(context.path, fence.line, "a prediction needs two options or more, each on a line with `- `");
    if (prediction.because.empty())
        return mistake_at(context.path, fence.line, "this prediction does not say why: a line with `> ` is missing");
    return prediction;
}

Result<std::vector<Goal>> read_goals(const BlockContext& context, const MarkdownPiece& fence) {
    std::vector<Goal> goals;
    for (const TextLine& line : fence.inside) {
        if (trimmed(line.text).empty()) continue;
        auto goal = read_goal(context, line.number, line.text);
        if (!goal) return goal.failure();
        goals.push_back(std::move(*goal));
    }
    if (goals.empty())
        return mistake_at(context.path, fence.line,
                          "this step has no goal; it needs a line such as `child read(3, ...) blocks`");
    return goals;
}

Result<WhatIf> read_what_if(const BlockContext& context, const MarkdownPiece& fence) {
    WhatIf what_if;
    what_if.line = fence.line;
    for (const TextLine& line : fence.inside) {
        std::string_view text = trimmed(line.text);
        if (text.empty()) continue;
        if (what_if.title.empty()) {
            what_if.title = text;
        } else if (take_mark(text, "do")) {
            auto action = read_action(context, line, text);
            if (!action) return action.failure();
            if (action->kind == Kind::Variant && (!what_if.actions.empty() || !what_if.goals.empty()))
                return mistake_at(context.path, line.number,
                                  "a variant starts the run anew, so it comes before every other `do`");
            action->goals_before = what_if.goals.size();
            what_if.actions.push_back(std::move(*action));
        } else if (take_mark(text, ">")) {
            add_words(what_if.because, text);
        } else {
            auto goal = read_goal(context, line.number, text);
            if (!goal) return goal.failure();
            what_if.goals.push_back(std::move(*goal));
        }
    }
    if (what_if.title.empty()) return mistake_at(context.path, fence.line, "this what-if has no title in its first line");
    if (what_if.actions.empty())
        return mistake_at(context.path, fence.line,
                          "this what-if does nothing: a line such as `do kill child SIGKILL` is missing");
    if (what_if.goals.empty()) return mistake_at(context.path, fence.line, "this what-if does not say what must then be seen");
    if (what_if.because.empty())
        return mistake_at(context.path, fence.line, "this what-if does not say why: a line with `> ` is missing");
    return what_if;
}

}  // namespace ipcscope
