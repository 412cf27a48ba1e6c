// Runs one small program, bare or observed, and says what came of it: the smallest session there can be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/events/hello.h"
#include "core/session/area.h"

namespace ipcscope::testing {

struct Seen {
    std::size_t area;            // which greeting brought its area: 0, 1, …
    std::uint32_t tid;
    RecordHeader header;
    std::vector<std::uint64_t> words;
    std::vector<std::string> chunks;    // by argument; "" if none

    CallId call() const { return static_cast<CallId>(header.call); }
    bool is(RecordKind kind, CallId id) const { return header.kind == kind && header.call == static_cast<std::uint16_t>(id); }
    std::int64_t result() const { return static_cast<std::int64_t>(words.at(0)); }
};

enum class How { Bare, Observed, Stepped };

struct Options {
    How how = How::Observed;
    std::vector<std::string> environment{};       // "NAME=value", added
    bool sees_inside = false;
    Clock clock = best_clock();
    std::uint32_t ring_bytes = default_ring_bytes;
    std::uint32_t ring_count = default_ring_count;
    std::string socket{};                         // instead of the harness's own: to be left alone
    Verdict verdict = Verdict::Go;                // given to every held call named `verdict_call`
    CallId verdict_call = CallId::Count;
    std::int32_t verdict_value = 0;
    int hold_ms = 0;                              // how long each call is held, at least
    double deadline_seconds = 60;
};

struct Outcome {
    int status = -1;             // as waitpid gives it
    std::string output;          // standard output and error
    std::vector<Hello> hellos;
    std::vector<Seen> seen;      // by stamp
    std::size_t grants = 0;
    std::uint64_t corrupt = 0;
    std::uint64_t lost = 0;
    bool was_killed_at_deadline = false;

    std::size_t count(RecordKind kind, CallId call) const;
    const Seen* first(RecordKind kind, CallId call) const;
    // Every Exit closes the innermost open Enter of its thread, and each Enter has one, but for those that never return.
    // "" or what is wrong.
    std::string pairing_error() const;
};

std::string program(const std::string& name);    // of tests/probe/programs, built
Outcome run(std::vector<std::string> argv, const Options& options = {});

}  // namespace ipcscope::testing
