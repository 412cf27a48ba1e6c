#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/endpoint_plan.h"
#include "app/commands/printing.h"
#include "core/model/canonical.h"
#include "core/session/endpoint_desk.h"

namespace ipcscope {

const std::string_view endpoint_schema =
    "With --json, one object a line for each event: time (seconds since 1970), event, peer (its number), local, remote, process\n"
    "(name, pid), length, hex (what was sent or received), waiting (bytes not taken by the kernel yet; of datagrams, how many),\n"
    "error, sentence.\n";

namespace {

using namespace std::chrono_literals;

constexpr auto silence_at_the_end = 1s;

std::string time_of_day(std::chrono::system_clock::time_point at) {
    const auto since = std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
    const time_t seconds = since / 1'000'000;
    struct tm parts {};
    localtime_r(&seconds, &parts);
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d.%06d", parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(since % 1'000'000));
    return text;
}

std::string hex_of(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) text += {digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
    return text;
}

std::string json_of(const EndpointEvent& event) {
    nlohmann::ordered_json json;
    json["time"] = static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(event.at.time_since_epoch()).count()) / 1e6;
    json["event"] = name_of(event.kind);
    if (event.peer != 0) json["peer"] = event.peer;
    if (event.local.is_known()) json["local"] = text_of_address(event.local);
    if (event.remote.is_known()) json["remote"] = text_of_address(event.remote);
    if (event.process) json["process"] = {{"name", event.process->name}, {"pid", event.process->pid}};
    if (event.kind == EndpointEventKind::Received || event.kind == EndpointEventKind::Sent) {
        json["length"] = event.bytes.size();
        json["hex"] = hex_of(event.bytes);
    }
    if (event.waiting > 0) json["waiting"] = event.waiting;
    if (event.error != 0) json["error"] = text_of_errno(event.error);
    if (!event.sentence.empty()) json["sentence"] = event.sentence;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Paint paint_of(EndpointEventKind kind) {
    switch (kind) {
        case EndpointEventKind::Listening:
        case EndpointEventKind::Connected: return Paint::Green;
        case EndpointEventKind::Failed:
        case EndpointEventKind::WasReset:
        case EndpointEventKind::Reset: return Paint::Red;
        case EndpointEventKind::Sent:
        case EndpointEventKind::Noted: return Paint::Dim;
        default: return Paint::Bold;
    }
}

Result<void> ask_for_elsewhere(const EndpointPlan& plan) {
    const std::string where = text_of_address(plan.address);
    const std::string what = where + (plan.listens ? " can be reached by other machines" : " may be another machine") + ": endpoints stay on this one (127.0.0.1, [::1]) unless you say so";
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) return Failure{what + ", with --anywhere"};
    std::fprintf(stderr, "ipcscope: %s.\nOpen it? [y/N] ", what.c_str());
    char answer[16] = "";
    if (std::fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y')) return {};
    return Failure{"nothing was opened"};
}

// One endpoint, and the person who types.
class Talk {
 public:
    explicit Talk(bool is_json) : is_json_(is_json), paint_(stdout) {}

    int hold(const EndpointPlan& plan) {
        desk_.end_on_signals();
        const auto opened = desk_.open(plan, [this](const EndpointEvent& event) { tell(event); });
        if (!opened) return complain(opened.sentence(), exit_failed);
        desk_.read_lines(STDIN_FILENO, [this](std::optional<std::string> line) { line ? obey(*line) : end_of_input(); });
        desk_.run();
        while (is_ending_ && is_alive_) wait_for_silence();
        desk_.close();
        return status_;
    }

 private:
    void tell(const EndpointEvent& event) {
        ++events_;
        print_line(is_json_ ? json_of(event) : paint_(Paint::Dim, time_of_day(event.at)) + "  " + paint_(paint_of(event.kind), text_of_endpoint_event(event)));
        if (event.kind == EndpointEventKind::Failed) status_ = exit_failed;
        const Endpoint* const endpoint = desk_.endpoint();
        if (std::ferror(stdout) || (endpoint && endpoint->is_over())) end();
    }

    void obey(const std::string& line) {
        if (line.find_first_not_of(" \t\r") == line.npos) return;
        if (line == "help" || line == "?") return print_line(endpoint_order_help());
        const auto order = read_endpoint_order(line);
        const auto done = order ? desk_.endpoint()->carry_out(*order) : order.failure();
        if (!done) complain(done.sentence(), status_ = exit_failed);
    }

    // What waits is still sent, and what is on its way still read: in portions, each of which must bring something.
    void end_of_input() {
        is_ending_ = true;
        desk_.endpoint()->end_all();
        desk_.stop();
    }

    void wait_for_silence() {
        const auto before = events_;
        if (!desk_.endpoint() || desk_.endpoint()->is_over() || desk_.endpoint()->peers().empty()) return end();
        is_alive_ = false;                                // unless something happens; a signal ends it, too
        is_alive_ = desk_.run_for(silence_at_the_end) && (events_ != before || desk_.endpoint()->is_sending());
    }

    void end() {
        is_alive_ = false;
        desk_.stop();
    }

    EndpointDesk desk_;
    bool is_json_, is_ending_ = false, is_alive_ = true;
    unsigned long long events_ = 0;
    int status_ = exit_success;
    Painter paint_;
};

}  // namespace

Result<EndpointPlan> endpoint_plan_from(const EndpointOptions& options) {
    EndpointPlan plan;
    plan.listens = options.verb == "listen";
    plan.kind = options.kind == "tcp" ? EndpointKind::Tcp : options.kind == "udp" ? EndpointKind::Udp : options.kind == "unix" ? EndpointKind::UnixStream : EndpointKind::UnixDatagrams;
    const auto address = read_endpoint_address(plan.kind, options.address);
    if (!address) return address.failure();
    plan.address = *address;
    const auto pace = read_pace(options.pace);
    if (!pace) return pace.failure();
    plan.pace = {options.echoes, *pace};
    if (!options.goes_anywhere && !is_of_this_machine(plan.address))
        if (const auto may = ask_for_elsewhere(plan); !may) return may.failure();
    return plan;
}

int run_endpoint(const EndpointOptions& options) {
    const auto plan = endpoint_plan_from(options);
    if (!plan) return complain(plan.sentence(), exit_usage);
    signal(SIGPIPE, SIG_IGN);
    return Talk(options.is_json).hold(*plan);
}

}  // namespace ipcscope
