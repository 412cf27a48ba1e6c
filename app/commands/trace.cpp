#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/printing.h"
#include "app/commands/trace_peer.h"
#include "core/lesson/lines.h"
#include "core/session/run.h"
#include "core/trace/json.h"
#include "core/trace/save.h"

namespace ipcscope {

namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 20ms;
constexpr std::uint32_t captured_bytes = 256;

volatile sig_atomic_t signal_to_pass_on = 0;

// The terminal sends Ctrl-C to the program itself, which is in the same process group; what comes from elsewhere has to be
// passed on.
void remember_signal(int number, siginfo_t* info, void*) {
    if (info->si_code != SI_KERNEL) signal_to_pass_on = number;
}

void catch_signals() {
    struct sigaction action {};
    action.sa_sigaction = remember_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (const int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) sigaction(number, &action, nullptr);
}

std::string unseen_in_words(const Model& model, const Event& event) {
    const Process* process = model.process(event.process);
    std::string what;
    if (event.value[0] > 0) what = counted(static_cast<unsigned long long>(event.value[0]), "read");
    if (event.value[1] > 0)
        what += (what.empty() ? "" : " and ") + counted(static_cast<unsigned long long>(event.value[1]), "write");
    const bool is_one = event.value[0] + event.value[1] == 1;
    return (process ? process->name : "somebody") + ": " + what + " made inside libc " + (is_one ? "was" : "were") +
           " not seen";
}

// Writes what is new since the last time.
class Teller {
  public:
    Teller(std::FILE* stream, bool is_json) : stream_(stream), is_json_(is_json) {}

    void tell_of_peer(TracePeer& peer) {
        for (const std::string& line : peer.take())
            if (!is_json_) write(line);
    }

    void tell(const Run& run) {
        const Trace& trace = run.trace();
        for (; told_ < trace.size(); ++told_) is_json_ ? write(json_from_event(trace, told_)) : tell_event(run, told_);
        std::fflush(stream_);
    }

  private:
    void write(const std::string& line) { std::fprintf(stream_, "%s\n", line.c_str()); }

    void tell_event(const Run& run, EventIndex index) {
        const Event& event = run.trace()[index];
        if (event.kind == EventKind::Unseen && event.value[0] + event.value[1] > 0) write(unseen_in_words(run.model(), event));
        for (const AccountLine& line : lines_of({run.trace(), run.model(), run.log()}, index)) {
            const bool sleeps = event.kind == EventKind::Asleep;  // it will have a line when it returns
            if (!sleeps) write(line.entry->call.line());
        }
    }

    std::FILE* stream_;
    bool is_json_;
    EventIndex told_ = 0;
};

int exit_status_of(const Run& run) {
    const Process* program = run.model().process(0);
    if (!program || !program->wait_status) return exit_failed;
    const int status = *program->wait_status;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

int trace_program(const TraceOptions& options) {
    std::unique_ptr<std::FILE, CloseFile> file;
    if (!options.output.empty()) {
        file.reset(std::fopen(options.output.c_str(), "we"));
        if (!file)
            return complain(options.output + " cannot be written: " + std::strerror(errno) + "; give another file to -o",
                            exit_usage);
    }
    std::unique_ptr<TracePeer> peer;
    if (!options.endpoint.empty()) {
        auto opened = TracePeer::open(options.endpoint);
        if (!opened) return complain(opened.sentence(), exit_usage);
        peer = std::move(*opened);
    }
    Launch launch;
    launch.argv = options.command;
    launch.is_private = false;
    launch.is_held = false;
    launch.has_terminal = false;
    launch.capture_limit = captured_bytes;
    catch_signals();
    const auto started = Run::start(std::move(launch), {});
    if (!started) return complain(started.sentence(), exit_failed);
    Run& run = **started;
    Teller teller(file ? file.get() : stderr, options.is_json);
    for (bool is_over = false; !is_over;) {
        is_over = run.pump_until_over(between_looks);
        teller.tell(run);
        if (peer) teller.tell_of_peer(*peer);
        if (const int number = std::exchange(signal_to_pass_on, 0); number != 0 && !is_over) run.post(Kill{0, number});
    }
    if (!options.recording.empty())
        if (const auto saved = save_trace(run.trace(), options.recording); !saved) return complain(saved.sentence(), exit_usage);
    return exit_status_of(run);
}

}  // namespace ipcscope
