#include "core/lesson/check.h"

#include <algorithm>
#include <thread>

#include "core/lesson/lines.h"
#include "core/session/measure.h"

namespace ipcscope {

namespace {

using Kind = Telling::Kind;
using namespace std::chrono_literals;

class Check {
  public:
    Check(const Lesson& lesson, const CheckOptions& options) : lesson_(lesson), options_(options) {}

    CheckReport run() {
        play_steps();
        if (!options_.with_what_ifs || !report_.failures.empty() || !report_.impossible.empty()) return report_;
        for (int step = 0; step < static_cast<int>(lesson_.steps.size()); ++step)
            for (int block = 0; block < block_count(step); ++block)
                if (block_at(step, block).kind == Block::Kind::WhatIf) play_what_if(step, block);
        check_comparison();
        return report_;
    }

  private:
    // Each of its programs carries a message of the smallest size.
    void check_comparison() {
        if (!lesson_.comparison) return;
        MeasureOptions how;
        how.size = lesson_.comparison->sizes.front();
        how.is_private = options_.player.is_private;
        for (const Comparison::Row& row : lesson_.comparison->rows) {
            const auto program = build_program(lesson_, row.program);
            const auto counted = program ? count_calls(*program, how) : Result<CallCosts>(program.failure());
            if (!counted) fail(lesson_.folder + "/lesson.md:" + std::to_string(row.line) + ": " + row.program + ": " + counted.sentence());
        }
    }

    int block_count(int step) const { return static_cast<int>(lesson_.steps[static_cast<std::size_t>(step)].blocks.size()); }
    // Of the lesson that is played: without a wire it is without the wire's goals.
    const Block& block_at(int step, int block) const {
        const Lesson& lesson = player_ ? player_->lesson() : lesson_;
        return lesson.steps[static_cast<std::size_t>(step)].blocks[static_cast<std::size_t>(block)];
    }

    void tell(Telling telling) const {
        if (options_.tell) options_.tell(telling);
    }
    void tell(Kind kind, std::string text, std::string reason = "") const {
        Telling telling;
        telling.kind = kind;
        telling.text = std::move(text);
        telling.reason = std::move(reason);
        tell(std::move(telling));
    }

    void fail(const std::string& sentence) {
        report_.failures.push_back(sentence);
        tell(Kind::Failure, sentence);
    }

    bool open() {
        PlayerOptions how = options_.player;
        how.is_alone = true;
        how.at_rest = [this] { tell_news(); };
        auto player = Player::open(lesson_, {}, std::move(how));
        if (!player) {
            fail(player.sentence());
            return false;
        }
        player_ = std::move(*player);
        told_ = 0;
        told_run_ = player_->run_number();
        return true;
    }

    // Pumps until what plays by itself has played.
    void play() {
        do {
            player_->pump();
            if (!player_->run()) std::this_thread::sleep_for(1ms);  // the compiler works
            tell_news();
        } while (!player_->has_failed() && (player_->is_running() || !player_->run()));
    }

    void play_steps() {
        if (!open()) return;
        for (int step = 0; step < static_cast<int>(lesson_.steps.size()) && !player_->has_failed(); ++step) {
            Telling title;
            title.kind = Kind::Step;
            title.number = step + 1;
            title.text = lesson_.steps[static_cast<std::size_t>(step)].title;
            tell(std::move(title));
            for (int block = 0; block < block_count(step) && !player_->has_failed(); ++block) play_block(step, block);
        }
        count_goals();
        if (player_->lacks_wire()) {
            report_.impossible = player_->status();
            tell(Kind::Failure, report_.impossible);
        }
        else if (player_->has_failed()) fail(player_->status());
        if (options_.keep && player_->run()) options_.keep(player_->run()->trace());
        close();
    }

    void play_block(int step, int block) {
        const Block& here = block_at(step, block);
        if (here.kind == Block::Kind::Predict) tell(Kind::Question, here.prediction.question);
        if (here.kind != Block::Kind::Goals) return;
        player_->run_to(step, block + 1);
        play();
        for (int before = block - 1; before >= 0 && block_at(step, before).kind != Block::Kind::Goals; --before)
            if (block_at(step, before).kind == Block::Kind::Predict)
                grade(block_at(step, before).prediction, player_->prediction(step, before));
    }

    void grade(const Prediction& prediction, const PredictionState& state) {
        ++report_.predictions;
        if (state.kernel >= 0)
            return tell(Kind::Answer, prediction.options[static_cast<std::size_t>(state.kernel)].text, prediction.because);
        if (!player_->has_failed())
            fail(lesson_.folder + "/lesson.md:" + std::to_string(prediction.line) + ": no option of this prediction came true");
    }

    void count_goals() {
        for (int step = 0; step < static_cast<int>(lesson_.steps.size()); ++step)
            for (int block = 0; block < block_count(step); ++block)
                for (int goal = 0; goal < static_cast<int>(block_at(step, block).goals.size()); ++goal) {
                    ++report_.goals;
                    if (player_->goal_state(step, block, goal) == GoalState::Met) ++report_.goals_met;
                }
    }

    void play_what_if(int step, int block) {
        const WhatIf what_if = block_at(step, block).what_if;    // (the player has its own)
        ++report_.what_ifs;
        report_.goals += static_cast<int>(what_if.goals.size());
        if (!open()) return;
        is_silent_ = true;
        player_->run_to(step, block);
        play();
        is_silent_ = false;
        tell(Kind::WhatIf, what_if.title);
        player_->what_if(step, block);
        play();
        if (player_->has_failed()) {
            fail(player_->status());
        } else {
            report_.goals_met += static_cast<int>(what_if.goals.size());
            tell(Kind::Because, player_->what_if_result());
        }
        close();
    }

    void close() {
        report_.witness_lines += player_->witness_lines();
        report_.disagreements += player_->disagreements().size();
        for (const std::string& sentence : player_->disagreements()) fail(lesson_.folder + ": " + sentence);
        player_.reset();
    }

    // --- what has happened since it was last told

    void tell_news() {
        if (player_->run_number() != told_run_) told_run_ = player_->run_number(), told_ = 0;
        if (!player_->run()) return;
        const Trace& trace = player_->run()->trace();
        if (!is_silent_ && options_.tell)
            for (EventIndex i = told_; i < trace.size(); ++i) tell_event(i);
        told_ = trace.size();
    }

    void tell_event(EventIndex index) const {
        const Run& run = *player_->run();
        const Event& event = run.trace()[index];
        if (event.kind == EventKind::Output) return tell(Kind::Output, std::string(run.trace().text(event)));
        for (const AccountLine& line : lines_of({run.trace(), run.model(), run.log()}, index)) {
            if (line.entry->call.is_inside) continue;
            Telling telling;
            telling.kind = line.is_call ? Kind::Call : Kind::Other;
            telling.call = line.entry->call;
            telling.goal_line = goal_met_by(index, line.is_call);
            telling.reason = line.reason;
            telling.text = line.entry->call.line(name_width());
            tell(std::move(telling));
        }
    }

    std::size_t name_width() const {
        std::size_t width = 0;
        for (const std::string& name : lesson_.processes) width = std::max(width, name.size());
        return width;
    }

    int goal_met_by(EventIndex event, bool is_call) const {
        for (int step = 0; step < static_cast<int>(lesson_.steps.size()); ++step)
            for (int block = 0; block < block_count(step); ++block)
                for (std::size_t goal = 0; goal < block_at(step, block).goals.size(); ++goal)
                    if (const Goal& here = block_at(step, block).goals[goal];
                        here.call.has_value() == is_call && player_->met_by(step, block, static_cast<int>(goal)) == event)
                        return here.line;
        return 0;
    }

    const Lesson& lesson_;
    const CheckOptions& options_;
    CheckReport report_;
    std::unique_ptr<Player> player_;
    EventIndex told_ = 0;
    std::uint64_t told_run_ = 0;
    bool is_silent_ = false;
};

}  // namespace

CheckReport check_lesson(const Lesson& lesson, const CheckOptions& options) {
    return Check(lesson, options).run();
}

}  // namespace ipcscope
