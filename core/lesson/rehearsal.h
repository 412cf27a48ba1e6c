// Another program of the lesson, brought to the place where its twin stood. The lesson's goals are followed as far as the
// other program goes the same way: what it leaves out is passed over, what it does besides is let go.
#pragma once

#include <cstddef>
#include <optional>

#include "core/lesson/course.h"

namespace ipcscope {

class Rehearsal {
  public:
    // Up to the block `block` of step `step`.
    Rehearsal(const Course& course, int step, int block);

    // The thread that is let go next, or the packet that is let through.
    struct Move {
        ThreadId thread = no_id;
        std::uint64_t packet = 0;
    };
    // The system is quiescent. Nothing once the place is reached.
    std::optional<Move> next(const Past& past);
    // Since when its step goes on: from there on a what-if may find what it asks for.
    EventIndex since() const { return since_; }

  private:
    bool is_wanted_later(const Past& past, ThreadId thread) const;
    void enter_step(int step, EventIndex now);

    const Course& course_;
    int step_;
    std::size_t place_, at_ = 0;
    int current_step_ = 0;
    EventIndex since_ = 0;
    UsedEvents used_;
    bool was_let_go_ = false;  // the call for the goal at `at_` was made
    int besides_ = 0;
};

}  // namespace ipcscope
