#include "core/lesson/player.h"

#include <algorithm>

#include "core/lesson/player_impl.h"

namespace ipcscope {

Result<std::unique_ptr<Player>> Player::open(Lesson lesson, std::function<void()> notify, PlayerOptions options) {
    if (lesson.steps.empty()) return Failure{lesson.folder + " has no step to play"};
    auto player =
        std::unique_ptr<Player>(new Player(std::make_unique<Impl>(std::move(lesson), std::move(notify), std::move(options))));
    player->impl_->start(player->lesson().program);
    return player;
}

Player::Player(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Player::~Player() = default;

const Lesson& Player::lesson() const {
    return impl_->lesson;
}
Run* Player::run() {
    return impl_->run.get();
}
const Run* Player::run() const {
    return impl_->run.get();
}
std::uint64_t Player::run_number() const {
    return impl_->run_number;
}

std::string Player::status() const {
    if (impl_->has_failed) return impl_->trouble;
    return !impl_->builds.empty() ? "compiling " + impl_->source + " …" : "";
}

bool Player::has_failed() const {
    return impl_->has_failed;
}
bool Player::lacks_wire() const { return impl_->lacks_wire; }

int Player::step() const {
    return impl_->course.step();
}
int Player::block() const {
    return impl_->course.block();
}
bool Player::is_step_done() const {
    return impl_->course.is_step_done();
}
bool Player::is_done() const {
    return impl_->course.is_done();
}

GoalState Player::goal_state(int step, int block, int goal) const {
    const GoalPlace place{step, block, goal};
    if (impl_->missed == place) return GoalState::Missed;
    return impl_->course.met_by(place) == no_id ? GoalState::Waiting : GoalState::Met;
}

EventIndex Player::met_by(int step, int block, int goal) const {
    const bool is_its_run = impl_->source == impl_->lesson.program;  // a variant has events of its own
    return is_its_run ? impl_->course.met_by({step, block, goal}) : no_id;
}
const PredictionState& Player::prediction(int step, int block) const {
    return impl_->course.prediction(step, block);
}
bool Player::wants_prediction() const {
    return !impl_->has_left() && impl_->course.open_question() >= 0;
}
bool Player::is_open() const { return impl_->is_open(); }
bool Player::waits_for_visitors() const { return impl_->waits_for_visitors(); }
bool Player::is_off_script() const {
    return impl_->has_left();
}
ThreadId Player::next_thread() const {
    return impl_->next_thread();
}
std::uint64_t Player::next_packet() const { return impl_->next_packet(); }

int Player::moves() const {
    return static_cast<int>(impl_->choices.size());
}

int Player::total_moves() const {
    const auto has_call = [&](const GoalPlace& place) { return impl_->course.goal_at(place).call.has_value() || impl_->course.goal_at(place).is_of_wire(); };
    return static_cast<int>(std::ranges::count_if(impl_->course.places(), has_call));
}

std::string Player::last_sentence() const {
    return impl_->sentence;
}

std::string Player::what_if_result() const {
    const auto& acting = impl_->acting;
    return acting && acting->is_done ? impl_->what_if_at(acting->step, acting->block).because : "";
}

std::uint64_t Player::witness_lines() const {
    return impl_->witness_lines;
}
const std::vector<std::string>& Player::disagreements() const {
    return impl_->disagreements;
}

void Player::pump() {
    impl_->pump();
}

void Player::predict(int option, bool is_sure) {
    if (wants_prediction()) impl_->course.predict(option, is_sure);
}

bool Player::can_step() const {
    if (!impl_->is_at_rest() || is_running() || wants_prediction()) return false;
    if (impl_->is_open() && impl_->next_thread() != no_id) return true;
    if (!impl_->has_left() && impl_->course.is_step_done()) return !impl_->course.is_done() && !impl_->waits_for_visitors();
    return impl_->next_thread() != no_id || impl_->next_packet() != 0;
}

void Player::step_next() {
    if (can_step() && !impl_->step_open()) impl_->make_lesson_move();
}

void Player::advance() {
    if (impl_->is_at_rest() && !is_running() && !impl_->has_left() && impl_->course.is_step_done()) impl_->show_next_step();
}

void Player::step_thread(ThreadId thread) {
    if (!impl_->is_at_rest() || is_running() || wants_prediction()) return;
    const bool is_other = thread != impl_->next_thread();
    if (impl_->grant(thread) && is_other) impl_->has_diverged = true;
}

void Player::run_free(double calls_a_second) {
    if (calls_a_second >= gates_open_at && impl_->is_at_rest() && impl_->waits_for_visitors()) return impl_->open_gates();
    if (calls_a_second < gates_open_at) impl_->close_gates();
    impl_->calls_a_second = std::max(0.0, calls_a_second);
    impl_->next_move = std::chrono::steady_clock::now();
}

void Player::restart_quietly() {
    impl_->course.restart(false);
    impl_->play_from_start();
}

void Player::run_to(int step, int block) {
    const bool is_behind = impl_->has_left() || impl_->course.next() > impl_->course.goals_before(step, block);
    if (is_behind || has_failed()) {
        restart_quietly();
    }
    impl_->target = {std::min(step, step_count() - 1), block};
}

void Player::pause() {
    impl_->calls_a_second = -1;
    impl_->target.reset();
    impl_->close_gates();
}

bool Player::is_running() const {
    return impl_->is_hurrying() || impl_->calls_a_second >= 0 || impl_->has_open_gates;
}

void Player::back() {
    impl_->back();
}

void Player::restart() {
    pause();
    impl_->course.restart(true);
    impl_->play_from_start();
}

void Player::what_if(int step, int block) {
    if (impl_->rehearsal || impl_->wanted_what_if || (impl_->acting && !impl_->acting->is_done)) return;
    if (impl_->needs_fresh_clocks(impl_->what_if_at(step, block))) restart_quietly();
    run_to(step, block);
    impl_->wanted_what_if = {step, block};
}

void Player::kill(ProcessId process, int signal) {
    impl_->act_by_hand(Action::Kind::Kill, process, signal);
}

void Player::fail_call(ThreadId thread, int error) { impl_->give_verdict(thread, Action::Kind::Fail, error); }
void Player::wake_call(ThreadId thread) { impl_->give_verdict(thread, Action::Kind::Wake, 0); }
void Player::shorten_call(ThreadId thread, int bytes) { impl_->give_verdict(thread, Action::Kind::Shorten, bytes); }

void Player::carry_packet(std::uint64_t number, PacketFate fate) {
    if (!impl_->is_at_rest() || is_running() || wants_prediction()) return;
    if (number == impl_->next_packet() && fate == PacketFate::Delivered && !impl_->has_left()) return impl_->make_lesson_move();
    impl_->leave();
    impl_->carry_by_number(number, kind_for(fate));
}

void Player::delay_packet(std::uint64_t number) {
    if (!impl_->is_at_rest() || is_running() || wants_prediction()) return;
    impl_->leave();
    impl_->carry_by_number(number, Action::Kind::Later);
}

void Player::set_wire(WireChange change) {
    if (!impl_->is_at_rest() || is_running() || !impl_->run->session().has_wire()) return;
    Choice choice;
    choice.action.kind = Action::Kind::SetWire;
    choice.action.rule = change.rule;
    choice.action.number = change.value;
    impl_->leave();
    impl_->make(choice);
}

void Player::close_descriptor(ProcessId process, int descriptor) {
    impl_->act_by_hand(Action::Kind::Close, process, descriptor);
}

void Player::type_input(const std::string& bytes) {
    if (!impl_->is_at_rest() || bytes.empty()) return;
    Choice choice;
    choice.action.kind = Action::Kind::Type;
    choice.action.text = bytes;
    impl_->make(choice);
}

}  // namespace ipcscope
