// What a step costs, and what waiting costs:  session_step_time
// Prints medians; a benchmark to be read, not a test to be passed.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "core/session/run.h"

using namespace ipcscope;
using namespace std::chrono_literals;

namespace {

double cpu_seconds() {
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

std::unique_ptr<Run> start(const char* program, bool reads_facts) {
    Launch launch;
    launch.argv = {std::string(PROGRAMS_DIRECTORY) + "/" + program};
    launch.reads_facts = reads_facts;
    Result<std::unique_ptr<Run>> run = Run::start(launch, {});
    if (!run) {
        std::fprintf(stderr, "%s\n", run.sentence().c_str());
        std::exit(1);
    }
    (*run)->pump_until_quiet(10s);
    return std::move(*run);
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

// From the Granted event to the Quiet event, by their stamps; and from post() until the Quiet is folded.
void measure_steps(bool reads_facts) {
    const auto run = start("calls", reads_facts);
    std::vector<double> inside, outside;
    for (int step = 0; step < 2000; ++step) {
        const auto before = std::chrono::steady_clock::now();
        run->post(Step{0});
        if (!run->pump_until_quiet(10s)) std::exit(1);
        outside.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count());
        const Trace& trace = run->trace();
        EventIndex granted = trace.size() - 1;
        while (trace[granted].kind != EventKind::Granted) --granted;
        inside.push_back(static_cast<double>(trace[trace.size() - 1].stamp - trace[granted].stamp) / 1e3);
    }
    std::printf("a granted getppid, facts %-3s  in the session %6.1f us   from outside %6.1f us\n", reads_facts ? "on" : "off", median(inside), median(outside));
}

void measure_idling(const char* what, const char* program, int steps) {
    const auto run = start(program, true);
    for (int step = 0; step < steps; ++step) {
        run->post(Step{0});
        run->pump_until_quiet(10s);
    }
    const double before = cpu_seconds();
    std::this_thread::sleep_for(3s);
    std::printf("nothing happens, %-18s  %.2f %% of a core\n", what, (cpu_seconds() - before) / 3 * 100);
}

}  // namespace

int main() {
    measure_steps(false);
    measure_steps(true);
    measure_idling("all at the gate", "pipe_pair", 0);
    measure_idling("one asleep", "own_end", 2);
    measure_idling("one spinning", "spin", 0);
}
