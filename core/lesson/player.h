// The player: a lesson bound to a run. It knows which goal comes next, grants the call that the lesson wants (or the one
// that the learner chose), asks predictions before the step, lets the kernel answer them, acts out what-ifs, and goes back
// by running again from the start with the same choices. The window, `ipcscope run` and `ipcscope check` use the same one.
//
// One thread (the one that owns the Run). Nothing blocks: pump() often.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/wire_rules.h"
#include "core/session/run.h"

namespace ipcscope {

// The path of a lesson's compiled program: cc with fixed flags, in the user's cache, a time and a memory limit (build.h).
// Lessons that came with ipcscope have theirs from the build, as long as the source is the one that was compiled.
Result<std::string> build_program(const Lesson& lesson, const std::string& source);

enum class GoalState : std::uint8_t { Waiting, Met, Missed };

struct PredictionState {
    int chosen = -1;                 // committed option, -1 = not yet
    int kernel = -1;                 // the option that came true, -1 = not yet known
    bool was_sure = false;
};

struct PlayerOptions {
    std::vector<std::string> wrapper;            // see Launch::wrapper
    bool is_private = true;                      // see Launch::is_private
    bool has_wire = true;                        // see Launch::has_wire
    bool is_alone = false;                       // nobody comes from outside: a network of its own, whatever the lesson says
    std::chrono::milliseconds deadline{10'000};  // how long one move may take until all is quiet again
    std::function<void()> at_rest;               // called by pump() each time that all is quiet, before the next move is made
};

class Player {
 public:
    // Compiles and starts the lesson's program: for a lesson that did not come with ipcscope, ask the user first.
    static Result<std::unique_ptr<Player>> open(Lesson lesson, std::function<void()> notify = {}, PlayerOptions options = {});

    // --- what there is to see
    const Lesson& lesson() const;
    Run* run();                                  // null until the program is built and started
    const Run* run() const;
    std::uint64_t run_number() const;            // how many runs were started; another number, another run (back, variants)
    std::string status() const;                  // "compiling pipe.c …", an error in words, or ""
    bool has_failed() const;                     // the program could not be built or started, or a goal was missed: status() says
    bool lacks_wire() const;                     // … because packets are what it is about, and this machine gives no wire for them
    int step() const;                            // index into lesson().steps
    int block() const;                           // the block of that step that is being worked on
    int step_count() const { return static_cast<int>(lesson().steps.size()); }
    bool is_step_done() const;                   // all goals of this step are met: advance() shows the next one
    bool is_done() const;                        // the last step is done
    GoalState goal_state(int step, int block, int goal) const;
    EventIndex met_by(int step, int block, int goal) const;  // the event of this run that met the goal, no_id if none has
    const PredictionState& prediction(int step, int block) const;
    bool wants_prediction() const;               // a prediction must be committed before the next step
    bool is_open() const;                        // all goals are met and the programs go on: the learner steps whoever stands at a gate
    bool waits_for_visitors() const;             // … of whom one from outside may come at any time
    bool is_off_script() const;                  // the learner chose another way (a what-if, another thread): goals rest
    // The thread whose held call the lesson would let go next; no_id if none can.
    ThreadId next_thread() const;
    // The packet that the lesson would let through next; 0 if none.
    std::uint64_t next_packet() const;
    int moves() const;                           // choices made so far (calls granted, actions)
    int total_moves() const;                     // how many goals with a call the lesson has in all
    std::string last_sentence() const;           // what the last step did, from the real arguments
    std::string what_if_result() const;          // what the lesson says of the last what-if, once it was acted out; else ""
    std::uint64_t witness_lines() const;         // facts compared with the kernel's word so far, over all runs
    const std::vector<std::string>& disagreements() const;  // … and those that disagreed, each a sentence

    // --- what the learner does
    // Takes events, checks goals, makes the next move where the lesson plays by itself. Call every frame; while it plays at
    // full speed one call takes up to 8 ms, else it does not wait. Compiling is not notified of: call it often then, too.
    void pump();
    void predict(int option, bool is_sure);      // commits; there is no second try
    bool can_step() const;
    void step_next();                            // the lesson's choice; or shows the next step if this one is done (and nothing is open)
    void advance();                              // to the next step's text
    void step_thread(ThreadId thread);           // the learner's choice
    void run_free(double calls_a_second);        // keeps stepping the lesson's choices at this pace; stops at a prediction. Where visitors
                                                 // are waited for and the pace is `gates_open_at` or more, calls go as they come, until pause()
    static constexpr double gates_open_at = 1000;
    void run_to(int step, int block);            // (for back, check and pictures) at full speed
    void pause();
    bool is_running() const;
    void back();                                 // one move back: a new run with the same choices but the last
    void restart();
    void what_if(int step, int block);
    void kill(ProcessId process, int signal);
    // At the gate of a held call, clearly marked as injected: it fails, and the kernel never hears of it; or the kernel is asked
    // for fewer bytes than the program wanted.
    void fail_call(ThreadId thread, int error);
    void shorten_call(ThreadId thread, int bytes);
    void wake_call(ThreadId thread);             // a wait at a condition variable returns, though nobody has signalled
    void carry_packet(std::uint64_t number, PacketFate fate);
    void delay_packet(std::uint64_t number);     // it arrives by itself, a second and a half later
    void set_wire(WireChange change);   // of a packet that is held on the wire
    void close_descriptor(ProcessId process, int descriptor);
    void type_input(const std::string& bytes);

    ~Player();
    Player(const Player&) = delete;

 private:
    void restart_quietly();
    struct Impl;
    explicit Player(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace ipcscope
