#include "core/lesson/goal.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/lesson/markdown.h"
#include "core/lesson/nearest.h"
#include "core/lesson/packets.h"

namespace ipcscope {

namespace {

constexpr std::string_view outcomes_there_are =
    "a call ends in `= 5`, `= child`, `fails EAGAIN`, `blocks`, `sleeps`, `returns`, `starts`, `dies SIGPIPE` or `ends`";

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

bool number_from(std::string_view text, std::int64_t& value) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    const bool is_hex = text.starts_with("0x");
    if (is_hex) text.remove_prefix(2);
    std::uint64_t magnitude = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), magnitude, is_hex ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size() || magnitude > INT64_MAX) return false;
    value = is_negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
    return true;
}

// From behind the opening parenthesis: the arguments, and where the closing one stands.
std::optional<std::size_t> split_arguments(std::string_view text, std::vector<std::string>& arguments) {
    int depth = 0;
    bool is_in_string = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                is_in_string = false;
            continue;
        }
        if (c == '"') is_in_string = true;
        if (c == '(' || c == '[' || c == '{') ++depth;
        const bool is_end = c == ')' && depth == 0;
        if (c == ']' || c == '}' || (c == ')' && !is_end)) --depth;
        if (!is_end && !(c == ',' && depth == 0)) continue;
        const std::string_view argument = trimmed(text.substr(begin, i - begin));
        if (!argument.empty() || !is_end || !arguments.empty()) arguments.emplace_back(argument);
        if (is_end) return i;
        begin = i + 1;
    }
    return std::nullopt;
}

std::vector<std::string> call_names() {
    std::vector<std::string> names;
    for (const CallRow& row : call_table) names.emplace_back(row.name);
    return names;
}

// How many at the end are there only if the flags, or the command, say so.
std::size_t variadic_arguments(const CallRow& row) {
    if (row.effect == Effect::OpensQueue || row.effect == Effect::OpensSemaphore) return 2;
    const Role last = row.argument_count ? row.argument[row.argument_count - 1u].role : Role::None;
    return last == Role::Mode || last == Role::FcntlValue || last == Role::SetValue ? 1 : 0;
}

std::string complaint_about_arguments(const Goal& goal, const CallRow& row) {
    const auto rests = static_cast<std::size_t>(std::ranges::count(goal.arguments, "..."));
    const std::size_t most = row.argument_count;
    const std::size_t least = most - variadic_arguments(row);
    const std::size_t given = goal.arguments.size() - rests;
    if (rests > 1) return "... can stand once in a call; write _ for each single argument that does not matter";
    if (std::ranges::count(goal.arguments, "") > 0)
        return "an argument is missing between two commas; write _ for one that does not matter";
    if (given <= most && (rests == 1 || given >= least)) return "";
    return std::string(row.name) + " has " + std::to_string(most) + (most == 1 ? " argument" : " arguments") +
           ", here it is given " + std::to_string(given) + "; write ... for those that do not matter";
}

Result<void> parse_end(std::string_view rest, Goal& goal) {
    goal.outcome = Goal::Outcome::EndsAny;
    if (rest.empty()) return {};
    goal.outcome = Goal::Outcome::Ends;
    const std::string_view how = take_word(rest);
    if (how == "exited") {
        std::int64_t status = 0;
        if (!number_from(rest, status) || status < 0 || status > 255)
            return Failure{"a process exits with a number from 0 to 255, not " + quoted(rest)};
        goal.value = status << 8;
        return {};
    }
    if (how == "killed") {
        goal.value = signal_from_name(rest);
        if (goal.value == 0) return Failure{"no signal called " + quoted(rest) + did_you_mean(rest, signal_names())};
        return {};
    }
    return Failure{"a process `ends`, `ends exited 0` or `ends killed SIGTERM`; " + quoted(how) + " is none of these"};
}

Result<void> parse_answer(std::string_view rest, const std::vector<std::string>& processes, Goal& goal) {
    if (number_from(rest, goal.value)) {
        goal.outcome = Goal::Outcome::ReturnsValue;
        if (goal.value < 0)
            return Failure{"a call that fails is written `fails EAGAIN`, with the error's name, not `= " + std::string(rest) +
                           "`"};
        return {};
    }
    goal.outcome = Goal::Outcome::ReturnsProcess;
    goal.name = rest;
    if (rest.empty()) return Failure{"after `=` comes a number or the name of a process"};
    if (std::ranges::find(processes, rest) == processes.end()) return Failure{no_process_called(rest, processes)};
    return {};
}

Result<void> parse_outcome(std::string_view rest, const std::vector<std::string>& processes, Goal& goal) {
    rest = trimmed(rest);
    if (rest.starts_with('=')) return parse_answer(trimmed(rest.substr(1)), processes, goal);
    const std::string_view verb = take_word(rest);
    if (verb == "ends") return parse_end(rest, goal);
    if (verb == "fails") {
        goal.outcome = Goal::Outcome::Fails;
        goal.value = errno_from_name(rest);
        if (goal.value == 0)
            return Failure{rest.empty() ? "`fails` needs the error's name: `fails EAGAIN`" : "no error called " + quoted(rest)};
        return {};
    }
    if (verb == "dies") {
        goal.outcome = Goal::Outcome::Dies;
        goal.value = signal_from_name(rest);
        if (goal.value == 0) return Failure{"no signal called " + quoted(rest) + did_you_mean(rest, signal_names())};
        return {};
    }
    const std::vector<std::string> verbs = {"fails", "blocks", "sleeps", "returns", "starts", "dies", "ends"};
    if (verb.empty()) return Failure{"how does this call end? " + std::string(outcomes_there_are)};
    if (verb != "blocks" && verb != "sleeps" && verb != "returns" && verb != "starts")
        return Failure{quoted(verb) + " is no end of a call: " + std::string(outcomes_there_are) + did_you_mean(verb, verbs)};
    if (!rest.empty()) return Failure{"nothing can follow `" + std::string(verb) + "`; here stands " + quoted(rest)};
    goal.outcome = verb == "blocks"   ? Goal::Outcome::Blocks
                   : verb == "starts" ? Goal::Outcome::Starts
                   : verb == "sleeps" ? Goal::Outcome::Sleeps
                                      : Goal::Outcome::Returns;
    if (verb == "starts" && row_of(*goal.call).effect != Effect::Executes)
        return Failure{"only exec starts a new program in its process; " + std::string(row_of(*goal.call).name) + " does not"};
    return {};
}

// `client SYN arrives`
Result<void> parse_fate(std::string_view rest, const std::vector<std::string>& hosts, Goal& goal) {
    const std::vector<std::string> verbs = {"arrives", "lost", "leaves"};
    if (auto parsed = parse_packet(rest, hosts, verbs, goal.packet); !parsed) return parsed;
    const std::string verb(trimmed(rest));
    const auto found = std::ranges::find(verbs, verb);
    if (found == verbs.end()) return Failure{"a packet `arrives`, is `lost`, or `leaves` its host; here stands " + quoted(verb) + did_you_mean(verb, verbs)};
    constexpr Goal::Outcome outcomes[] = {Goal::Outcome::Arrives, Goal::Outcome::Lost, Goal::Outcome::Leaves};
    goal.outcome = outcomes[found - verbs.begin()];
    return {};
}

}  // namespace

std::string no_process_called(std::string_view name, const std::vector<std::string>& processes) {
    return "no process called " + quoted(name) + "; this lesson has " + in_words(processes) + did_you_mean(name, processes);
}

Result<Goal> parse_goal(std::string_view text, const std::vector<std::string>& processes, const std::vector<std::string>& threads, const std::vector<std::string>& hosts) {
    Goal goal;
    goal.text = trimmed(text);
    std::string_view rest = goal.text;
    goal.process = take_word(rest);
    if (!hosts.empty() && goal.process == wire_name) {
        if (auto parsed = parse_fate(rest, hosts, goal); !parsed) return parsed.failure();
        return goal;
    }
    std::vector<std::string> actors = processes;
    actors.insert(actors.end(), threads.begin(), threads.end());
    if (std::ranges::find(actors, goal.process) == actors.end()) return Failure{no_process_called(goal.process, actors)};
    const bool is_thread = std::ranges::find(processes, goal.process) == processes.end();

    std::string_view after_ends = rest;
    if (take_word(after_ends) == "ends") {
        if (is_thread) return Failure{goal.process + " is a thread, and `ends` is said of processes; that a thread has ended, pthread_join shows"};
        if (auto parsed = parse_end(after_ends, goal); !parsed) return parsed.failure();
        return goal;
    }
    const std::size_t open = rest.find('(');
    if (open == std::string_view::npos)
        return Failure{"after " + quoted(goal.process) +
                       " comes a call with its arguments, `read(3, ...) blocks`, or `ends`; here stands " + quoted(rest)};
    const std::string_view name = trimmed(rest.substr(0, open));
    const CallId call = call_from_name(name);
    if (call == CallId::Count)
        return Failure{"no call named " + quoted(name) + " is known to ipcscope" + did_you_mean(name, call_names())};
    goal.call = call;
    rest.remove_prefix(open + 1);
    const auto close = split_arguments(rest, goal.arguments);
    if (!close) return Failure{"the parenthesis of " + std::string(name) + "( is never closed"};
    if (const std::string complaint = complaint_about_arguments(goal, row_of(call)); !complaint.empty())
        return Failure{complaint};
    if (auto parsed = parse_outcome(rest.substr(*close + 1), processes, goal); !parsed) return parsed.failure();
    return goal;
}

}  // namespace ipcscope
