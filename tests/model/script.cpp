#include "tests/model/script.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace ipcscope {
namespace {

template <class T>
std::string raw(const T& value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

}  // namespace

Bytes fds(int read_end, int write_end) { return {0, raw(std::array{read_end, write_end})}; }
Bytes status(int argument, int wait_status) { return {argument, raw(wait_status)}; }
Bytes bytes(int argument, std::string_view text, std::size_t true_length) { return {argument, std::string(text), true_length}; }

Script::Script(std::vector<std::string> names) { model.set_names(std::move(names)); }

EventIndex Script::add(Event event, const std::vector<Bytes>& in) {
    std::vector<EventBatch::Piece> pieces;
    for (const Bytes& piece : in)
        pieces.push_back({static_cast<std::uint8_t>(piece.argument), std::as_bytes(std::span(piece.text)),
                          std::max(piece.true_length, piece.text.size())});
    EventBatch batch;
    event.stamp = trace.size();
    batch.add(event, pieces);
    trace.append(batch);
    model.apply(trace, last());
    log.apply(trace, model, last());
    return last();
}

Event Script::event_of(EventKind kind, Actor actor) const {
    Event event;
    event.kind = kind;
    event.process = actor.process;
    event.thread = actor.thread;
    return event;
}

Actor Script::launch(int pid) {
    const Actor made = born({no_id, no_id}, pid, BirthHow::Launched);
    for (int fd = 0; fd < 3; ++fd)
        found(made, fd, O_RDWR, 6, S_IFCHR | 0620, "/dev/pts/3",
              fd == 0 ? -1 : static_cast<std::int64_t>(std::uint64_t{made.process} << 32));
    return made;
}

Actor Script::born(Actor parent, int pid, BirthHow how) {
    const Actor made{static_cast<ProcessId>(processes_++), static_cast<ThreadId>(threads_++)};
    Event event = event_of(EventKind::Born, {made.process, no_id});
    event.value[0] = pid, event.value[1] = 4700 + pid, event.value[2] = parent.process,
    event.value[3] = static_cast<std::int64_t>(how);
    add(event, {{0, "/tmp/prog"}, {1, std::string("prog\0-x\0", 8)}});
    Event thread = event_of(EventKind::ThreadBorn, made);
    thread.value[0] = pid, thread.value[1] = 4700 + pid;
    add(thread);
    return made;
}

Actor Script::fork(Actor parent, int pid) {
    Open call = enter(parent, CallId::fork);
    const Actor child = born(parent, pid);
    exit_of_child(child);
    call.exit(pid);
    return child;
}

Actor Script::thread(Actor of) {
    const Actor made{of.process, static_cast<ThreadId>(threads_++)};
    Event event = event_of(EventKind::ThreadBorn, made);
    event.value[0] = 900 + threads_, event.value[1] = 9000 + threads_;
    add(event);
    return made;
}

void Script::image(Actor actor, std::string_view program, bool is_seen) {
    Event event = event_of(EventKind::Image, {actor.process, no_id});
    event.value[0] = is_seen ? 0 : 1;
    add(event, {{0, std::string(program)}, {1, std::string(program) + '\0'}});
}

void Script::ended(Actor actor, int wait_status) {
    Event event = event_of(EventKind::Ended, {actor.process, no_id});
    event.value[0] = wait_status;
    add(event);
}

Script::Open Script::enter(Actor actor, CallId call, std::vector<std::int64_t> values, std::vector<Bytes> in,
                           std::uint8_t flags) {
    Event event = event_of(EventKind::Enter, actor);
    event.call = static_cast<std::uint16_t>(call);
    event.flags = flags;
    std::ranges::copy(values, event.value);
    add(event, in);
    return {*this, actor, call};
}

Script::Open& Script::Open::grant(Verdict verdict, int value) {
    Event event = script_->event_of(EventKind::Granted, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    event.value[0] = static_cast<std::int64_t>(verdict), event.value[1] = value;
    script_->add(event);
    return *this;
}

Script::Open& Script::Open::asleep(std::string_view wchan) {
    Event event = script_->event_of(EventKind::Asleep, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    script_->add(event, {{0, std::string(wchan)}});
    return *this;
}

Script::Open& Script::Open::awake() {
    Event event = script_->event_of(EventKind::Awake, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    script_->add(event);
    return *this;
}

void Script::Open::exit(std::int64_t result, std::vector<Bytes> out) {
    Event event = script_->event_of(EventKind::Exit, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    event.value[0] = result;
    script_->add(event, out);
}

void Script::Open::inject(std::int64_t result) {
    Event event = script_->event_of(EventKind::Exit, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    event.value[0] = result;
    event.flags = Flag::Injected;
    script_->add(event);
}

void Script::Open::fail(int error) {
    Event event = script_->event_of(EventKind::Exit, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    event.value[0] = -1;
    event.error = error;
    script_->add(event);
}

void Script::Open::abandon() {
    Event event = script_->event_of(EventKind::Abandoned, actor_);
    event.call = static_cast<std::uint16_t>(call_);
    script_->add(event);
}

void Script::exit_of_child(Actor child, CallId call) { Open(*this, child, call).exit(0); }

void Script::pipe(Actor actor, int read_end, int write_end, std::int64_t flags) {
    if (flags < 0) enter(actor, CallId::pipe, {1}).exit(0, fds(read_end, write_end));
    else enter(actor, CallId::pipe2, {1, flags}).exit(0, fds(read_end, write_end));
}

Script::Open Script::write_begin(Actor actor, int fd, std::string_view text) {
    const std::string_view captured = text.substr(0, 4096);
    return enter(actor, CallId::write, {fd, 1, static_cast<std::int64_t>(text.size())}, {bytes(1, captured, text.size())});
}

void Script::write(Actor actor, int fd, std::string_view text) {
    write_begin(actor, fd, text).exit(static_cast<std::int64_t>(text.size()));
}

Script::Open Script::read_begin(Actor actor, int fd, std::int64_t count) { return enter(actor, CallId::read, {fd, 1, count}); }

void Script::read(Actor actor, int fd, std::string_view text, std::int64_t count) {
    read_begin(actor, fd, count).exit(static_cast<std::int64_t>(text.size()), bytes(1, text.substr(0, 4096), text.size()));
}

void Script::close(Actor actor, int fd) { enter(actor, CallId::close, {fd}).exit(0); }

void Script::open(Actor actor, std::string_view path, std::int64_t flags, int fd) {
    enter(actor, CallId::open, {1, flags, 0644}, {bytes(0, path)}).exit(fd);
}

void Script::found(Actor actor, int fd, std::int64_t flags, std::int64_t inode, std::int64_t mode, std::string_view link,
                   std::int64_t same_as) {
    Event event = event_of(EventKind::Found, {actor.process, no_id});
    const std::int64_t values[] = {fd, flags, 0, inode, mode, same_as};
    std::ranges::copy(values, event.value);
    add(event, {{0, std::string(link)}});
}

void Script::fact(Actor actor, FactKind kind, std::vector<std::int64_t> values, std::string_view text) {
    const bool is_of_thread = kind == FactKind::ThreadState;
    Event event = event_of(EventKind::Fact, {actor.process, is_of_thread ? actor.thread : no_id});
    event.value[0] = static_cast<std::int64_t>(kind);
    std::ranges::copy(values, event.value + 1);
    add(event, {{0, std::string(text)}});
}

void Script::unseen(Actor actor, std::int64_t reads, std::int64_t writes) {
    Event event = event_of(EventKind::Unseen, {actor.process, no_id});
    event.value[0] = reads, event.value[1] = writes, event.value[2] = reads * 10, event.value[3] = writes * 10;
    add(event);
}

void Script::quiet() {
    Event event = event_of(EventKind::Quiet, {no_id, no_id});
    event.value[0] = ++steps_;
    add(event);
}

std::vector<std::string> Script::lines() const {
    std::vector<std::string> lines;
    for (const CallLog::Entry& entry : log.entries()) lines.push_back(entry.call.line(6));
    return lines;
}

const Object& Script::object(Actor actor, int fd) const {
    const Object* const found = model.object_behind(actor.process, fd);
    EXPECT_NE(found, nullptr) << "descriptor " << fd << " of process " << actor.process;
    static const Object nothing;
    return found ? *found : nothing;
}

Model folded(const Trace& trace, EventIndex until, std::vector<std::string> names) {
    Model model;
    model.set_names(std::move(names));
    for (EventIndex i = 0; i < until; ++i) model.apply(trace, i);
    return model;
}

}  // namespace ipcscope
