#include "core/session/injector.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>

#include "core/session/pidfd.h"

namespace ipcscope {
namespace {

constexpr std::size_t page = 4096;    // of a pipe: its slots hold one each (fs/pipe.c), and so much is written at once (PIPE_BUF)

// Would a write of one page at most return at once? Asked of the kernel, by a descriptor of our own that lives as long as this.
bool can_write(ObservedProcess& process, int descriptor) {
    const UniqueFd file = borrow_descriptor(process.pidfd.get(), descriptor);
    if (!file) return true;    // not open: the write will say so
    pollfd state{file.get(), POLLOUT, 0};
    return poll(&state, 1, 0) <= 0 ? false : (state.revents & (POLLOUT | POLLERR | POLLNVAL)) != 0;
}

// Pages that are free in a pipe for certain: each used slot has at least one byte.
std::size_t certainly_free_pages(ObservedProcess& process, int descriptor) {
    const UniqueFd pipe = borrow_descriptor(process.pidfd.get(), descriptor);
    const int size = pipe ? fcntl(pipe.get(), F_GETPIPE_SZ) : -1;
    int inside = 0;
    if (size <= 0 || ioctl(pipe.get(), FIONREAD, &inside) != 0) return 0;
    return static_cast<std::size_t>(std::max(size / static_cast<int>(page) - inside, 0));
}

bool is_pipe(ObservedProcess& process, int descriptor) {
    const UniqueFd pipe = borrow_descriptor(process.pidfd.get(), descriptor);
    return pipe && fcntl(pipe.get(), F_GETPIPE_SZ) > 0 && (fcntl(pipe.get(), F_GETFL) & O_ACCMODE) != O_RDONLY;
}

}  // namespace

// A thread at the gate, if there is one: interrupting it disturbs no call. Else the main thread, in the call it sleeps in.
std::optional<Injector::Actor> Injector::choose(ProcessId id) {
    ObservedProcess* const process = population_.with_id(id);
    if (!process || process->threads.empty()) {
        out_.note("It is not there any more: nothing was done.", id);
        return std::nullopt;
    }
    const auto at_gate = std::find_if(process->threads.begin(), process->threads.end(), [](const auto& thread) { return thread->is_held(); });
    return Actor{process, at_gate != process->threads.end() ? at_gate->get() : process->threads.front().get()};
}

bool Injector::perform(const Actor& actor, RemoteThread& remote, CallId call, std::initializer_list<std::int64_t> arguments,
                       std::array<std::uint64_t, 6> registers, std::string_view bytes) {
    const long number = call == CallId::close ? SYS_close : call == CallId::write ? SYS_write : SYS_writev;
    Event event = out_.event(EventKind::Enter, actor.process->id, actor.thread->id);
    event.flags = Flag::Injected;
    event.call = static_cast<std::uint16_t>(call);
    std::copy(arguments.begin(), arguments.end(), event.value);
    const int bytes_argument = std::max(argument_with(row_of(call), Role::BytesIn), argument_with(row_of(call), Role::VectorIn));
    const std::size_t captured = std::min<std::size_t>(bytes.size(), max_capture);
    const EventBatch::Piece piece{static_cast<std::uint8_t>(std::max(bytes_argument, 0)), std::as_bytes(std::span(bytes)).first(captured), bytes.size()};
    out_.fresh().add(event, std::span(&piece, bytes_argument >= 0 ? 1 : 0));

    const Result<std::int64_t> answer = remote.call(number, registers);
    actor.thread->slept_at.reset();
    actor.thread->is_asleep = false;    // it sleeps anew in the call that was interrupted: a new Asleep event says so
    if (!answer) {
        event = out_.event(EventKind::Abandoned, actor.process->id, actor.thread->id);
        event.flags = Flag::Injected;
        event.call = static_cast<std::uint16_t>(call);
        out_.fresh().add(event);
        out_.note(answer.sentence(), actor.process->id);
        return false;
    }
    event = out_.event(EventKind::Exit, actor.process->id, actor.thread->id);
    event.flags = Flag::Injected;
    event.call = static_cast<std::uint16_t>(call);
    event.value[0] = *answer < 0 ? -1 : *answer;
    event.error = *answer < 0 ? static_cast<std::int32_t>(-*answer) : 0;
    out_.fresh().add(event);
    if (*answer > 0) ++actor.thread->shown.writes, actor.thread->shown.bytes_written += static_cast<std::uint64_t>(*answer);
    return *answer >= 0;
}

void Injector::close(ProcessId id, int descriptor) {
    const std::optional<Actor> actor = choose(id);
    if (!actor) return;
    Result<RemoteThread> remote = RemoteThread::seize(actor->thread->tid_here);
    if (!remote) return out_.note(remote.sentence(), id);
    perform(*actor, *remote, CallId::close, {descriptor}, {static_cast<std::uint64_t>(descriptor)}, {});
}

bool Injector::write_part(const Actor& actor, RemoteThread& remote, int descriptor, std::string_view bytes) {
    const std::uint64_t address = remote.place(std::as_bytes(std::span(bytes)));
    if (address == 0) {
        out_.note("There is no room on the stack of this thread for the bytes to write.", actor.process->id);
        return false;
    }
    return perform(actor, remote, CallId::write, {descriptor, static_cast<std::int64_t>(address), static_cast<std::int64_t>(bytes.size())},
                   {static_cast<std::uint64_t>(descriptor), address, bytes.size()}, bytes);
}

void Injector::write(ProcessId id, int descriptor, std::string_view bytes) {
    const std::optional<Actor> actor = choose(id);
    if (!actor) return;
    Result<RemoteThread> remote = RemoteThread::seize(actor->thread->tid_here);
    if (!remote) return out_.note(remote.sentence(), id);
    do {
        if (!can_write(*actor->process, descriptor)) return out_.note("There is no room now: a write would sleep, so it was not made.", id);
        const std::string_view part = bytes.substr(0, page);
        if (!write_part(*actor, *remote, descriptor, part)) return;
        bytes.remove_prefix(part.size());
    } while (!bytes.empty());
}

// In one writev as far as that cannot sleep for certain (the same page, again and again), then page by page.
void Injector::fill_pipe(ProcessId id, int descriptor) {
    const std::optional<Actor> actor = choose(id);
    if (!actor) return;
    if (!is_pipe(*actor->process, descriptor)) return out_.note("This descriptor is no write end of a pipe: nothing was written.", id);
    Result<RemoteThread> remote = RemoteThread::seize(actor->thread->tid_here);
    if (!remote) return out_.note(remote.sentence(), id);

    const std::string filling(page, '.');
    constexpr std::size_t most_at_once = 256;
    for (;;) {
        const std::size_t pages = std::min(certainly_free_pages(*actor->process, descriptor), most_at_once);
        if (pages < 2) break;
        const std::size_t vector_bytes = pages * sizeof(iovec);
        // The page first, to learn its address: then the same again with the vector in front of it.
        std::string placed(vector_bytes + page, '.');
        const std::uint64_t address = remote->place(std::as_bytes(std::span(placed)));
        if (address == 0) break;
        const std::vector<iovec> vector(pages, iovec{reinterpret_cast<void*>(address + vector_bytes), page});
        std::memcpy(placed.data(), vector.data(), vector_bytes);
        if (remote->place(std::as_bytes(std::span(placed))) != address) break;
        const std::string all(std::min(pages * page, std::size_t{1} << 20), '.');
        if (!perform(*actor, *remote, CallId::writev, {descriptor, static_cast<std::int64_t>(address), static_cast<std::int64_t>(pages)},
                     {static_cast<std::uint64_t>(descriptor), address, pages}, all))
            return;
    }
    while (can_write(*actor->process, descriptor))
        if (!write_part(*actor, *remote, descriptor, filling)) return;
}

}  // namespace ipcscope
