// What ipcscope costs, as ratios in one run: the same program bare, observed with open gates, and under strace -f, taken in
// turns (so that what the machine does meanwhile hits all of them alike), pinned to one core with the session on another.
// Beside each ratio stands the noise: how much the bare runs differ among themselves. Never a test: figures are for reading.
//
//     build/release/tests/bench/bench [rounds]      (on a machine that does nothing else; 0 rounds: only the wire and the window)
// first_frame.py beside it tells how long the window takes to open.
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "core/session/run.h"
#include "core/session/session.h"
#include "tests/views/long_trace.h"

extern char** environ;

namespace ipcscope {
namespace {

using Seconds = std::chrono::duration<double>;

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void pin_to_core(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

// Runs it without us and gives back what it printed.
std::string output_of(const std::vector<std::string>& argv) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return {};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::string output;
    char buffer[256];
    for (ssize_t n; error == 0 && (n = read(ends[0], buffer, sizeof buffer)) > 0;) output.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    if (error == 0) waitpid(pid, nullptr, 0);
    return output;
}

// Runs it observed, with open gates, and gives back what it printed; its events are taken and thrown away.
std::string output_observed(Launch launch, std::uint64_t* events) {
    launch.is_held = false;
    launch.reads_facts = false;
    launch.capture_limit = 256;
    Result<std::unique_ptr<Session>> session = Session::start(std::move(launch));
    if (!session) {
        std::fprintf(stderr, "bench: %s\n", session.sentence().c_str());
        std::exit(1);
    }
    std::string output;
    EventBatch batch;
    while ((*session)->wait(batch, std::chrono::seconds(60))) {
        *events += batch.events.size();
        for (const Event& event : batch.events) {
            if (event.kind != EventKind::Output) continue;
            std::span<const std::byte> payload(batch.bytes.data() + event.payload, event.payload_size);
            if (const auto chunk = take_chunk(payload))
                output.append(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
        }
    }
    return output;
}

struct Workload {
    const char* what;
    const char* kind;
    const char* count;
    const char* count_strace;   // fewer: it is that slow
    double aim;                 // PROBE.md's goal for observed against bare
};

void compare(const std::string& program, const Workload& load, int rounds) {
    std::vector<double> bare, observed, strace;
    std::uint64_t events = 0;
    for (int round = 0; round < rounds; ++round) {
        bare.push_back(std::atof(output_of({"taskset", "-c", "0", program, load.kind, load.count}).c_str()));
        Launch launch;
        launch.argv = {program, load.kind, load.count};
        launch.wrapper = {"taskset", "-c", "0"};
        launch.is_private = false;
        observed.push_back(std::atof(output_observed(std::move(launch), &events).c_str()));
        strace.push_back(std::atof(output_of({"strace", "-f", "-o", "/dev/null", "taskset", "-c", "0", program, load.kind, load.count_strace}).c_str()));
    }
    const double one = median(bare);
    const auto [least, most] = std::minmax_element(bare.begin(), bare.end());
    std::printf("%-34s bare %9.1f ns   observed %5.2f times (aim %4.2f)   strace -f %7.1f times   noise %4.1f%%   %llu events a run\n",
                load.what, one, median(observed) / one, load.aim, median(strace) / one, 100 * (*most - *least) / one,
                static_cast<unsigned long long>(events / static_cast<unsigned>(rounds)));
    std::fflush(stdout);
}

struct WireFigures {
    double bits_a_second = 0, round_trip_ns = 0;
};

WireFigures figures_in(const std::string& output) {
    WireFigures figures;
    (void)std::sscanf(output.c_str(), "%lf %lf", &figures.bits_a_second, &figures.round_trip_ns);
    return figures;
}

// Two hosts' kernels, and each packet between them through the session's hands; beside it, one kernel's loopback.
void wire(const std::string& program, const char* bytes) {
    const char *const port = "7321", *const trips = "20000";
    pid_t server = -1;
    const char* const serve[] = {program.c_str(), "serve", port, nullptr};
    if (posix_spawn(&server, program.c_str(), nullptr, nullptr, const_cast<char**>(serve), environ) != 0) return;
    const WireFigures loopback = figures_in(output_of({program, "call", "127.0.0.1", port, bytes, trips}));
    waitpid(server, nullptr, 0);
    Launch launch;
    launch.hosts = {{"server", {"192.0.2.2/24"}, {program, "serve", port}}, {"client", {"192.0.2.1/24"}, {program, "call", "@server", port, bytes, trips}}};
    std::uint64_t events = 0;
    const WireFigures hosts = figures_in(output_observed(std::move(launch), &events));
    std::printf("two hosts and the wire             %6.2f Gbit/s (aim 1; loopback %6.2f)   round trip %6.1f µs (aim under 100; loopback %5.1f)   %llu events\n",
                hosts.bits_a_second / 1e9, loopback.bits_a_second / 1e9, hosts.round_trip_ns / 1e3, loopback.round_trip_ns / 1e3,
                static_cast<unsigned long long>(events));
    std::fflush(stdout);
}

// From posting Step to having the Quiet that ends it, for a call that wakes nobody.
void granted_step(const std::string& program, const char* where, std::vector<std::string> wrapper, bool reads_facts) {
    Launch launch;
    launch.argv = {program, "ask", "2000"};
    launch.wrapper = std::move(wrapper);
    launch.reads_facts = reads_facts;
    Result<std::unique_ptr<Run>> run = Run::start(std::move(launch), {});
    if (!run) {
        std::fprintf(stderr, "bench: %s\n", run.sentence().c_str());
        std::exit(1);
    }
    (*run)->pump_until_quiet(std::chrono::seconds(10));
    std::vector<double> times;
    EventBatch batch;
    for (int i = 0; i < 1000; ++i) {
        const auto began = std::chrono::steady_clock::now();
        (*run)->post(Step{0});
        while (!(*run)->is_quiet())
            if (!(*run)->pump()) sched_yield();
        times.push_back(Seconds(std::chrono::steady_clock::now() - began).count() * 1e6);
    }
    std::sort(times.begin(), times.end());
    std::printf("granted step, %-40s median %6.1f µs   90%% under %6.1f µs\n", where, times[times.size() / 2], times[times.size() * 9 / 10]);
    std::fflush(stdout);
}

// The window itself, under an X server of its own: it says its figures.
void window_frames() {
    const std::string said = output_of({"xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", IPCSCOPE, "--lesson", "pipe", "--bench-frames", "300"});
    std::printf("%s", said.empty() ? "the window did not say how long its frames take\n" : said.c_str());
    const TimelineCost cost = measure_timeline(1'000'000, 6);
    std::printf("timeline of %u events              index %6.1f ms   dearest frame %5.2f ms   all in view %5.2f ms   (our own work, aim 4 ms)\n", cost.events,
                cost.index_ms, cost.frame_ms, cost.frame_everything_ms);
}

}  // namespace
}  // namespace ipcscope

int main(int argc, char** argv) {
    using namespace ipcscope;
    const int rounds = argc > 1 ? std::max(0, std::atoi(argv[1])) : 9;
    const std::string program = WORKLOAD;
    pin_to_core(1);
    for (const Workload& load : {Workload{"a byte read and written (dd bs=1)", "bytes", "1000000", "10000", 1.15},
                                 Workload{"getppid", "ask", "2000000", "20000", 1.25},
                                 Workload{"pipe round trip, 64 bytes", "round-trips", "50000", "3000", 1.15},
                                 Workload{"fork, exec, wait", "spawns", "200", "50", 1.20}})
        if (rounds > 0) compare(program, load, rounds);
    granted_step(program, "program on the other core", {"taskset", "-c", "0"}, false);
    granted_step(program, "program on the same core", {"taskset", "-c", "1"}, false);
    granted_step(program, "other core, with the kernel's facts", {"taskset", "-c", "0"}, true);
    cpu_set_t all;
    CPU_ZERO(&all);
    for (int core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
    sched_setaffinity(0, sizeof all, &all);
    wire(WIRE_LOAD, "500000000");
    window_frames();
    return 0;
}
