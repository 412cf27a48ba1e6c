// Runs made by hand: events as a session would write them, and the model folded from them.
//
//     Script run;
//     auto parent = run.launch();
//     run.enter(parent, CallId::pipe, {1}).exit(0, fds(3, 4));
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/area.h"
#include "core/events/fact.h"
#include "core/model/canonical.h"
#include "core/model/model.h"

namespace ipcscope {

struct Actor {
    ProcessId process;
    ThreadId thread;
};

// Bytes for an argument: `text` at position `argument`, of which there really were `true_length`.
struct Bytes {
    int argument;
    std::string text;
    std::size_t true_length = 0;
};
Bytes fds(int read_end, int write_end);                    // of pipe
Bytes status(int argument, int wait_status);
Bytes bytes(int argument, std::string_view text, std::size_t true_length = 0);
constexpr int exited(int code) { return code << 8; }
constexpr int killed(int signal) { return signal; }

class Script {
 public:
    explicit Script(std::vector<std::string> names = {});

    // A call that was entered; end it with exit() whenever it returns.
    class Open {
     public:
        Open(Script& script, Actor actor, CallId call) : script_(&script), actor_(actor), call_(call) {}
        Open& grant(Verdict verdict = Verdict::Go, int value = 0);
        Open& asleep(std::string_view wchan = {});
        Open& awake();
        void exit(std::int64_t result, std::vector<Bytes> out = {});
        void exit(std::int64_t result, Bytes out) { exit(result, std::vector<Bytes>{std::move(out)}); }
        void fail(int error);
        void inject(std::int64_t result);                               // returns what ipcscope said at the gate
        void abandon();

     private:
        Script* script_;
        Actor actor_;
        CallId call_;
    };

    Actor launch(int pid = 2);                                          // with a terminal at 0, 1, 2
    Actor born(Actor parent, int pid, BirthHow how = BirthHow::Forked);  // and its thread; the Exit(fork) = 0 is extra
    Actor fork(Actor parent, int pid);                                   // the whole of it: enter, born, both returns
    Actor thread(Actor of);
    void image(Actor actor, std::string_view program, bool is_seen = true);
    void ended(Actor actor, int wait_status);
    Open enter(Actor actor, CallId call, std::vector<std::int64_t> values = {}, std::vector<Bytes> in = {},
               std::uint8_t flags = 0);
    Open hold(Actor actor, CallId call, std::vector<std::int64_t> values = {}, std::vector<Bytes> in = {}) {
        return enter(actor, call, std::move(values), std::move(in), Flag::Held);
    }
    void exit_of_child(Actor child, CallId call = CallId::fork);

    // Whole calls.
    void pipe(Actor actor, int read_end, int write_end, std::int64_t flags = -1);
    Open write_begin(Actor actor, int fd, std::string_view text);
    void write(Actor actor, int fd, std::string_view text);
    Open read_begin(Actor actor, int fd, std::int64_t count);
    void read(Actor actor, int fd, std::string_view text, std::int64_t count = 4096);
    void close(Actor actor, int fd);
    void open(Actor actor, std::string_view path, std::int64_t flags, int fd);

    void found(Actor actor, int fd, std::int64_t flags, std::int64_t inode, std::int64_t mode, std::string_view link,
               std::int64_t same_as = -1);
    void fact(Actor actor, FactKind kind, std::vector<std::int64_t> values, std::string_view text = {});
    void unseen(Actor actor, std::int64_t reads, std::int64_t writes);
    void quiet();

    EventIndex last() const { return trace.size() - 1; }
    std::vector<std::string> lines() const;                              // of the call log
    const Process& process(Actor actor) const { return model.processes()[actor.process]; }
    const Thread& thread_of(Actor actor) const { return model.threads()[actor.thread]; }
    const Object& object(Actor actor, int fd) const;

    Trace trace;
    Model model;
    CallLog log;

 private:
    EventIndex add(Event event, const std::vector<Bytes>& pieces = {});
    Event event_of(EventKind kind, Actor actor) const;
    int threads_ = 0, processes_ = 0, steps_ = 0;
};

Model folded(const Trace& trace, EventIndex until, std::vector<std::string> names = {});

}  // namespace ipcscope
