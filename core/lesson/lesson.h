// A lesson: prose in Markdown and plain C programs, in one folder. This is its text, parsed and checked, nothing run.
// lessons/README.md is the format's description for authors; every mistake is reported as a compiler would:
// "lessons/pipe/lesson.md:14: no process called "chlid"; this lesson has parent and child".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/call_table.h"
#include "core/model/memory.h"
#include "core/model/network.h"
#include "core/trace/result.h"

namespace ipcscope {

// A packet as a lesson speaks of it: `client SYN ACK`, `client PSH ACK 5`.
struct PacketPattern {
    std::string host;                    // that it left
    std::vector<std::string> words;      // its TCP flags; or UDP, ICMP
    std::int64_t data = -1;              // bytes of data; -1: any number
    std::int64_t window = -1;            // as it stands in the packet, not scaled; -1: any number
};

// One line of a `step` block: who calls what, and how it ends.
//     child   read(3, ..., 16) blocks
//     parent  write(4, "hello", 5) = 5
//     parent  fork() = child
//     child   write(4, ...) dies SIGPIPE
//     child   ends exited 0          (a process's end, no call)
//     wire    client SYN arrives     (a packet)
struct Goal {
    enum class Outcome : std::uint8_t { Returns, ReturnsValue, ReturnsProcess, Fails, Blocks, Sleeps, Starts, Dies, Ends, EndsAny, Arrives, Lost, Leaves };
    int line = 0;                        // in lesson.md, from 1
    std::string text;                    // as written
    std::string process;                 // or one of its threads
    std::optional<CallId> call;          // none: a process's end
    std::vector<std::string> arguments;  // patterns: "..." any number of them, "_" any one, a number, "a string", a name as in
                                         // the canonical line
    Outcome outcome = Outcome::Returns;
    std::int64_t value = 0;              // ReturnsValue, Fails (errno), Dies (signal), Ends (wait status)
    std::string name;                    // ReturnsProcess: whose pid
    PacketPattern packet;                // Arrives, Lost, Leaves: the wire's goals

    bool is_of_wire() const { return outcome == Outcome::Arrives || outcome == Outcome::Lost || outcome == Outcome::Leaves; }
};

// A question asked before the step, answered by the kernel: each option says what would be seen if it were right.
struct Prediction {
    struct Option {
        std::string text;
        Goal seen;                       // this happens
        std::string mending;             // shown to who chose it wrongly; may be ""
    };
    int line = 0;
    std::string question;
    std::vector<Option> options;
    std::string because;                 // shown with the answer
};

struct Action {
    enum class Kind : std::uint8_t { Kill, Close, Fill, Write, Type, Variant, StepProcess, Fail, Shorten, Wake, Deliver, Later, Drop, Duplicate, Corrupt, SetWire };
    int line = 0;
    Kind kind = Kind::StepProcess;
    std::string process;
    int number = 0;                      // signal, descriptor, errno, bytes; of SetWire as WireChange has it
    std::string text;                    // bytes to write, or to type at the terminal; the variant's program
    PacketPattern packet;                // Deliver, Later, Drop, Duplicate, Corrupt
    WireRule rule = WireRule::Latency;   // SetWire
    std::size_t goals_before = 0;        // of the what-if: it is done when they have been met
};

// Something for the learner to break. It really acts on the running processes.
struct WhatIf {
    int line = 0;
    std::string title;
    std::vector<Action> actions;
    std::vector<Goal> goals;             // what must then be seen (the lesson is checked with each of its what-ifs)
    std::string because;                 // said afterwards
};

// Programs that do the same job by different mechanisms, to be measured side by side (core/session/measure.h says how such a
// program is called). The learner chooses one of the sizes.
struct Comparison {
    struct Row {
        std::string program;             // "pipe.c"
        std::string label;               // "Pipe"
        int line = 0;
    };
    int line = 0;
    std::vector<Row> rows;
    std::vector<std::size_t> sizes;      // bytes a message, growing
};

// A step is what stands under one `## ` heading: blocks in the order of the text.
struct Block {
    enum class Kind : std::uint8_t { Prose, Predict, Goals, WhatIf };
    Kind kind = Kind::Prose;
    std::string prose;                   // Markdown (CommonMark), as written
    Prediction prediction;
    std::vector<Goal> goals;
    WhatIf what_if;
};

struct LessonStep {
    int line = 0;
    std::string title;
    std::vector<Block> blocks;
};

// A host, and the program that runs there.
struct LessonHost {
    std::string name;
    std::vector<std::string> addresses;  // with their prefix: "192.0.2.2/24"
    std::string program;                 // "server.c"
    std::vector<std::string> arguments;  // "@web" is the address of the host web
};

struct Lesson {
    std::string id;                      // the folder's name: "pipe"
    std::string folder;                  // absolute
    std::string title;                   // "Pipe"
    std::string teaches;                 // one line: "one way, one kernel buffer"
    int number = 0;                      // place in the curriculum
    std::string part;                    // "Byte streams"
    std::string program;                 // "pipe.c"; of the first host, where there are hosts
    std::vector<LessonHost> hosts;
    bool is_wire_held = false;           // each packet waits to be let through …
    bool lets_acknowledgments = false;   // … but for those that merely acknowledge
    bool lets_handshakes = false;        // … and those with which two kernels get to know each other
    std::vector<std::string> processes;  // names in order of birth
    std::vector<std::string> threads;    // of the threads that they make, in order of birth
    std::vector<MemoryField> fields;     // how places in shared memory are called
    bool stops_at_accesses = false;      // loads and stores of memory that the programs map are held like calls
    bool has_own_network = true;         // false: its programs are in this machine's own, where a browser or curl can reach them
    std::vector<std::string> prose;      // before the first step
    std::optional<Comparison> comparison;
    std::vector<LessonStep> steps;
    bool came_with_ipcscope = false;     // else its command line is shown and confirmed before the first run
};

// Reads lesson.md in `folder`. Bounded: a file over 1 MiB, a line over 4 KiB, binary noise … is a sentence with the place.
Result<Lesson> load_lesson(const std::string& folder);

// What a list shows of a lesson folder, broken ones included.
struct LessonEntry {
    std::string folder;
    std::optional<Lesson> lesson;
    std::string error;                   // if it could not be read
};
// All folders with a lesson.md under `lessons`, by number.
std::vector<LessonEntry> find_lessons(const std::string& lessons);

// Does this call look like the goal's (name and arguments), whatever its outcome? For the canonical argument texts see
// core/model/canonical.h: "3 pipe#1" matches the pattern 3, and _, and ... .
bool arguments_match(const Goal& goal, const std::vector<std::string>& canonical_arguments);

}  // namespace ipcscope
