// A moment of the past: the model folded up to a cursor, and what the kernel said at the last quiet moment before it.
#pragma once

#include <string>
#include <vector>

#include "core/session/run.h"

namespace ipcscope {

class Moment {
 public:
    // Folds what is missing; from the start if the cursor went back. Forget the moment when the run is another one.
    void look_at(const Run& run, const std::vector<std::string>& names, EventIndex cursor);
    void forget();

    const Model& model() const { return model_; }
    const std::vector<WitnessLine>& witnesses() const { return witnesses_; }

 private:
    Model model_;
    std::vector<WitnessLine> witnesses_;
};

}  // namespace ipcscope
