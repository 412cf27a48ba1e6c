#include "tests/views/scenes.h"

#include <signal.h>
#include <sys/socket.h>

namespace ipcscope {

namespace {

constexpr ProcessId parent = 0, child = 1;

// Parent and child with one pipe; the child has kept its write end if `is_kept`.
TraceBuilder pipe_pair(bool is_kept = false) {
    TraceBuilder t;
    t.launch("/usr/share/ipcscope/lessons/pipe/pipe", 2);
    t.has_terminal(parent);
    t.quiet();
    t.pipe(parent, 3, 4);
    t.quiet();
    t.fork(parent, 3);
    t.quiet();
    if (!is_kept) t.close(child, 4);
    t.quiet();
    t.close(parent, 3);
    t.quiet();
    return t;
}

void fall_asleep_reading(TraceBuilder& t, ProcessId process, int descriptor) {
    t.gate(process, CallId::read, {descriptor, 0x7ffe, 16});
    t.go(process);
    t.sleeps(process, "anon_pipe_read");
}

const std::vector<std::string> family = {"parent", "child"};

Scene asleep() {
    TraceBuilder t = pipe_pair();
    fall_asleep_reading(t, child, 3);
    t.gate(parent, CallId::write, {4, 0x7ffe, 5}, {{1, "hello"}});
    t.quiet();
    return Scene("asleep", std::move(t), family, parent);
}

Scene just_born() {
    TraceBuilder t;
    t.launch("/usr/share/ipcscope/lessons/pipe/pipe", 2);
    t.has_terminal(parent);
    t.quiet();
    t.pipe(parent, 3, 4);
    t.gate(parent, CallId::fork);
    t.quiet();
    return Scene("one-process", std::move(t), family, parent);
}

Scene forked() {
    TraceBuilder t;
    t.launch("/usr/share/ipcscope/lessons/pipe/pipe", 2);
    t.has_terminal(parent);
    t.pipe(parent, 3, 4);
    t.quiet();
    t.fork(parent, 3);
    t.gate(child, CallId::close, {4});
    t.gate(parent, CallId::close, {3});
    t.quiet();
    return Scene("forked", std::move(t), family, child);
}

Scene writing(float progress) {
    TraceBuilder t = pipe_pair();
    t.gate(child, CallId::read, {3, 0x7ffe, 16});
    t.quiet();
    t.gate(parent, CallId::write, {4, 0x7ffe, 5}, {{1, "hello"}});
    t.quiet();
    t.go(parent);
    t.leave(parent, 5);
    t.gate(parent, CallId::close, {4});
    t.quiet();
    return Scene(progress < 1 ? "writing" : "written", std::move(t), family, child, progress);
}

Scene waking(float progress) {
    TraceBuilder t = pipe_pair();
    fall_asleep_reading(t, child, 3);
    t.gate(parent, CallId::write, {4, 0x7ffe, 5}, {{1, "hello"}});
    t.quiet();
    t.go(parent);
    t.wakes(child);
    t.leave(child, 5, {{1, "hello"}});
    t.leave(parent, 5);
    t.gate(parent, CallId::close, {4});
    t.gate(child, CallId::write, {1, 0x7ffe, 6}, {{1, "hello\n"}});
    t.quiet();
    return Scene(progress < 1 ? "waking" : "woken", std::move(t), family, child, progress);
}

Scene guilty() {
    TraceBuilder t = pipe_pair(true);
    t.write(parent, 4, "hello");
    t.quiet();
    t.read(child, 3, 16, "hello");
    t.quiet();
    fall_asleep_reading(t, child, 3);
    t.gate(parent, CallId::waitpid, {3, 0x7ffe, 0});
    t.quiet();
    return Scene("guilty", std::move(t), family, parent);
}

Scene full() {
    TraceBuilder t = pipe_pair();
    t.gate(child, CallId::read, {3, 0x7ffe, 4096});
    const std::string block(4096, 'x');
    for (int i = 0; i < 16; ++i) t.write(parent, 4, block);
    t.quiet();
    t.gate(parent, CallId::write, {4, 0x7ffe, 4096}, {{1, block}});
    t.go(parent);
    t.sleeps(parent, "anon_pipe_write");
    t.quiet();
    return Scene("full", std::move(t), family, child);
}

Scene several_messages() {
    TraceBuilder t = pipe_pair();
    t.gate(child, CallId::read, {3, 0x7ffe, 4});
    for (const char* word : {"one", "two", "three", "four", "a rather long fifth message that has many letters", "six"})
        t.write(parent, 4, word);
    t.gate(parent, CallId::close, {4});
    t.quiet();
    return Scene("messages", std::move(t), family, child);
}

Scene killed() {
    TraceBuilder t = pipe_pair();
    t.close(child, 3);
    t.enter(child, CallId::_exit, {0});
    t.ends(child, 0);
    t.quiet();
    t.gate(parent, CallId::write, {4, 0x7ffe, 5}, {{1, "hello"}});
    t.quiet();
    t.go(parent);
    t.ends(parent, SIGPIPE);
    t.quiet();
    return Scene("killed", std::move(t), family);
}

Scene shared_offset() {
    TraceBuilder t;
    t.launch("/usr/share/ipcscope/lessons/descriptors/offset", 2);
    t.has_terminal(parent);
    t.does(parent, CallId::open, {0x7ffe, O_RDWR | O_CREAT, 0600}, 3, {{0, "/tmp/letters.txt"}});
    t.write(parent, 3, "ABCDEF");
    t.does(parent, CallId::lseek, {3, 0, SEEK_SET}, 0);
    t.fork(parent, 3);
    t.does(child, CallId::open, {0x7ffe, O_RDONLY, 0}, 4, {{0, "/tmp/letters.txt"}});
    t.quiet();
    t.read(child, 3, 3, "ABC");
    t.gate(parent, CallId::read, {3, 0x7ffe, 3});
    t.gate(child, CallId::write, {1, 0x7ffe, 4}, {{1, "ABC\n"}});
    t.quiet();
    return Scene("shared-offset", std::move(t), family, parent);
}

Scene fifo_waiting() {
    TraceBuilder t;
    t.launch("/usr/share/ipcscope/lessons/fifo/reader", 2);
    t.has_terminal(0);
    t.does(0, CallId::mkfifo, {0x7ffe, 0600}, 0, {{0, "/tmp/fifo"}});
    t.fork(0, 3);
    t.quiet();
    t.gate(0, CallId::open, {0x7ffe, O_RDONLY, 0}, {{0, "/tmp/fifo"}});
    t.go(0);
    t.sleeps(0, "wait_for_partner");
    t.gate(1, CallId::open, {0x7ffe, O_WRONLY, 0}, {{0, "/tmp/fifo"}});
    t.quiet();
    return Scene("fifo", std::move(t), {"reader", "writer"}, 1);
}

Scene printed() {
    TraceBuilder t = pipe_pair();
    t.write(parent, 4, "hello");
    t.quiet();
    t.read(child, 3, 16, "hello");
    t.write(child, 1, "child: got 5 bytes: hello\n");
    t.quiet();
    t.gate(parent, CallId::close, {4});
    t.gate(child, CallId::read, {3, 0x7ffe, 16});
    t.quiet();
    return Scene("printed", std::move(t), family, parent);
}

Scene pipeline() {
    TraceBuilder t;
    t.launch("/bin/shell", 2);
    t.has_terminal(0);
    t.pipe(0, 3, 4);
    t.pipe(0, 5, 6);
    t.fork(0, 3);
    t.fork(0, 4);
    t.fork(0, 5);
    t.does(1, CallId::dup2, {4, 1}, 1);
    for (const int d : {3, 4, 5, 6}) t.close(1, d);
    t.does(2, CallId::dup2, {3, 0}, 0);
    t.does(2, CallId::dup2, {6, 1}, 1);
    for (const int d : {3, 4, 5, 6}) t.close(2, d);
    t.does(3, CallId::dup2, {5, 0}, 0);
    for (const int d : {3, 4, 6}) t.close(3, d);
    t.quiet();
    t.close(3, 5);
    t.write(1, 1, "line one\n");
    fall_asleep_reading(t, 3, 0);
    t.gate(2, CallId::read, {0, 0x7ffe, 4096});
    t.gate(1, CallId::write, {1, 0x7ffe, 9}, {{1, "line two\n"}});
    t.gate(0, CallId::waitpid, {3, 0x7ffe, 0});
    t.quiet();
    return Scene("pipeline", std::move(t), {"shell", "ls", "grep", "wc"}, 2);
}

Scene crowd() {
    TraceBuilder t;
    t.launch("/bin/master", 2);
    t.has_terminal(0);
    std::vector<std::string> names{"master"};
    for (int i = 0; i < 7; ++i) {
        t.pipe(0, 3 + 2 * i, 4 + 2 * i);
        t.fork(0, 3 + i);
        names.push_back("worker " + std::to_string(i + 1));
        const auto me = static_cast<ProcessId>(i + 1);
        for (int k = 0; k <= i; ++k) t.close(me, 4 + 2 * k);
        for (int k = 0; k < i; ++k) t.close(me, 3 + 2 * k);
    }
    t.quiet();
    for (int i = 0; i < 7; ++i) {
        t.close(0, 3 + 2 * i);
        fall_asleep_reading(t, static_cast<ProcessId>(i + 1), 3 + 2 * i);
    }
    t.write(0, 6, "job 2");
    t.wakes(2);
    t.leave(2, 5, {{1, "job 2"}});
    t.quiet();
    return Scene("crowd", std::move(t), names);
}

TraceBuilder::Bytes operations(std::vector<sembuf> all) {
    return {1, std::string(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(sembuf))};
}

// A set of which ann has a permit that comes back and ben wants one, a larger one, one that was removed, and a segment that goes
// with its last attachment.
Scene system_v() {
    TraceBuilder t;
    t.launch("/bin/maker", 2);
    t.does(0, CallId::semget, {0x1234, 2, IPC_CREAT | IPC_EXCL | 0600}, 0);
    t.does(0, CallId::semget, {IPC_PRIVATE, 9, 0600}, 1);
    t.does(0, CallId::semget, {IPC_PRIVATE, 1, 0600}, 2);
    t.does(0, CallId::semctl, {0, 0, SETVAL, 1}, 0);
    t.does(0, CallId::semctl, {0, 1, SETVAL, 42}, 0);
    t.does(0, CallId::shmget, {IPC_PRIVATE, 5000, 0600}, 3);
    t.does(0, CallId::shmat, {3, 0, 0}, 0x7f0000000000);
    t.fork(0, 3);
    t.fork(0, 4);
    t.quiet();
    t.does(1, CallId::semop, {0, 0x7ffe, 1}, 0, {operations({{0, -1, SEM_UNDO}})});
    t.enter(2, CallId::semop, {0, 0x7ffe, 2}, {operations({{1, -1, 0}, {0, -1, SEM_UNDO}})});
    t.sleeps(2);
    t.does(0, CallId::semctl, {2, 0, IPC_RMID, 0}, 0);
    t.does(0, CallId::shmctl, {3, IPC_RMID, 0}, 0);
    t.quiet();
    return Scene("system v", std::move(t), {"maker", "ann", "ben"}, 0);
}

Scene nothing() { return Scene("nothing", TraceBuilder(), {}); }

// A server, and two programs that have come from outside: one over two connections.
Scene visited() {
    TraceBuilder t;
    t.launch("/usr/share/ipcscope/lessons/browser/server", 2);
    t.does(parent, CallId::socket, {AF_INET, SOCK_STREAM, 0}, 3);
    t.does(parent, CallId::listen, {3, 8}, 0);
    for (const int descriptor : {4, 5, 6}) {
        t.does(parent, CallId::accept, {3, 0, 0}, descriptor);
        t.visited(parent, descriptor, descriptor == 6 ? 4711 : 4242, descriptor == 6 ? "ipcscope endpoint" : "curl");
    }
    t.gate(parent, CallId::recv, {4, 0x7ffe, 512, 0});
    t.quiet();
    return Scene("visited", std::move(t), {"server"}, parent);
}

}  // namespace

Scene::Scene(std::string scene_name, TraceBuilder scene_builder, std::vector<std::string> names, ThreadId next_thread,
             float progress)
    : name(std::move(scene_name)), builder(std::move(scene_builder)), next(next_thread), motion{progress, progress < 1} {
    model.set_names(std::move(names));
    for (EventIndex i = 0; i < builder.trace().size(); ++i) {
        model.apply(builder.trace(), i);
        log.apply(builder.trace(), model, i);
    }
}

ViewContext Scene::context(const Theme& theme) {
    return {.theme = theme,
            .trace = builder.trace(),
            .model = model,
            .log = log,
            .witnesses = witnesses,
            .cursor = builder.trace().size(),
            .is_now = true,
            .player = nullptr,
            .next_thread = next,
            .motion = motion,
            .selection = selection,
            .intents = intents,
            .prediction_focus = -1,
            .timeline = *timeline};
}

std::vector<Scene> all_scenes() {
    std::vector<Scene> scenes;
    for (auto* make : {nothing, just_born, forked, asleep, guilty, full, several_messages, killed, shared_offset, fifo_waiting,
                       printed, pipeline, crowd, system_v, visited})
        scenes.push_back(make());
    for (const float progress : {0.4f, 1.0f}) scenes.push_back(writing(progress));
    for (const float progress : {0.2f, 0.8f, 1.0f}) scenes.push_back(waking(progress));
    return scenes;
}

}  // namespace ipcscope
