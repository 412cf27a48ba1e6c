#include "core/lesson/packets.h"
#include "core/lesson/player_impl.h"
#include "core/model/explain.h"

namespace ipcscope {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_pump = 8ms;
constexpr std::size_t most_disagreements = 100;

std::string in_seconds(std::chrono::milliseconds time) {
    return std::to_string(time.count() / 1000) + " seconds";
}

}  // namespace

Player::Impl::Impl(Lesson lesson_, std::function<void()> notify_, PlayerOptions options_)
    : lesson(std::move(lesson_)), notify(std::move(notify_)), options(std::move(options_)), course(lesson) {}

void Player::Impl::start(const std::string& which) {
    run.reset();  // first: two runs of one lesson at once would be seen by each other
    source = which;
    choices.clear();
    is_moving = has_failed = false;
    moved_call = moved_thread = moved_process = no_id;
    trouble.clear();
    sentence.clear();
    missed.reset();
    has_open_gates = false;
    moved_packet = 0;
    moved_rule.reset();
    builds.clear();
    built.clear();
    if (lesson.hosts.empty()) builds.push_back(Build::start(lesson, source));
    // (A variant stands in for the first host's program.)
    for (const LessonHost& host : lesson.hosts) builds.push_back(Build::start(lesson, &host == &lesson.hosts.front() ? source : host.program));
    poll_builds();
}

void Player::Impl::poll_builds() {
    while (built.size() < builds.size()) {
        const auto one = builds[built.size()]->poll();
        if (!one) return;
        if (!*one) {
            builds.clear();
            return fail(one->sentence());
        }
        built.push_back(**one);
    }
    if (builds.empty()) return;
    builds.clear();
    launch_built();
}

void Player::Impl::launch_built() {
    Launch launch;
    launch.argv = {built.front()};
    for (std::size_t i = 0; i < lesson.hosts.size(); ++i) {
        const LessonHost& host = lesson.hosts[i];
        LaunchedHost& launched = launch.hosts.emplace_back(LaunchedHost{host.name, host.addresses, {built[i]}});
        launched.argv.insert(launched.argv.end(), host.arguments.begin(), host.arguments.end());
    }
    launch.is_wire_held = lesson.is_wire_held;
    launch.lets_acknowledgments = lesson.lets_acknowledgments;
    launch.lets_handshakes = lesson.lets_handshakes;
    launch.has_wire = options.has_wire;
    launch.has_own_directory = true;
    launch.is_private = options.is_private;
    launch.has_own_network = lesson.has_own_network || options.is_alone;
    launch.wrapper = options.wrapper;
    auto started = Run::start(std::move(launch), lesson.processes, notify, lesson.fields, lesson.threads);
    if (!started) return fail(started.sentence());
    run = std::move(*started);
    ++run_number;
    lacks_wire = lesson.is_wire_held && !lesson.lets_handshakes && !run->session().has_wire();
    const bool was_asked_for = options.has_wire && options.is_private;
    if (lacks_wire)
        return fail(std::string("this lesson holds packets on a wire between hosts, and ") +
                    (was_asked_for ? "this machine gives it none; `ipcscope doctor` says what is missing" : "you asked for none: it cannot be played so"));
    if (!lesson.hosts.empty() && !run->session().has_wire()) leave_out_wire();
    is_moving = true;
    move_deadline = std::chrono::steady_clock::now() + options.deadline;
}

// For visitors who will not wait.
void Player::Impl::open_gates() {
    calls_a_second = -1;
    has_open_gates = true;
    run->post(RunFree{});
}

void Player::Impl::close_gates() {
    if (!has_open_gates) return;
    has_open_gates = false;
    moved_call = moved_thread = moved_process = no_id;
    moved_packet = 0;
    moved_rule.reset();
    is_moving = true;
    move_deadline = std::chrono::steady_clock::now() + options.deadline;
    run->post(Pause{});
}

// Without a wire the same calls are made on one loopback, and what they say is the same.
void Player::Impl::leave_out_wire() {
    const auto leave_out = [](std::vector<Goal>& goals) { return std::erase_if(goals, [](const Goal& goal) { return goal.is_of_wire(); }); };
    std::size_t left_out = 0;
    for (LessonStep& step : lesson.steps)
        for (Block& block : step.blocks) left_out += leave_out(block.goals) + leave_out(block.what_if.goals);
    if (left_out > 0) course.plan();
}

void Player::Impl::pump() {
    const Time end = std::chrono::steady_clock::now() + longest_pump;
    for (;;) {
        poll_builds();
        if (!run) return;
        run->pump();
        if (has_open_gates && run->is_over()) has_open_gates = false, is_moving = true;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (!is_moving && awaits_packet() && run->trace().size() != settled_at) is_moving = true, move_deadline = std::chrono::steady_clock::now() + options.deadline;
        const bool goes_on = is_hurrying() || is_behind();
        if (is_moving && goes_on && left > 0ms) run->pump_until_quiet(left);
        if (is_moving && (run->is_quiet() || run->is_over())) {
            settle();
            if (options.at_rest) options.at_rest();
        }
        if (is_moving && is_carrying()) move_deadline = std::max(move_deadline, std::chrono::steady_clock::now() + options.deadline);
        if (is_moving && std::chrono::steady_clock::now() > move_deadline)
            fail("the programs did not come to rest within " + in_seconds(options.deadline) +
                 "; does one of them go round a loop without making a call? Restart begins anew");
        if (is_at_rest()) drive();
        if (!is_moving || !(is_hurrying() || is_behind()) || left <= 0ms) return;
    }
}

// All is quiet: what has it come to?
void Player::Impl::settle() {
    is_moving = false;
    settled_at = run->trace().size();
    look_at_witnesses();
    if (moved_packet != 0) sentence = sentence_for_packet(past(), moved_packet);
    if (moved_rule) sentence = sentence_for_rule(run->model().network().rules, *moved_rule, host_names());
    if (moved_call != no_id) sentence = sentence_for_call(run->trace(), run->model(), moved_call);
    if (moved_process != no_id && run->model().process(moved_process)->state != ProcessState::Alive)
        sentence = reason_ended(run->trace(), run->model(), moved_process);
    if (has_left() || rehearsal) return;
    course.settle(past());
    while (course.is_step_done() && course.step() < replay_step) course.advance(run->trace().size());
    if (to_replay.empty()) check_next_goal();
}

void Player::Impl::look_at_witnesses() {
    witness_lines += run->witnesses().size();
    for (const WitnessLine& line : run->witnesses())
        if (!line.agrees && disagreements.size() < most_disagreements)
            disagreements.push_back(line.source + ": the kernel says " + line.kernel + ", the model says " + line.model);
}

}  // namespace ipcscope
