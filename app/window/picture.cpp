#include "app/window/picture.h"

#include <stb_image_write.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <vector>

namespace ipcscope {

namespace {

using Watch = std::chrono::steady_clock;

bool is_same(const Goal& a, const Goal& b) {
    return a.process == b.process && a.call == b.call && a.outcome == b.outcome && a.value == b.value && a.name == b.name;
}
bool is_same_call(const Goal& a, const Goal& b) { return is_same(a, b) && a.arguments == b.arguments; }

// The option that the lesson's own goals go with: pictures answer as a learner who is right.
int right_option(const Player& player) {
    const std::vector<Block>& blocks = player.lesson().steps[static_cast<std::size_t>(player.step())].blocks;
    const auto at = static_cast<std::size_t>(player.block());
    const std::vector<Prediction::Option>& options = blocks[at].prediction.options;
    for (const auto matches : {is_same_call, is_same})   // the arguments may be patterns: those that are alike come first
        for (std::size_t block = at; block < blocks.size(); ++block)
            for (const Goal& goal : blocks[block].goals)
                for (std::size_t i = 0; i < options.size(); ++i)
                    if (matches(options[i].seen, goal)) return static_cast<int>(i);
    return 0;
}

int goals_met(const Player& player, int step) {
    int met = 0;
    const std::vector<Block>& blocks = player.lesson().steps[static_cast<std::size_t>(step)].blocks;
    for (int block = 0; block < static_cast<int>(blocks.size()); ++block)
        for (int goal = 0; goal < static_cast<int>(blocks[static_cast<std::size_t>(block)].goals.size()); ++goal)
            met += player.goal_state(step, block, goal) == GoalState::Met;
    return met;
}

bool is_there(const Player& player, const WindowOptions& options) {
    const int step = std::max(options.at_step, 1) - 1;
    if (player.step() != step) return player.step() > step;
    if (player.wants_prediction()) return options.at_goal == 0 ? !options.show_predictions_answered : false;
    const int wanted = options.at_goal > 0 ? options.at_goal : 1000;
    return player.is_step_done() || goals_met(player, step) >= wanted;
}

}  // namespace

Result<void> play_to(Desk& desk, const WindowOptions& options) {
    if (const Lesson* const asked_about = desk.unconfirmed()) return Failure{"the lesson in " + asked_about->folder + " did not come with ipcscope; look at its programs, then say --yes"};
    if (!desk.player()) return {};   // the list
    Player& player = *desk.player();
    const auto deadline = Watch::now() + std::chrono::seconds(60);
    while (Watch::now() < deadline) {
        desk.pump();
        if (player.has_failed()) return Failure{player.status()};
        const bool is_settled = player.run() && player.run()->is_quiet();
        if (is_settled && is_there(player, options)) return {};
        if (player.wants_prediction()) {
            player.predict(right_option(player), true);
        } else if (is_settled && player.is_step_done() && !player.is_done()) {
            player.advance();
        } else if (is_settled && player.can_step()) {
            player.is_step_done() ? player.advance() : player.step_next();
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));   // the session's thread is at work
        }
    }
    return Failure{"the lesson did not come to step " + std::to_string(options.at_step) +
                   " within a minute; it stands at step " + std::to_string(player.step() + 1)};
}

Result<void> write_picture(const Pixels& pixels, const std::string& path) {
    if (stbi_write_png(path.c_str(), pixels.width, pixels.height, 3, pixels.rgb.data(), pixels.width * 3)) return {};
    return Failure{"the picture could not be written to " + path};
}

std::string measure_frames(Painter& painter, int frames) {
    std::vector<double> ms;
    double sum = 0;
    for (int i = 0; i < frames; ++i) {
        ms.push_back(static_cast<double>(painter.draw().count()) / 1e6);
        sum += ms.back();
    }
    std::sort(ms.begin(), ms.end());
    char text[120];
    std::snprintf(text, sizeof text, "frames %d  mean %.3f ms  p99 %.3f ms  max %.3f ms", frames, sum / frames,
                  ms[static_cast<std::size_t>(frames) * 99 / 100], ms.back());
    return text;
}

}  // namespace ipcscope
