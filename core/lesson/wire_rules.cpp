#include "core/lesson/wire_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/lesson/markdown.h"
#include "core/lesson/nearest.h"

namespace ipcscope {
namespace {

constexpr int pulled_everywhere = static_cast<int>(every_host);

// A number, and what stands right behind it.
bool take_number(std::string_view& text, int& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

Result<WireChange> parse_latency(std::string_view value) {
    constexpr int most_us = 5'000'000;
    int number = 0;
    const bool is_number = take_number(value, number);
    const int unit = value == "ms" ? 1000 : value == "s" ? 1'000'000 : 0;
    if (!is_number || (unit == 0 && number != 0) || number > most_us / std::max(unit, 1))
        return Failure{"a latency is a time of 5 s at most: `do wire latency 100ms`, `do wire latency 0`"};
    return WireChange{WireRule::Latency, number * unit};
}

Result<WireChange> parse_count(WireRule rule, std::string_view value, const char* what) {
    WireChange change{rule, 0};
    if (!take_number(value, change.value) || !value.empty()) return Failure{what};
    return change;
}

Result<WireChange> parse_cable(std::string_view rest, const std::vector<std::string>& hosts) {
    std::string word(take_word(rest));
    if (word == "in" && rest.empty()) return WireChange{WireRule::Cable, 0};
    if (word == "pulled" && rest.empty()) return WireChange{WireRule::Cable, pulled_everywhere};
    const auto host = std::ranges::find(hosts, word);
    if (host != hosts.end() && rest == "pulled") return WireChange{WireRule::Cable, static_cast<int>(host - hosts.begin()) + 1};
    return Failure{"a cable is `pulled` or `in`: `do wire cable pulled`, `do wire cable " + (hosts.empty() ? "web" : hosts.back()) + " pulled`, `do wire cable in`"};
}

}  // namespace

Result<WireChange> parse_wire_change(std::string_view rest, const std::vector<std::string>& hosts) {
    const std::string rule(take_word(rest));
    if (rule == "latency") return parse_latency(rest);
    if (rule == "rate") return parse_count(WireRule::Rate, rest, "a rate is a number of bytes a second: `do wire rate 10000`; 0 is as fast as it goes");
    if (rule == "loss") return parse_count(WireRule::Loss, rest, "a loss is one packet in so many: `do wire loss 3`; 0 is none");
    if (rule == "cable") return parse_cable(rest, hosts);
    const std::vector<std::string> known = {"latency", "rate", "loss", "cable"};
    return Failure{"a wire has no \"" + rule + "\"; it has " + in_words(known) + did_you_mean(rule, known)};
}

WireChange next_change(const WireRules& rules, WireRule rule) {
    const auto after = [&](const auto& choices, std::int64_t now) {
        const auto at = std::ranges::find(choices, now);
        return WireChange{rule, at == choices.end() || at + 1 == choices.end() ? choices.front() : *(at + 1)};
    };
    switch (rule) {
        case WireRule::Latency: return after(std::array{0, 100'000, 500'000}, rules.latency_us);
        case WireRule::Rate: return after(std::array{0, 10'000, 1'000}, rules.bytes_a_second);
        case WireRule::Loss: return after(std::array{0, 3, 2}, rules.loses_one_in);
        case WireRule::Cable: break;
    }
    return {rule, rules.cut_host == 0 ? pulled_everywhere : 0};
}

std::string sentence_for_rule(const WireRules& rules, WireRule rule, const std::vector<std::string>& hosts) {
    switch (rule) {
        case WireRule::Latency:
            return rules.latency_us == 0 ? "Each packet goes over at once again." : "Each packet is " + std::to_string(rules.latency_us / 1000) + " ms on its way now.";
        case WireRule::Rate:
            return rules.bytes_a_second == 0 ? "The wire is as fast as it goes again."
                                             : "The wire carries " + std::to_string(rules.bytes_a_second) + " bytes a second each way now: packets wait for one another.";
        case WireRule::Loss:
            return rules.loses_one_in == 0 ? "Nothing is lost any more." : "One packet in " + std::to_string(rules.loses_one_in) + " is lost from now on, and nobody is told.";
        case WireRule::Cable: break;
    }
    if (rules.cut_host == 0) return "The cable is in again. Nobody is told: the next packet arrives, that is all.";
    const std::string whose = rules.cut_host <= hosts.size() ? "The cable of " + hosts[rules.cut_host - 1] : "The cable";
    return whose + " is pulled: what goes over it is lost, and no kernel is told.";
}

}  // namespace ipcscope
