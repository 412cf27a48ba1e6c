#include "tests/probe/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace ipcscope::testing {
namespace {

class Server {
 public:
    explicit Server(const Options& options) : options_(options) {
        char directory[] = "/tmp/ipcscope-probe-test-XXXXXX";
        directory_ = mkdtemp(directory);
        path_ = directory_ + "/socket";
        listener_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 || listen(listener_, 128) < 0) abort();
    }
    ~Server() {
        close(listener_);
        std::filesystem::remove_all(directory_);
    }

    const std::string& directory() const { return directory_; }
    const std::string& path() const { return path_; }

    void serve(int timeout_ms, Outcome& outcome) {
        pollfd listening{listener_, POLLIN, 0};
        if (poll(&listening, 1, timeout_ms) <= 0) return;
        const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        Hello hello{};
        if (recv(connection, &hello, sizeof hello, 0) == sizeof hello && hello.magic == hello_magic) answer(connection, hello, outcome);
        close(connection);
    }

    std::size_t sweep(Outcome& outcome) {
        const std::uint64_t until = clock_now(options_.clock);
        std::size_t delivered = 0;
        for (std::size_t i = 0; i < areas_.size(); ++i) {
            delivered += areas_[i].sweep(until, [&](const RingRecord& record) {
                Seen seen{i, record.tid, record.header, {}, {}};
                std::span<const std::byte> rest = record.chunks();
                for (std::size_t word = 0; word < (record.body.size() - rest.size()) / 8; ++word) seen.words.push_back(record.word(word));
                while (const auto chunk = take_chunk(rest)) {
                    if (seen.chunks.size() <= chunk->argument) seen.chunks.resize(chunk->argument + 1u);
                    seen.chunks[chunk->argument].assign(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size());
                }
                outcome.seen.push_back(std::move(seen));
            });
        }
        return delivered;
    }

    // Lets one call go that stands at the gate and whose Enter was swept; in turn.
    bool grant_one(const Outcome& outcome) {
        for (std::size_t turn = 0; turn < areas_.size(); ++turn) {
            const std::size_t i = (last_granted_ + 1 + turn) % areas_.size();
            for (std::uint32_t ring = 0; ring < areas_[i].ring_count(); ++ring) {
                if (!areas_[i].is_at_gate(ring)) continue;
                last_granted_ = i;
                bool is_verdicts_call = false;
                for (auto seen = outcome.seen.rbegin(); seen != outcome.seen.rend(); ++seen)
                    if (seen->area == i && seen->tid == areas_[i].owner(ring)) {
                        is_verdicts_call = seen->is(RecordKind::Enter, options_.verdict_call);
                        break;
                    }
                if (is_verdicts_call) areas_[i].grant(ring, options_.verdict, options_.verdict_value);
                else areas_[i].grant(ring);
                return true;
            }
        }
        return false;
    }

    void finish(Outcome& outcome) const {
        for (const Area& area : areas_) {
            outcome.corrupt += area.corrupt();
            outcome.lost += area.lost();
        }
        std::stable_sort(outcome.seen.begin(), outcome.seen.end(), [](const Seen& a, const Seen& b) { return a.header.stamp < b.header.stamp; });
    }

 private:
    void answer(int connection, const Hello& hello, Outcome& outcome) {
        AreaOptions area_options;
        area_options.process = hello.reason == HelloReason::MoreRings ? hello.parent_process : next_process_++;
        area_options.clock = options_.clock;
        area_options.gate_closed = options_.how == How::Stepped;
        area_options.capture_limit = max_capture;
        area_options.ring_bytes = options_.ring_bytes;
        area_options.ring_count = options_.ring_count;
        Result<Area> area = Area::create(area_options);
        if (!area) abort();
        HelloReply reply{hello_magic, hello_version, area_options.process, 1, area->size()};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        iovec piece{&reply, sizeof reply};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* const attached = CMSG_FIRSTHDR(&message);
        attached->cmsg_level = SOL_SOCKET;
        attached->cmsg_type = SCM_RIGHTS;
        attached->cmsg_len = CMSG_LEN(sizeof(int));
        const int descriptor = area->descriptor();
        memcpy(CMSG_DATA(attached), &descriptor, sizeof descriptor);
        if (sendmsg(connection, &message, MSG_NOSIGNAL) < 0) return;
        area->close_descriptor();
        areas_.push_back(*std::move(area));
        outcome.hellos.push_back(hello);
    }

    const Options& options_;
    std::string directory_, path_;
    int listener_;
    std::uint32_t next_process_ = 0;
    std::size_t last_granted_ = 0;
    std::vector<Area> areas_;
};

}  // namespace

std::size_t Outcome::count(RecordKind kind, CallId call) const {
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [&](const Seen& one) { return one.is(kind, call); }));
}

const Seen* Outcome::first(RecordKind kind, CallId call) const {
    for (const Seen& one : seen)
        if (one.is(kind, call)) return &one;
    return nullptr;
}

std::string Outcome::pairing_error() const {
    std::map<std::pair<std::size_t, std::uint32_t>, std::vector<CallId>> open;
    for (const Seen& one : seen) {
        auto& calls = open[{one.area, one.tid}];
        const bool is_return_of_child = (one.call() == CallId::fork || one.call() == CallId::vfork || one.call() == CallId::pthread_create) && calls.empty();
        if (one.header.kind == RecordKind::Enter) calls.push_back(one.call());
        if (one.header.kind != RecordKind::Exit && one.header.kind != RecordKind::Abandoned) continue;
        if (is_return_of_child) continue;
        if (calls.empty()) return std::string("an exit without an enter: ") + std::string(row_of(one.call()).name);
        if (calls.back() != one.call())
            return "exit of " + std::string(row_of(one.call()).name) + " while in " + std::string(row_of(calls.back()).name);
        calls.pop_back();
    }
    for (const auto& [thread, calls] : open)
        for (const CallId call : calls) {
            const Effect effect = row_of(call).effect;
            if (effect != Effect::Executes && effect != Effect::Exits && effect != Effect::Signals && call != CallId::exit)
                return std::string(row_of(call).name) + " never returned";
        }
    return "";
}

std::string program(const std::string& name) { return std::string(PROGRAMS_DIRECTORY) + "/" + name; }

Outcome run(std::vector<std::string> argv, const Options& options) {
    Outcome outcome;
    Server server(options);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const std::string output_path = server.directory() + "/output";

    std::vector<std::string> environment{"PATH=/usr/bin:/bin", "HOME=/"};
    environment.insert(environment.end(), options.environment.begin(), options.environment.end());
    if (options.how != How::Bare) {
        environment.push_back("LD_PRELOAD=" PROBE_PATH);
        environment.push_back(std::string(socket_variable) + "=" + (options.socket.empty() ? server.path() : options.socket));
        if (!options.sees_inside) environment.push_back(std::string(inside_variable) + "=0");
    }
    std::vector<char*> argument_pointers, environment_pointers;
    for (std::string& text : argv) argument_pointers.push_back(text.data());
    for (std::string& text : environment) environment_pointers.push_back(text.data());
    argument_pointers.push_back(nullptr);
    environment_pointers.push_back(nullptr);

    const pid_t child = fork();
    if (child == 0) {
        const int out = open(output_path.c_str(), O_RDWR | O_CREAT | O_APPEND, 0600);
        const int in = open("/dev/null", O_RDONLY);
        dup2(in, 0);
        dup2(out, 1);
        dup2(out, 2);
        for (int fd = 3; fd < 256; ++fd) close(fd);
        if (chdir(server.directory().c_str()) == 0) execve(argv[0].c_str(), argument_pointers.data(), environment_pointers.data());
        _exit(127);
    }

    const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.deadline_seconds);
    auto next_grant = std::chrono::steady_clock::now();
    bool is_busy = false;
    for (;;) {
        server.serve(is_busy ? 0 : 1, outcome);
        is_busy = server.sweep(outcome) > 0;
        if (options.how == How::Stepped && std::chrono::steady_clock::now() >= next_grant && server.grant_one(outcome)) {
            ++outcome.grants;
            next_grant = std::chrono::steady_clock::now() + std::chrono::milliseconds(options.hold_ms);
            is_busy = true;
        }
        int status;
        const pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended == child) outcome.status = status;
        if (ended < 0 && errno == ECHILD) break;
        if (std::chrono::steady_clock::now() > deadline && !outcome.was_killed_at_deadline) {
            outcome.was_killed_at_deadline = true;
            kill(child, SIGKILL);
        }
    }
    server.sweep(outcome);
    server.finish(outcome);
    std::ifstream output(output_path);
    std::stringstream text;
    text << output.rdbuf();
    outcome.output = text.str();
    return outcome;
}

}  // namespace ipcscope::testing
