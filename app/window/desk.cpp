#include "app/window/desk.h"

#include <algorithm>

#include "app/views/endpoint_shown.h"
#include "app/views/timeline_layout.h"

namespace ipcscope {

namespace {

using Watch = std::chrono::steady_clock;
constexpr float motion_seconds = 0.45f;

const Trace no_trace;
const Model no_model;
const CallLog no_log;
const std::vector<WitnessLine> no_witnesses;

// Which way a player's choice goes; one overload an intent.
template <class... Handler>
struct Overloaded : Handler... {
    using Handler::operator()...;
};
template <class... Handler>
Overloaded(Handler...) -> Overloaded<Handler...>;

bool is_worth_a_look(const Event& event) {
    switch (event.kind) {
        case EventKind::Enter:
        case EventKind::Exit: return (event.flags & Flag::Inside) == 0;
        case EventKind::Born:
        case EventKind::Image:
        case EventKind::Ended:
        case EventKind::Asleep:
        case EventKind::Awake: return true;
        default: return false;
    }
}

}  // namespace

Desk::Desk(const std::string& lessons_folder, std::function<void()> notify, bool keeps_nothing)
    : lessons_folder_(lessons_folder), notify_(std::move(notify)), keeps_nothing_(keeps_nothing),
      entries_(find_lessons(lessons_folder)),
      timeline_(std::make_shared<Timeline>()),
      endpoint_shown_(std::make_unique<EndpointShown>()) {
    progress = Progress::load(&complaint_);
    const auto last = std::find_if(entries_.begin(), entries_.end(), [&](const LessonEntry& entry) {
        return entry.lesson && entry.lesson->id == progress.settings.last_lesson;
    });
    if (last != entries_.end()) chosen = static_cast<int>(last - entries_.begin());
}

Desk::~Desk() = default;

void Desk::open_chosen() {
    if (chosen < 0 || chosen >= static_cast<int>(entries_.size())) return;
    const LessonEntry& entry = entries_[static_cast<std::size_t>(chosen)];
    if (entry.lesson) start(*entry.lesson);
}

// The nearest entry that lies that way: in the same row, or in the next one the least aside.
void Desk::choose_entry(int across, int down) {
    if (chosen >= static_cast<int>(entry_places.size())) return;
    const ImVec2 from = entry_places[static_cast<std::size_t>(chosen)].center();
    float best = FLT_MAX;
    const int count = static_cast<int>(entry_places.size());
    const int was = chosen;
    for (int i = 0; i < count; ++i) {
        const ImVec2 to = entry_places[static_cast<std::size_t>(i)].center();
        const float along = (to.x - from.x) * static_cast<float>(across) + (to.y - from.y) * static_cast<float>(down);
        const float aside = std::abs(across != 0 ? to.y - from.y : to.x - from.x);
        if (along <= 1 || (across != 0 && aside > 1) || 10 * along + aside >= best) continue;
        best = 10 * along + aside;
        chosen = i;
    }
    if (chosen == was && across != 0) chosen = std::clamp(was + across, 0, count - 1);   // from a row's end to the next row
}

bool Desk::open(const std::string& lesson) {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const LessonEntry& entry) {
        return entry.folder == lesson || (entry.lesson && entry.lesson->id == lesson);
    });
    if (found != entries_.end()) {
        chosen = static_cast<int>(found - entries_.begin());
        if (!found->lesson) complaint_ = found->error;
        open_chosen();
    } else {
        Result<Lesson> loaded = load_lesson(lesson);
        if (loaded) start(*std::move(loaded));
        else complaint_ = loaded.sentence();
    }
    return player_ || unconfirmed_;
}

void Desk::start(Lesson lesson) {
    leave();
    if (!lesson.came_with_ipcscope && !confirmed_.contains(lesson.folder)) {
        unconfirmed_ = std::move(lesson);
        return;
    }
    progress.settings.last_lesson = lesson.id;
    Result<std::unique_ptr<Player>> player = Player::open(std::move(lesson), notify_);
    if (!player) {
        complaint_ = player.sentence();
        return;
    }
    player_ = *std::move(player);
    if (const auto& comparison = player_->lesson().comparison) comparison_.sizes = comparison->sizes;
    note_progress();
}

void Desk::change_speed(double factor) {
    act(WantSpeed{std::clamp(progress.settings.calls_a_second * factor, slowest_run, fastest_run)});
}

void Desk::confirm(bool yes) {
    if (!unconfirmed_) return;
    Lesson lesson = *std::exchange(unconfirmed_, std::nullopt);
    if (!yes) return;
    confirmed_.insert(lesson.folder);
    start(std::move(lesson));
}

void Desk::leave() {
    if (player_) note_progress();
    player_.reset();
    leave_comparison();
    leave_endpoint();
    moment_.forget();
    timeline_ = std::make_shared<Timeline>();
    selection_ = {};
    cursor_ = no_id;
    seen_run_ = 0;
    seen_step_ = seen_block_ = -1;
    full_pane = -1;
    intents.clear();
}

void Desk::note_progress() {
    const Lesson& lesson = player_->lesson();
    LessonProgress& kept = progress.lessons[lesson.id];
    int made = 0, right = 0;
    for (int step = 0; step < player_->step_count(); ++step) {
        const std::vector<Block>& blocks = lesson.steps[static_cast<std::size_t>(step)].blocks;
        for (int block = 0; block < static_cast<int>(blocks.size()); ++block) {
            if (blocks[static_cast<std::size_t>(block)].kind != Block::Kind::Predict) continue;
            const PredictionState& state = player_->prediction(step, block);
            made += state.kernel >= 0 && state.chosen >= 0;
            right += state.kernel >= 0 && state.chosen == state.kernel;
        }
    }
    kept.step_count = player_->step_count();
    kept.steps_done = std::max(kept.steps_done, player_->step() + (player_->is_step_done() ? 1 : 0));
    kept.is_finished |= player_->is_done();
    if (made >= kept.predictions_made) kept.predictions_made = made, kept.predictions_right = right;
    if (keeps_nothing_) return;
    if (const Result<void> saved = progress.save(); !saved) complaint_ = saved.sentence();
}

void Desk::pump() {
    follow_comparison();
    follow_endpoint();
    if (!player_) return;
    player_->pump();
    const Run* run = player_->run();
    const EventIndex events = run ? run->trace().size() : 0;
    const bool is_new_run = player_->run_number() != seen_run_ || events < seen_events_;
    if (is_new_run) {
        selection_ = {};
        cursor_ = no_id;
        moment_.forget();
        timeline_ = std::make_shared<Timeline>();
    }
    if (is_new_run || events != seen_events_) moved_at_ = Watch::now();
    seen_run_ = player_->run_number();
    seen_events_ = events;
    if (player_->step() != seen_step_ || player_->block() != seen_block_) {
        seen_step_ = player_->step();
        seen_block_ = player_->block();
        prediction_focus_ = -1;
        is_sure_ = true;
        must_choose_ = false;
        note_progress();
    }
}

bool Desk::is_moving() const {
    if (!player_) return false;
    const bool is_settling = has_motion && Watch::now() - moved_at_ < std::chrono::duration<float>(motion_seconds);
    return is_settling || player_->is_running() || !player_->status().empty();
}

ViewContext Desk::context(const Theme& theme) {
    const Run* run = player_ ? player_->run() : nullptr;
    const bool is_past = run && cursor_ != no_id;
    if (is_past) moment_.look_at(*run, player_->lesson().processes, cursor_);
    const float age = std::chrono::duration<float>(Watch::now() - moved_at_).count() / motion_seconds;
    const float rest = has_motion ? 1 - std::clamp(age, 0.0f, 1.0f) : 0;
    const std::size_t next = next_entry();
    return {.theme = theme,
            .trace = run ? run->trace() : no_trace,
            .model = is_past ? moment_.model() : run ? run->model() : no_model,
            .log = run ? run->log() : no_log,
            .witnesses = is_past ? moment_.witnesses() : run ? run->witnesses() : no_witnesses,
            .cursor = is_past ? cursor_ : run ? run->trace().size() : 0,
            .is_now = !is_past,
            .player = player_.get(),
            .next_thread = player_ ? player_->next_thread() : no_id,
            .motion = {.progress = 1 - rest * rest * rest, .is_on = has_motion},
            .selection = selection_,
            .intents = intents,
            .prediction_focus = prediction_focus_,
            .is_sure = is_sure_,
            .must_choose = must_choose_,
            .is_searching = is_searching,
            .scroll = scroll,
            .next_lesson = next < entries_.size() ? std::string_view(entries_[next].lesson->title) : std::string_view(),
            .timeline = *timeline_,
            .comparison = player_ && player_->lesson().comparison ? &comparison_ : nullptr,
            .endpoint = player_ && !player_->lesson().has_own_network ? endpoint_shown_.get() : nullptr};
}

std::size_t Desk::next_entry() const {
    const auto is_open = [&](const LessonEntry& entry) {
        return player_ && entry.lesson && entry.lesson->folder == player_->lesson().folder;
    };
    auto next = std::find_if(entries_.begin(), entries_.end(), is_open);
    if (next != entries_.end())
        next = std::find_if(next + 1, entries_.end(), [](const LessonEntry& entry) { return entry.lesson.has_value(); });
    return static_cast<std::size_t>(next - entries_.begin());
}

void Desk::step() {
    if (!player_) return;
    if (!is_now()) return act(WantCursor{no_id});
    if (player_->is_running()) return act(WantRun{});
    if (player_->wants_prediction()) {
        if (prediction_focus_ >= 0) act(WantPredict{prediction_focus_, is_sure_});
        else must_choose_ = true;
        return;
    }
    const bool is_at_rest = player_->run() && player_->run()->is_quiet();
    if (player_->is_off_script()) return player_->can_step() ? act(WantStep{}) : is_at_rest ? act(WantBack{}) : void();
    if (player_->waits_for_visitors() && !player_->can_step()) return;    // (Enter goes on)
    const bool steps_on = !player_->is_step_done() || (player_->is_open() && player_->can_step());
    act(steps_on ? Intent(WantStep{}) : Intent(WantAdvance{}));
}

void Desk::go_onward() { player_ && is_now() && player_->is_open() && !player_->is_running() ? act(WantAdvance{}) : step(); }

void Desk::choose_option(int by) {
    const Block& block =
        player_->lesson().steps[static_cast<std::size_t>(player_->step())].blocks[static_cast<std::size_t>(player_->block())];
    const int count = static_cast<int>(block.prediction.options.size());
    const int from = prediction_focus_ < 0 && by < 0 ? count : prediction_focus_;
    act(WantChoose{std::clamp(from + by, 0, count - 1)});
}

void Desk::what_if(int nth) {
    if (!player_) return;
    const int step = player_->step();
    const std::vector<Block>& blocks = player_->lesson().steps[static_cast<std::size_t>(step)].blocks;
    for (int block = 0; block < static_cast<int>(blocks.size()); ++block) {
        if (block > player_->block() && !player_->is_step_done()) return;
        if (blocks[static_cast<std::size_t>(block)].kind == Block::Kind::WhatIf && nth-- == 0)
            return act(WantWhatIf{step, block});
    }
}

void Desk::move_cursor(int by) {
    const Run* run = player_ ? player_->run() : nullptr;
    if (!run) return;
    const Trace& trace = run->trace();
    EventIndex at = cursor_ == no_id ? trace.size() : cursor_;
    do {
        if ((by < 0 && at <= 1) || (by > 0 && at >= trace.size())) break;
        at = by < 0 ? at - 1 : at + 1;
    } while (!is_worth_a_look(trace[at - 1]));
    act(WantCursor{at});
}

int Desk::top_pane() const {
    if (full_pane >= 0) return full_pane;
    if (std::find(tab_panes.begin(), tab_panes.end(), top_pane_) != tab_panes.end()) return top_pane_;
    return tab_panes.empty() ? -1 : tab_panes.front();
}

void Desk::show_pane(int pane) {
    if (full_pane >= 0) full_pane = pane;
    else top_pane_ = pane;
}

void Desk::turn_tab(int by) {
    const auto count = static_cast<int>(tab_panes.size());
    if (count == 0) return;
    const auto at = static_cast<int>(std::find(tab_panes.begin(), tab_panes.end(), top_pane()) - tab_panes.begin());
    show_pane(tab_panes[static_cast<std::size_t>((at + by + count) % count)]);
}

void Desk::search() {
    show_pane(pane::first_side);
    is_searching = true;
}

void Desk::act(const Intent& intent) {
    if (!player_) return;
    Player& player = *player_;
    const auto to_now = [this] { cursor_ = no_id; };
    std::visit(Overloaded{
                   [&](WantStep) { to_now(), player.can_step() ? player.step_next() : void(); },
                   [&](WantStepThread want) { to_now(), player.step_thread(want.thread); },
                   [&](WantChoose want) { prediction_focus_ = want.option, must_choose_ = false; },
                   [&](WantSure want) { is_sure_ = want.is_sure; },
                   [&](WantPredict want) {
                       if (want.option >= 0) to_now(), player.predict(want.option, want.is_sure);
                   },
                   [&](WantWhatIf want) { to_now(), player.what_if(want.step, want.block); },
                   [&](WantFail want) { to_now(), player.fail_call(want.thread, want.error); },
                   [&](WantWake want) { to_now(), player.wake_call(want.thread); },
                   [&](WantShorten want) { to_now(), player.shorten_call(want.thread, want.bytes); },
                   [&](WantCarry want) { to_now(), player.carry_packet(want.packet, want.fate); },
                   [&](WantDelay want) { to_now(), player.delay_packet(want.packet); },
                   [&](WantWire want) { to_now(), player.set_wire(want.change); },
                   [&](WantKill want) { to_now(), player.kill(want.process, want.signal); },
                   [&](WantClose want) { to_now(), player.close_descriptor(want.process, want.descriptor); },
                   [&](WantCursor want) {
                       const bool is_end = want.at == no_id || !player.run() || want.at >= player.run()->trace().size();
                       cursor_ = is_end ? no_id : std::max<EventIndex>(want.at, 1);
                   },
                   [&](WantBack) { to_now(), player.back(); },
                   [&](WantRestart) { to_now(), player.restart(); },
                   [&](WantRun) {
                       to_now(), player.is_running() ? player.pause() : player.run_free(progress.settings.calls_a_second);
                   },
                   [&](WantAdvance) {
                       to_now();
                       if (!player.is_done()) return player.advance();
                       const std::size_t next = next_entry();
                       if (next >= entries_.size()) return leave();
                       chosen = static_cast<int>(next);
                       open_chosen();
                   },
                   [&](const WantInput& want) { player.type_input(want.bytes); },
                   [&](const WantCopy& want) { copied = want.text; },
                   [&](WantSize want) { comparison_.chosen = static_cast<std::size_t>(want.nth); },
                   [&](WantMeasure) { measure(); },
                   [&](const WantEndpoint& want) { act_on(want); },
                   [&](WantSpeed want) {
                       progress.settings.calls_a_second = want.calls_a_second;
                       if (player.is_running()) player.run_free(want.calls_a_second);
                   },
               },
               intent);
}

void Desk::carry_out() {
    const std::vector<Intent> wanted = std::exchange(intents, {});
    for (const Intent& intent : wanted) act(intent);
    if (std::exchange(wants_list, false)) leave();
    if (std::exchange(opens_chosen, false)) open_chosen();
    if (const int answer = std::exchange(answer_confirm, -1); answer >= 0) confirm(answer == 1);
}

}  // namespace ipcscope
