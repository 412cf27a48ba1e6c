// What a player is made of. A move is made, the system comes to rest, what happened is compared with the course, and the
// next move is chosen; whatever plays by itself is one of the things in `drive`, in that order.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/lesson/build.h"
#include "core/lesson/course.h"
#include "core/lesson/player.h"
#include "core/lesson/rehearsal.h"

namespace ipcscope {

// One move, told so that it can be made again in another run: by names and ordinals, never by ids.
struct Choice {
    Action action;
    std::size_t thread = 0;  // StepProcess: which of the process's threads, in order of birth
    std::size_t packet = 0;  // which of the packets that are called the same, oldest first
};

// Whether it lets a call that is held at the gate go, in whichever way.
bool is_at_the_gate(Action::Kind kind);
// Whether it is done to a packet. (player_wire.cpp)
bool is_done_to_packet(Action::Kind kind);
Action::Kind kind_for(PacketFate fate);

// A what-if on its way.
struct Acting {
    int step = 0, block = 0;
    std::size_t next_action = 0, next_goal = 0;
    EventIndex since = 0;
    UsedEvents used;
    std::vector<Choice> choices_before;  // where Back leads
    std::size_t choices_after = 0;
    bool is_done = false;
};

struct Player::Impl {
    Impl(Lesson lesson, std::function<void()> notify, PlayerOptions options);
    Impl(const Impl&) = delete;

    // player_run.cpp: from a source to a run that has come to rest
    void start(const std::string& source);
    void poll_builds();
    void launch_built();
    void pump();
    void settle();
    void look_at_witnesses();
    bool is_at_rest() const { return run && !is_moving && !has_failed && !has_open_gates; }

    // player_drive.cpp: what plays by itself
    bool is_hurrying() const;
    bool is_behind() const;
    void drive();
    void make_lesson_move();
    void show_next_step();
    bool step_open();
    void begin_what_if();
    void act();
    void replay(std::vector<Choice> made, const std::string& source);
    void play_from_start();
    void back();
    bool is_at(int step, int block) const;

    // player_moves.cpp: single moves
    bool make(const Choice& choice);
    bool carry(const Choice& choice);
    std::uint64_t lesson_packet() const;
    bool awaits_packet() const;
    std::uint64_t next_packet() const;
    bool carry_for(const Goal& goal);
    void leave_out_wire();
    void open_gates();
    void close_gates();
    void carry_by_number(std::uint64_t number, Action::Kind kind);
    bool set_wire(const Choice& choice);
    bool is_carrying() const;
    std::vector<std::string> host_names() const;
    bool is_awaited(const Goal& goal) const;
    bool needs_fresh_clocks(const WhatIf& what_if) const;
    bool grant(ThreadId thread, Action::Kind kind = Action::Kind::StepProcess, int number = 0);
    void check_next_goal();
    void fail(std::string sentence);
    void miss(const Goal& goal);
    ThreadId lesson_thread() const;
    ThreadId next_thread() const;
    // Every goal is met, and the programs go on: each call is the learner's to let go.
    bool is_open() const { return run && !run->is_over() && !has_left() && !course.has_goals_left(); }
    bool waits_for_visitors() const { return is_open() && !lesson.has_own_network; }
    bool has_left() const { return source != lesson.program || choices.size() > left_at; }
    void leave() { left_at = std::min(left_at, choices.size()); }
    void act_by_hand(Action::Kind kind, ProcessId process, int number);
    void give_verdict(ThreadId thread, Action::Kind kind, int number);
    std::string what_became_of(const Goal& goal) const;
    Past past() const { return {run->trace(), run->model(), run->log()}; }
    const WhatIf& what_if_at(int step, int block) const;

    static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();
    using Time = std::chrono::steady_clock::time_point;

    Lesson lesson;           // (without the wire's goals, where there is no wire)
    const std::function<void()> notify;
    const PlayerOptions options;
    Course course;

    std::string source;  // which program runs
    std::vector<std::unique_ptr<Build>> builds;  // one; or one a host, in their order
    std::vector<std::string> built;
    std::unique_ptr<Run> run;
    std::uint64_t run_number = 0;

    std::vector<Choice> choices;  // made in this run
    std::size_t left_at = never;  // with more choices than this the lesson's own way was left
    bool has_diverged = false;    // another thread than the lesson's was chosen; that may still come to the same

    bool is_moving = false;  // something was posted, and all is not quiet yet
    Time move_deadline;
    EventIndex moved_call = no_id;  // the call that was let go
    std::uint64_t moved_packet = 0;  // the packet that was carried, or dropped
    std::optional<WireRule> moved_rule;  // the wire's rule that was changed
    EventIndex settled_at = 0;       // how long the trace was then
    ThreadId moved_thread = no_id;
    ProcessId moved_process = no_id;

    std::deque<Choice> to_replay;
    int replay_step = -1;  // how far the text may go on by itself meanwhile; -1: not replaying
    std::optional<Rehearsal> rehearsal;
    std::optional<std::pair<int, int>> target;
    std::optional<std::pair<int, int>> wanted_what_if;
    std::optional<Acting> acting;
    double calls_a_second = -1;  // free running; < 0: not
    Time next_move;
    bool has_open_gates = false;    // calls go as they come, until close_gates()

    bool has_failed = false, lacks_wire = false;
    std::string trouble, sentence;
    std::optional<GoalPlace> missed;
    std::uint64_t witness_lines = 0;
    std::vector<std::string> disagreements;
};

}  // namespace ipcscope
