// A player driven to the end of what it does by itself, with a deadline.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/lesson/lesson.h"
#include "core/lesson/player.h"

namespace ipcscope {

class Playing {
  public:
    explicit Playing(const std::string& folder, PlayerOptions options = {}) {
        auto lesson = load_lesson(folder);
        EXPECT_TRUE(lesson) << lesson.sentence();
        auto player = Player::open(std::move(*lesson), {}, std::move(options));
        EXPECT_TRUE(player) << player.sentence();
        player_ = std::move(*player);
        settle();
    }

    Player& operator*() { return *player_; }
    Player* operator->() { return player_.get(); }

    // Until all is quiet, or the player has failed.
    void settle() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        do {
            player_->pump();
            if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "no rest within 30 seconds";
                return;
            }
            std::this_thread::yield();
        } while (!player_->has_failed() &&
                 (!player_->run() || player_->is_running() || !(player_->run()->is_quiet() || player_->run()->is_over())));
        player_->pump();
    }

    void step(int times = 1) {
        for (; times > 0; --times) player_->step_next(), settle();
    }

    // Answers what is asked with this option, and steps on until the lesson is done.
    void play_to_end(int option = 0) {
        for (int moves = 0; moves < 200 && (player_->can_step() || player_->wants_prediction()); ++moves) {
            if (player_->wants_prediction()) player_->predict(option, true);
            step();
        }
    }

    // The canonical lines of the run, process by process: what two runs with the same choices have in common. (When one
    // call wakes another process, both go on to their next gates at once, and who is there first is nobody's choice.)
    std::string account() const {
        std::string text;
        for (const Process& process : player_->run()->model().processes())
            for (const CallLog::Entry& entry : player_->run()->log().entries())
                if (entry.process == process.id) text += entry.call.line() + "\n";
        return text;
    }

    ThreadId thread_of(const std::string& process) const {
        return player_->run()->model().process_named(process)->threads.at(0);
    }
    ProcessId id_of(const std::string& process) const { return player_->run()->model().process_named(process)->id; }
    std::string state_of(const std::string& process) const {
        const Process* found = player_->run()->model().process_named(process);
        return found && found->wait_status ? text_of_wait_status(*found->wait_status) : "alive";
    }

  private:
    std::unique_ptr<Player> player_;
};

}  // namespace ipcscope
