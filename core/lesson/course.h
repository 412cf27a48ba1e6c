// Where a lesson stands: which goals have been met, by which events; which question waits for an answer; what the kernel
// answered. Computed from what happened and nothing else; it grants nothing (player.h does).
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "core/lesson/matching.h"
#include "core/lesson/player.h"

namespace ipcscope {

// A goal's place in its lesson.
struct GoalPlace {
    int step = 0, block = 0, goal = 0;
    bool operator==(const GoalPlace&) const = default;
};

class Course {
  public:
    explicit Course(const Lesson& lesson);
    // The lesson has other goals now, before the first was met.
    void plan();

    // From the start again, in a new run. What the learner has committed to stays committed, unless it is to be forgotten.
    void restart(bool forgets_predictions);

    int step() const { return step_; }
    int block() const;
    bool is_step_done() const { return next_ == places_.size() || places_[next_].step > step_; }
    bool has_goals_left() const { return next_ < places_.size(); }
    bool is_done() const { return next_ == places_.size() && step_ + 1 >= static_cast<int>(lesson_.steps.size()); }
    // The next goal of the step that is shown; null once the step is done.
    const Goal* next_goal() const { return is_step_done() ? nullptr : &goal_at(places_[next_]); }
    std::size_t next() const { return next_; }  // how many goals were met
    const std::vector<GoalPlace>& places() const { return places_; }
    const Goal& goal_at(const GoalPlace& place) const;
    // How many goals stand before this block.
    std::size_t goals_before(int step, int block) const;

    // To the next step; what it asks for counts from `now` on.
    void advance(EventIndex now);
    // The system is quiescent: meets goals, answers predictions.
    void settle(const Past& past);

    EventIndex met_by(const GoalPlace& place) const;
    const PredictionState& prediction(int step, int block) const;
    // The block of the question that must be answered before the next goal of this step; -1 if there is none.
    int open_question() const;
    void predict(int option, bool is_sure);

  private:
    int question_before(const GoalPlace& place, int above) const;
    void answer_predictions(const Past& past);

    const Lesson& lesson_;
    std::vector<GoalPlace> places_;   // of all goals, in order
    std::vector<EventIndex> met_by_;  // one for each goal that was met
    std::size_t next_ = 0;
    int step_ = 0;
    EventIndex step_began_ = 0;
    EventIndex block_began_ = 0;  // when the block of the next goal became the next one
    UsedEvents used_;
    std::map<std::pair<int, int>, PredictionState> predictions_;
};

}  // namespace ipcscope
