// Writes what ipcscope sees of a run, one JSON object an event, for compare.py. The words after WRAPPER run before the program
// ("strace -f …") and are not observed.
//
//     record OUT lesson FOLDER -- WRAPPER…             the lesson, played to its end
//     record OUT stepped PROGRAM ARGUMENT… -- WRAPPER…    held at the gate, one call after the other
//     record OUT free PROGRAM ARGUMENT… -- WRAPPER…       with open gates
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "core/lesson/player.h"
#include "core/trace/json.h"

namespace ipcscope {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr std::chrono::seconds silence{3};    // so long nothing happens, and everybody sleeps: it will stay so

int fail(const std::string& sentence) {
    std::fprintf(stderr, "record: %s\n", sentence.c_str());
    return 1;
}

bool write_trace(const Trace& trace, const std::string& path) {
    std::ofstream out(path);
    for (EventIndex i = 0; i < trace.size(); ++i) out << json_from_event(trace, i) << '\n';
    return static_cast<bool>(out.flush());
}

int record_lesson(const std::string& folder, std::vector<std::string> wrapper, const std::string& path) {
    Result<Lesson> lesson = load_lesson(folder);
    if (!lesson) return fail(lesson.sentence());
    PlayerOptions options;
    options.wrapper = std::move(wrapper);
    options.deadline = patience;
    Result<std::unique_ptr<Player>> opened = Player::open(*lesson, {}, options);
    if (!opened) return fail(opened.sentence());
    Player& player = **opened;
    const auto began = std::chrono::steady_clock::now();
    while (!player.is_done()) {
        player.pump();
        if (player.has_failed()) return fail(player.status());
        if (std::chrono::steady_clock::now() - began > patience) return fail("the lesson did not come to its end");
        if (player.wants_prediction()) player.predict(0, false);
        if (player.is_step_done()) player.advance();    // (where the programs go on, step_next would let them)
        else if (player.can_step()) player.step_next();
        else std::this_thread::yield();
    }
    // Some lessons end with somebody asleep for ever; that is their point.
    const auto& threads = player.run()->model().threads();
    const bool ends = std::none_of(threads.begin(), threads.end(), [](const Thread& thread) { return thread.state == ThreadState::Asleep; });
    if (ends && !player.run()->pump_until_over(patience)) return fail("its processes did not end");
    return write_trace(player.run()->trace(), path) ? 0 : fail("cannot write " + path);
}

// Nobody runs who could still do something: on a busy machine the programs may be silent for long and mean nothing by it.
bool is_at_rest(const Run& run) {
    const auto& threads = run.model().threads();
    return !threads.empty() && std::all_of(threads.begin(), threads.end(), [](const Thread& thread) {
        return thread.state == ThreadState::Ended || thread.state == ThreadState::InKernel || thread.state == ThreadState::Asleep;
    });
}

int record_program(std::vector<std::string> command, bool is_stepped, std::vector<std::string> wrapper, const std::string& path) {
    Launch launch;
    launch.argv = std::move(command);
    launch.wrapper = std::move(wrapper);
    launch.is_held = is_stepped;
    Result<std::unique_ptr<Run>> started = Run::start(std::move(launch), {});
    if (!started) return fail(started.sentence());
    Run& run = **started;
    // Under strace the kernel's word comes late: quiet with nobody at the gate may be followed by somebody who arrives there.
    // Some programs end with somebody asleep for ever.
    const auto began = std::chrono::steady_clock::now();
    auto moved = began;
    while (!run.is_over() && moved - began < patience && std::chrono::steady_clock::now() - moved < silence) {
        const bool has_moved = run.pump() != 0;
        if (has_moved || !(is_stepped ? run.is_quiet() : is_at_rest(run))) moved = std::chrono::steady_clock::now();
        if (!has_moved) std::this_thread::yield();
        if (!is_stepped || !run.is_quiet()) continue;
        const auto& threads = run.model().threads();
        const auto next = std::find_if(threads.begin(), threads.end(), [](const Thread& thread) { return thread.state == ThreadState::AtGate; });
        if (next == threads.end()) continue;
        run.post(Step{next->id});
        moved = std::chrono::steady_clock::now();
    }
    if (moved - began >= patience) return fail("it did not come to its end");
    return write_trace(run.trace(), path) ? 0 : fail("cannot write " + path);
}

}  // namespace
}  // namespace ipcscope

int main(int argc, char** argv) {
    using namespace ipcscope;
    const auto middle = std::find(argv, argv + argc, std::string("--"));
    if (middle - argv < 4 || middle == argv + argc) return fail("record OUT lesson|stepped|free WHAT… -- [WRAPPER…]");
    const std::string path = argv[1], kind = argv[2];
    std::vector<std::string> what(argv + 3, middle), wrapper(middle + 1, argv + argc);
    if (kind == "lesson") return record_lesson(what.front(), std::move(wrapper), path);
    return record_program(std::move(what), kind == "stepped", std::move(wrapper), path);
}
