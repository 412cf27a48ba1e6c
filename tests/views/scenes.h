// Moments that the views must show well, built by hand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/views/timeline_layout.h"
#include "app/views/view.h"
#include "tests/views/trace_builder.h"

namespace ipcscope {

// Everything that a view looks at, folded from a trace.
class Scene {
 public:
    Scene(std::string name, TraceBuilder builder, std::vector<std::string> names, ThreadId next = no_id, float progress = 1);
    Scene(Scene&&) noexcept = default;    // a trace is not to be copied, and a vector moves only what does not throw

    ViewContext context(const Theme& theme);

    std::string name;
    TraceBuilder builder;
    Model model;
    CallLog log;
    ThreadId next;
    Motion motion;
    Selection selection;
    std::vector<Intent> intents;
    std::vector<WitnessLine> witnesses;
    std::shared_ptr<Timeline> timeline = std::make_shared<Timeline>();
};

std::vector<Scene> all_scenes();

}  // namespace ipcscope
