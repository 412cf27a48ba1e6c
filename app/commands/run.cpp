#include <nlohmann/json.hpp>

#include "app/commands/choose_lesson.h"
#include "app/commands/commands.h"
#include "app/commands/lesson_options.h"
#include "app/commands/printing.h"
#include "core/lesson/check.h"
#include "core/trace/save.h"

namespace ipcscope {

const std::string_view run_schema =
    "With --json, one object a line, told apart by \"type\":\n"
    "  step      number, title\n"
    "  question  text: a prediction, before the kernel answers it\n"
    "  call      process, call, arguments (list), outcome, line (the canonical line); reason (why it sleeps);\n"
    "            is_injected (made by ipcscope); goal (the line in lesson.md of the goal that it met)\n"
    "  event     process, line: what is no call (an end, a note); goal\n"
    "  output    text: bytes that came out at the programs' terminal, escaped as in C\n"
    "  answer    text (the option that came true), because\n"
    "  failure   text\n"
    "  summary   lesson, goals, goals_met, predictions, witness_lines, disagreements, passed\n";

namespace {

using Kind = Telling::Kind;
using Json = nlohmann::ordered_json;

Json json_of_call(const Telling& telling) {
    Json json = {{"type", "call"},
                 {"process", telling.call.process},
                 {"call", telling.call.name},
                 {"arguments", telling.call.arguments},
                 {"outcome", telling.call.outcome},
                 {"line", telling.call.line()}};
    if (!telling.reason.empty()) json["reason"] = telling.reason;
    if (telling.call.is_injected) json["is_injected"] = true;
    return json;
}

Json json_of(const Telling& telling) {
    switch (telling.kind) {
        case Kind::Step:
            return {{"type", "step"}, {"number", telling.number}, {"title", telling.text}};
        case Kind::Question:
            return {{"type", "question"}, {"text", telling.text}};
        case Kind::Call:
            return json_of_call(telling);
        case Kind::Other:
            return {{"type", "event"}, {"process", telling.call.process}, {"line", telling.call.line()}};
        case Kind::Output:
            return {{"type", "output"}, {"text", text_of_bytes(telling.text, telling.text.size(), telling.text.size())}};
        case Kind::Answer:
            return {{"type", "answer"}, {"text", telling.text}, {"because", telling.reason}};
        case Kind::WhatIf:
            return {{"type", "what_if"}, {"title", telling.text}};
        case Kind::Because:
            return {{"type", "because"}, {"text", telling.text}};
        case Kind::Failure:
            return {{"type", "failure"}, {"text", telling.text}};
    }
    return {};
}

void print_json(const Telling& telling) {
    Json json = json_of(telling);
    if (telling.goal_line > 0) json["goal"] = telling.goal_line;
    print_line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print_text(const Telling& telling, const Painter& paint) {
    const std::string mark = telling.goal_line > 0 ? paint(Paint::Green, "✓ ") : "  ";
    switch (telling.kind) {
        case Kind::Step:
            return print_line("\n" + paint(Paint::Bold, std::to_string(telling.number) + ". " + telling.text));
        case Kind::Question:
            return print_line("  ? " + telling.text);
        case Kind::Call:
            print_line("  " + mark + telling.text);
            if (!telling.reason.empty()) print_line("      " + paint(Paint::Yellow, telling.reason));
            return;
        case Kind::Other:
            return print_line("  " + mark + telling.text);
        case Kind::Output:
            return print_line("    " + paint(Paint::Dim, "terminal: " + text_of_bytes(telling.text, telling.text.size(),
                                                                                      telling.text.size())));
        case Kind::Answer:
            return print_line("  = " + telling.text + ". " + paint(Paint::Dim, telling.reason));
        case Kind::WhatIf:
            return print_line("\n" + paint(Paint::Bold, "What if: " + telling.text));
        case Kind::Because:
            return print_line("  = " + telling.text);
        case Kind::Failure:
            return print_line("  " + paint(Paint::Red, "✗ ") + telling.text);
    }
}

void print_summary(const Lesson& lesson, const CheckReport& report, bool is_json, const Painter& paint) {
    if (is_json) {
        const Json json = {{"type", "summary"},
                           {"lesson", lesson.id},
                           {"goals", report.goals},
                           {"goals_met", report.goals_met},
                           {"predictions", report.predictions},
                           {"witness_lines", report.witness_lines},
                           {"disagreements", report.disagreements},
                           {"passed", report.passed()}};
        return print_line(json.dump());
    }
    const std::string goals =
        std::to_string(report.goals_met) + " of " + counted(static_cast<unsigned>(report.goals), "goal") + " met";
    const std::string facts = report.disagreements == 0 ? "the kernel agrees in " + counted(report.witness_lines, "fact")
                                                        : "the kernel disagrees in " + counted(report.disagreements, "fact");
    print_line("\n" + paint(report.passed() ? Paint::Green : Paint::Red, goals + "; " + facts + "."));
}

}  // namespace

int run_lesson(const RunOptions& options) {
    bool is_missing = false;
    const auto lesson = choose_lesson(options.lesson, is_missing);
    if (!lesson) return complain(lesson.sentence(), is_missing ? exit_usage : exit_failed);
    if (!lesson->came_with_ipcscope && !options.how.is_trusted)
        if (const auto trusted = ask_for_trust(*lesson); !trusted) return complain(trusted.sentence(), exit_usage);
    const Painter paint(stdout);
    if (!options.is_json) print_line(paint(Paint::Bold, lesson->title) + ": " + lesson->teaches);
    CheckOptions how;
    how.with_what_ifs = false;
    how.player = player_options(options.how);
    how.tell = [&](const Telling& telling) { options.is_json ? print_json(telling) : print_text(telling, paint); };
    Result<void> saved;
    if (!options.recording.empty()) how.keep = [&](const Trace& trace) { saved = save_trace(trace, options.recording); };
    const CheckReport report = check_lesson(*lesson, how);
    print_summary(*lesson, report, options.is_json, paint);
    if (!saved) return complain(saved.sentence(), exit_failed);
    return report.passed() ? exit_success : exit_failed;
}

}  // namespace ipcscope
