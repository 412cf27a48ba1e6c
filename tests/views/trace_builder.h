// Builds traces by hand, as core/events/event.h says, without a program: for pictures and for tests of views.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/fact.h"
#include "core/trace/trace.h"

namespace ipcscope {

class TraceBuilder {
 public:
    using Values = std::initializer_list<std::int64_t>;
    struct Bytes {
        int argument;
        std::string bytes;
        std::size_t true_length = 0;   // 0: as many as there are
    };

    const Trace& trace() const { return trace_; }

    ProcessId launch(const std::string& program, pid_t pid) { return birth(pid, no_id, BirthHow::Launched, program); }
    ProcessId forked(ProcessId parent, pid_t pid) { return birth(pid, parent, BirthHow::Forked, ""); }

    void has_terminal(ProcessId process) {
        for (int i = 0; i < 3; ++i) {
            Event event = make(EventKind::Found, process);
            event.value[0] = i, event.value[1] = O_RDWR, event.value[3] = 5, event.value[4] = S_IFCHR | 0620;
            event.value[5] = i == 0 ? -1 : static_cast<std::int64_t>(process) << 32;
            add(event, {{0, "/dev/pts/3"}});
        }
    }

    // A call that stands at the gate until go(), or begins at once.
    void gate(ProcessId process, CallId call, Values values = {}, std::vector<Bytes> bytes = {}) {
        enter(process, call, values, std::move(bytes), Flag::Held);
    }
    void enter(ProcessId process, CallId call, Values values = {}, std::vector<Bytes> bytes = {}, std::uint8_t flags = 0) {
        Event event = make(EventKind::Enter, process);
        event.call = static_cast<std::uint16_t>(call);
        event.flags = flags;
        event.site = site;
        std::size_t i = 0;
        for (const std::int64_t value : values) event.value[i++] = value;
        calls_[process] = event.call;
        add(event, bytes);
    }
    void go(ProcessId process) { add(of_call(EventKind::Granted, process)); }
    void leave(ProcessId process, std::int64_t result, std::vector<Bytes> bytes = {}, int error = 0) {
        Event event = of_call(EventKind::Exit, process);
        event.value[0] = result;
        event.error = error;
        add(event, bytes);
    }
    void sleeps(ProcessId process, const char* wchan = "") { add(of_call(EventKind::Asleep, process), {{0, wchan}}); }
    void wakes(ProcessId process) { add(of_call(EventKind::Awake, process)); }
    void ends(ProcessId process, int wait_status) {
        Event event = make(EventKind::Ended, process);
        event.value[0] = wait_status;
        add(event);
    }
    // The kernel says that somebody with this pid is its parent now.
    void adopted(ProcessId process, pid_t by) {
        Event event = make(EventKind::Fact, process);
        event.value[0] = static_cast<std::int64_t>(FactKind::Parent);
        event.value[1] = 4000 + by, event.value[2] = by;
        add(event);
    }
    // The kernel says who has the other end of this socket.
    void visited(ProcessId process, int descriptor, pid_t by, const std::string& name) {
        Event event = make(EventKind::Fact, process);
        event.value[0] = static_cast<std::int64_t>(FactKind::Peer);
        event.value[1] = descriptor, event.value[2] = by, event.value[3] = 1000;
        add(event, {{0, name}});
    }
    void quiet() {
        Event event;
        event.kind = EventKind::Quiet;
        event.value[0] = ++steps_;
        add(event);
    }

    // Whole calls.
    void does(ProcessId process, CallId call, Values values, std::int64_t result, std::vector<Bytes> in = {},
              std::vector<Bytes> out = {}, int error = 0) {
        enter(process, call, values, std::move(in));
        leave(process, result, std::move(out), error);
    }
    void pipe(ProcessId process, int read_end, int write_end) {
        does(process, CallId::pipe, {0x7ffe}, 0, {}, {pair(read_end, write_end)});
    }
    void close(ProcessId process, int descriptor) { does(process, CallId::close, {descriptor}, 0); }
    ProcessId fork(ProcessId parent, pid_t pid) {
        enter(parent, CallId::fork);
        const ProcessId child = forked(parent, pid);
        leave(parent, pid);
        return child;
    }
    void write(ProcessId process, int descriptor, const std::string& bytes) {
        const auto size = static_cast<std::int64_t>(bytes.size());
        does(process, CallId::write, {descriptor, 0x7ffe, size}, size, {{1, bytes}});
    }
    void read(ProcessId process, int descriptor, std::int64_t count, const std::string& bytes) {
        does(process, CallId::read, {descriptor, 0x7ffe, count}, static_cast<std::int64_t>(bytes.size()), {}, {{1, bytes}});
    }
    static Bytes pair(int read_end, int write_end) {
        const int numbers[2] = {read_end, write_end};
        return {0, std::string(reinterpret_cast<const char*>(numbers), sizeof numbers)};
    }

    std::uint64_t site = 0;            // of the calls that follow
    std::uint64_t step_ns = 20'000;    // between two events

 private:
    ProcessId birth(pid_t pid, ProcessId parent, BirthHow how, const std::string& program) {
        const ProcessId process = births_++;
        Event event = make(EventKind::Born, process);
        event.value[0] = event.value[1] = pid;
        event.value[2] = parent == no_id ? static_cast<std::int64_t>(no_id) : static_cast<std::int64_t>(parent);
        event.value[3] = static_cast<std::int64_t>(how);
        std::vector<Bytes> texts;
        if (!program.empty()) texts = {{0, program}, {1, program}};
        add(event, texts);
        Event thread = make(EventKind::ThreadBorn, process);
        thread.value[0] = thread.value[1] = pid;
        add(thread);
        return process;
    }
    Event make(EventKind kind, ProcessId process) const {
        Event event;
        event.kind = kind;
        event.process = event.thread = process;   // one thread each
        return event;
    }
    Event of_call(EventKind kind, ProcessId process) {
        Event event = make(kind, process);
        event.call = calls_[process];
        return event;
    }
    void add(Event event, const std::vector<Bytes>& bytes = {}) {
        event.stamp = now_ += step_ns;
        std::vector<std::byte> payload;
        for (const Bytes& piece : bytes) {
            const ChunkHeader header{static_cast<std::uint32_t>(std::max(piece.true_length, piece.bytes.size())),
                                     static_cast<std::uint16_t>(piece.bytes.size()), static_cast<std::uint8_t>(piece.argument),
                                     0};
            const std::size_t at = payload.size();
            payload.resize(at + chunk_size(piece.bytes.size()));
            std::memcpy(payload.data() + at, &header, sizeof header);
            std::memcpy(payload.data() + at + sizeof header, piece.bytes.data(), piece.bytes.size());
        }
        trace_.append(event, payload);
    }

    Trace trace_;
    std::map<ProcessId, std::uint16_t> calls_;
    ProcessId births_ = 0;
    std::int64_t steps_ = 0;
    std::uint64_t now_ = 0;
};

}  // namespace ipcscope
