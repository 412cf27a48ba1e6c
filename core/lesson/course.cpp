#include "core/lesson/course.h"

#include <algorithm>
#include <cassert>

namespace ipcscope {

Course::Course(const Lesson& lesson) : lesson_(lesson) { plan(); }

void Course::plan() {
    assert(next_ == 0);
    places_.clear();
    for (int step = 0; step < static_cast<int>(lesson_.steps.size()); ++step) {
        const auto& blocks = lesson_.steps[static_cast<std::size_t>(step)].blocks;
        for (int block = 0; block < static_cast<int>(blocks.size()); ++block) {
            const Block& here = blocks[static_cast<std::size_t>(block)];
            if (here.kind == Block::Kind::Predict) predictions_.try_emplace({step, block});
            if (here.kind != Block::Kind::Goals) continue;
            for (int goal = 0; goal < static_cast<int>(here.goals.size()); ++goal) places_.push_back({step, block, goal});
        }
    }
}

void Course::restart(bool forgets_predictions) {
    met_by_.clear();
    used_.clear();
    next_ = 0;
    step_ = 0;
    step_began_ = block_began_ = 0;
    for (auto& [place, state] : predictions_) {
        state.kernel = -1;
        if (forgets_predictions) state = {};
    }
}

const Goal& Course::goal_at(const GoalPlace& place) const {
    return lesson_.steps[static_cast<std::size_t>(place.step)]
        .blocks[static_cast<std::size_t>(place.block)]
        .goals[static_cast<std::size_t>(place.goal)];
}

std::size_t Course::goals_before(int step, int block) const {
    const auto is_before = [&](const GoalPlace& place) {
        return place.step < step || (place.step == step && place.block < block);
    };
    return static_cast<std::size_t>(std::ranges::count_if(places_, is_before));
}

int Course::block() const {
    if (is_step_done()) return static_cast<int>(lesson_.steps[static_cast<std::size_t>(step_)].blocks.size());
    const int question = open_question();
    return question >= 0 ? question : places_[next_].block;
}

void Course::advance(EventIndex now) {
    assert(is_step_done());
    if (step_ + 1 >= static_cast<int>(lesson_.steps.size())) return;
    ++step_;
    step_began_ = block_began_ = now;
    used_.clear();
}

void Course::settle(const Past& past) {
    answer_predictions(past);
    while (const Goal* goal = next_goal()) {
        const EventIndex event = find_met(past, *goal, step_began_, used_);
        if (event == no_id) return;
        used_.add(event, *goal);
        met_by_.push_back(event);
        const GoalPlace here = places_[next_++];
        if (next_ < places_.size() && places_[next_].block != here.block) block_began_ = past.model.applied();
    }
}

EventIndex Course::met_by(const GoalPlace& place) const {
    const auto found = std::ranges::find(places_, place);
    const auto index = static_cast<std::size_t>(found - places_.begin());
    return index < met_by_.size() ? met_by_[index] : no_id;
}

const PredictionState& Course::prediction(int step, int block) const {
    static const PredictionState none;
    const auto found = predictions_.find({step, block});
    return found == predictions_.end() ? none : found->second;
}

// The nearest prediction block above `above` that belongs to this goal's block; -1 if there is none.
int Course::question_before(const GoalPlace& place, int above) const {
    const auto& blocks = lesson_.steps[static_cast<std::size_t>(place.step)].blocks;
    for (int block = above - 1; block >= 0; --block) {
        const Block::Kind kind = blocks[static_cast<std::size_t>(block)].kind;
        if (kind == Block::Kind::Goals) return -1;
        if (kind == Block::Kind::Predict) return block;
    }
    return -1;
}

int Course::open_question() const {
    if (is_step_done() || places_[next_].goal != 0) return -1;
    int open = -1;
    for (int block = places_[next_].block; (block = question_before(places_[next_], block)) >= 0;)
        if (prediction(step_, block).chosen == -1) open = block;
    return open;
}

void Course::predict(int option, bool is_sure) {
    const int block = open_question();
    if (block < 0) return;
    const auto& options =
        lesson_.steps[static_cast<std::size_t>(step_)].blocks[static_cast<std::size_t>(block)].prediction.options;
    if (option < 0 || option >= static_cast<int>(options.size())) return;
    PredictionState& state = predictions_[{step_, block}];
    state.chosen = option;
    state.was_sure = is_sure;
}

// Several options may come true in time (it sleeps, and returns 5 later); the kernel's answer is what came true first.
void Course::answer_predictions(const Past& past) {
    if (is_step_done()) return;
    for (int block = places_[next_].block; (block = question_before(places_[next_], block)) >= 0;) {
        PredictionState& state = predictions_[{step_, block}];
        if (state.kernel != -1) continue;
        const auto& options =
            lesson_.steps[static_cast<std::size_t>(step_)].blocks[static_cast<std::size_t>(block)].prediction.options;
        EventIndex first = no_id;
        for (std::size_t option = 0; option < options.size(); ++option) {
            const EventIndex event = find_met(past, options[option].seen, block_began_, {});
            if (event < first) first = event, state.kernel = static_cast<int>(option);
        }
    }
}

}  // namespace ipcscope
