// Sockets: their names, their state, and which two belong together. A connection is made when connect begins, since accept may be
// seen to return first: both of its ends are objects from then on, and the one at the listener waits in its queue, without a
// descriptor, until somebody accepts it.
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr int type_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;   // O_NONBLOCK and O_CLOEXEC

int status_of(std::int64_t flags) { return O_RDWR | (static_cast<int>(flags) & O_NONBLOCK); }
bool closes_on_exec(std::int64_t flags) { return (flags & SOCK_CLOEXEC) != 0; }

}  // namespace

ObjectId Fold::make_socket(std::uint32_t host, int family, int type, int protocol) {
    const ObjectId made = make_object(ObjectKind::Socket, {});
    SocketState& state = *object(made).socket;
    state.host = host;
    state.family = family;
    state.type = type & ~type_flags;
    state.protocol = protocol;
    if (family == AF_UNIX) state.local.family = AF_UNIX;   // unnamed
    return made;
}

ObjectId Fold::socket_of(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    return behind && object(behind->object).socket ? behind->object : no_id;
}

void Fold::makes_socket_result(const Call& call) {
    if (call.has_failed()) return;
    const std::int64_t type = call.argument(Role::SocketType);
    const ObjectId made = make_socket(call.process.host, static_cast<int>(call.argument(Role::Family)), static_cast<int>(type), static_cast<int>(call.argument(Role::SocketProtocol)));
    const auto number = static_cast<int>(call.result());
    if (descriptor(call.process, number)) surprise();
    install(call.process, number, make_file(made, status_of(type)), closes_on_exec(type));
}

void Fold::makes_socket_pair_result(const Call& call) {
    if (call.has_failed()) return;
    const std::optional<Chunk> chunk = trace.chunk(event, position_of(call.id, Role::FdPair));
    int fds[2];
    if (!chunk || chunk->bytes.size() != sizeof fds) return surprise();
    std::memcpy(fds, chunk->bytes.data(), sizeof fds);
    const std::int64_t type = call.argument(Role::SocketType);
    ObjectId ends[2];
    for (int i = 0; i < 2; ++i) {
        ends[i] = make_socket(call.process.host, static_cast<int>(call.argument(Role::Family)), static_cast<int>(type), static_cast<int>(call.argument(Role::SocketProtocol)));
        install(call.process, fds[i], make_file(ends[i], status_of(type)), closes_on_exec(type));
    }
    tie(ends[0], ends[1]);
    for (const ObjectId end : ends) {
        object(end).socket->stage = SocketStage::Connected;
        object(end).socket->peer = object(end).socket->local;
    }
}

void Fold::tie(ObjectId one, ObjectId other) {
    object(one).socket->other = other;
    object(other).socket->other = one;
}

// --- Names -----------------------------------------------------------------------------------------

SocketAddress Fold::address_in(const Call& call) const {
    if (const auto parts = message_parts(trace.chunk(call.entry, position_of(call.id, Role::HeaderIn)))) return address_from(parts->address);
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, Role::AddressIn));
    return chunk ? address_from(bytes_of(*chunk)) : SocketAddress{};
}

SocketAddress Fold::address_out(const Call& call) const {
    const std::optional<Chunk> chunk = trace.chunk(*call.exit, position_of(call.id, Role::AddressOut));
    return chunk ? address_from(bytes_of(*chunk)) : SocketAddress{};
}

void Fold::learn_address(ObjectId id, const SocketAddress& local, const SocketAddress& peer) {
    SocketState& state = *object(id).socket;
    if (local.is_known()) state.local = local;
    if (peer.is_known()) state.peer = peer;
    if (state.other == no_id || state.family == AF_UNIX) return;
    SocketState& other = *object(state.other).socket;
    if (local.is_known() && !other.peer.is_known()) other.peer = local;
    if (peer.is_known() && !other.local.is_known()) other.local = peer;
}

// The youngest that is bound to this address; among datagram sockets one that is connected back to `from` comes first.
ObjectId Fold::socket_bound_to(const SocketAddress& address, int type, ObjectId from) const {
    ObjectId best = no_id;
    const HostState* const there = model.network_.host_with(address);
    const std::uint32_t host = there ? there->number : model.objects_[from].socket->host;
    for (const Object& candidate : model.objects_) {
        if (!candidate.socket || candidate.has_ended || candidate.socket->type != type || candidate.socket->listener != no_id) continue;
        const SocketState& state = *candidate.socket;
        if (state.host != host) continue;
        const bool is_listener = state.stage == SocketStage::Listening;
        if (is_listener != (type != SOCK_DGRAM) || !is_meant(address, state.local)) continue;
        const SocketAddress& mine = model.objects_[from].socket->local;
        if (!is_listener && state.peer.is_known() && state.family != AF_UNIX && mine.is_known() && !is_meant(state.peer, mine)) continue;
        best = candidate.id;
    }
    return best;
}

void Fold::binds_result(const Call& call) {
    const ObjectId id = socket_of(call);
    if (call.has_failed() || id == no_id) return;
    const SocketAddress address = address_in(call);
    if (address.port != 0 || address.family == AF_UNIX) object(id).socket->local = address;   // else the kernel chooses, and will tell
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
}

void Fold::asks_socket_result(const Call& call) {
    const ObjectId id = socket_of(call);
    if (call.has_failed() || id == no_id || !call.has(Role::AddressOut)) return;
    const SocketAddress told = address_out(call);
    const bool is_own = call.id == CallId::getsockname;
    learn_address(id, is_own ? told : SocketAddress{}, is_own ? SocketAddress{} : told);
}

// --- Connections -----------------------------------------------------------------------------------

void Fold::listens_result(const Call& call) {
    const ObjectId id = socket_of(call);
    if (call.has_failed() || id == no_id) return;
    SocketState& state = *object(id).socket;
    state.stage = SocketStage::Listening;
    state.backlog = std::max(0, static_cast<int>(call.argument(Role::Backlog)));
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
}

void Fold::connects_begin(const Call& call) {
    const ObjectId id = socket_of(call);
    if (id == no_id) return;
    const SocketAddress address = address_in(call);
    SocketState& own = *object(id).socket;
    if (own.stage == SocketStage::Connected && own.type != SOCK_DGRAM) return;    // EISCONN
    if (own.stage == SocketStage::Connecting && own.other != no_id) return;       // again: it asks how far things are
    own.peer = address;
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
    if (own.type == SOCK_DGRAM) return;
    own.stage = SocketStage::Connecting;
    const ObjectId listener = socket_bound_to(address, own.type, id);
    if (listener == no_id) return;
    const ObjectId made = make_socket(object(listener).socket->host, own.family, own.type, own.protocol);
    SocketState& theirs = *object(made).socket;
    theirs.local = object(listener).socket->local.is_any_host() ? address : object(listener).socket->local;
    theirs.peer = object(id).socket->local;
    theirs.stage = SocketStage::Connected;
    theirs.listener = listener;
    tie(id, made);
    object(listener).socket->queue.push_back(made);
    note_change({.process = call.process.id, .object = listener, .at = index});
}

void Fold::connects_result(const Call& call) {
    const ObjectId id = socket_of(call);
    if (id == no_id) return;
    SocketState& own = *object(id).socket;
    if (!call.has_failed()) {
        if (!own.peer.is_known() && own.type == SOCK_DGRAM) own.stage = SocketStage::Made;    // AF_UNSPEC: no peer any more
        else own.stage = SocketStage::Connected;
    } else if (event.error != EINPROGRESS && event.error != EALREADY && event.error != EINTR && event.error != EISCONN && own.stage == SocketStage::Connecting) {
        const ObjectId theirs = own.other;
        own.stage = SocketStage::Made;
        own.peer = {};
        if (own.is_ip()) own.local = {};    // the kernel gives up what it had chosen, and will tell what is left
        own.other = no_id;
        if (theirs != no_id) {
            leave_queue(theirs);
            object(theirs).socket->other = no_id;
            object(theirs).has_ended = true;
        }
    }
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
}

void Fold::leave_queue(ObjectId id) {
    SocketState& state = *object(id).socket;
    if (state.listener == no_id) return;
    std::erase(object(state.listener).socket->queue, id);
    state.listener = no_id;
}

// Which of those in the queue it was, the peer's address tells if the program has asked for it: connections that were begun at the
// same time may be seen in another order than the kernel's.
void Fold::accepts_result(const Call& call) {
    if (call.has_failed()) return;
    const ObjectId listener = socket_of(call);
    const SocketAddress peer = address_out(call);
    ObjectId taken = no_id;
    if (listener != no_id) {
        const std::vector<ObjectId>& queue = object(listener).socket->queue;
        const auto local_of_other = [&](ObjectId id) {
            const ObjectId other = object(id).socket->other;
            return other == no_id ? object(id).socket->peer : object(other).socket->local;
        };
        const auto is_peer = [&](ObjectId id) { return peer.is_known() && peer.family != AF_UNIX && local_of_other(id) == peer; };
        const auto may_be_peer = [&](ObjectId id) { return !peer.is_known() || peer.family == AF_UNIX || !local_of_other(id).is_known(); };
        auto found = std::ranges::find_if(queue, is_peer);
        if (found == queue.end()) found = std::ranges::find_if(queue, may_be_peer);
        if (found != queue.end()) taken = *found;
    }
    if (taken == no_id) {    // somebody outside of the run has connected
        const SocketState from = listener == no_id ? SocketState{} : *object(listener).socket;
        taken = make_socket(call.process.host, from.family, from.type, from.protocol);
        SocketState& made = *object(taken).socket;
        made.stage = SocketStage::Connected;
        if (!from.local.is_any_host()) made.local = from.local;
    }
    leave_queue(taken);
    learn_address(taken, {}, peer);
    const std::int64_t flags = call.argument(Role::AcceptFlags);
    const auto number = static_cast<int>(call.result());
    if (descriptor(call.process, number)) surprise();
    install(call.process, number, make_file(taken, status_of(flags)), closes_on_exec(flags));
    if (listener != no_id) note_change({.process = call.process.id, .object = listener, .at = index});
}

void Fold::shuts_down_begin(const Call& call) {
    const ObjectId id = socket_of(call);
    if (id == no_id) return;
    SocketState& state = *object(id).socket;
    const std::int64_t how = call.argument(Role::ShutdownHow);
    if (state.stage != SocketStage::Connected && state.stage != SocketStage::Connecting) return;    // ENOTCONN
    state.has_shut_reading |= how == SHUT_RD || how == SHUT_RDWR;
    if (how != SHUT_RD && state.said_end == no_id) state.said_end = index;
    state.has_shut_writing |= how == SHUT_WR || how == SHUT_RDWR;
    note_change({.process = call.process.id, .object = id, .descriptor = call.descriptor(), .at = index});
}

void Fold::sets_option_result(const Call& call) {
    const ObjectId id = socket_of(call);
    if (id == no_id || call.has_failed() || call.argument(Role::OptionLevel) != SOL_SOCKET || call.argument(Role::SocketOption) != SO_LINGER) return;
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, Role::OptionIn));
    linger chosen{};
    if (!chunk || chunk->bytes.size() < sizeof chosen) return;
    std::memcpy(&chosen, chunk->bytes.data(), sizeof chosen);
    object(id).socket->resets_at_close = chosen.l_onoff != 0 && chosen.l_linger == 0;
}

// Nobody has it open any more. Bytes that nobody has read destroy the connection; else the other end reads the end of file.
void Fold::end_socket(ObjectId id) {
    if (object(id).has_ended) return;
    object(id).has_ended = true;
    SocketState& ending = *object(id).socket;
    // When both have said the end, it is over already, whatever was not read.
    const bool is_over = ending.is_ip() && ending.said_end != no_id && ending.other != no_id && object(ending.other).socket->said_end != no_id;
    const bool is_destroyed = ending.type != SOCK_DGRAM && !is_over && (!object(id).lying.empty() || (ending.resets_at_close && ending.is_ip()));
    if (ending.said_end == no_id) ending.said_end = index;
    if (is_destroyed) ending.is_reset = true;
    for (const MessageId left : object(id).inside) drop_carried(message(left));
    Object& gone = object(id);
    gone.inside.clear();
    gone.lying.clear();
    gone.waiting.clear();
    const std::vector<ObjectId> queue = gone.socket->queue;
    gone.socket->queue.clear();
    if (const ObjectId other = gone.socket->other; other != no_id) {
        SocketState& theirs = *object(other).socket;
        if (is_destroyed) theirs.is_reset = true;
        if (!object(other).has_ended && gone.socket->stage == SocketStage::Connecting && theirs.listener != no_id) {
            leave_queue(other);
            object(other).has_ended = true;
        }
    }
    for (const ObjectId waiting : queue) {    // connected, and never accepted
        object(waiting).socket->listener = no_id;
        object(waiting).has_ended = object(waiting).socket->is_reset = true;
        if (const ObjectId client = object(waiting).socket->other; client != no_id) object(client).socket->is_reset = true;
    }
}

ObjectId Fold::sleeps_at_peer(const Call& call) {
    const ObjectId here = sleeps_at_descriptor(call);
    if (here == no_id || !object(here).socket) return here;
    const ObjectId other = object(here).socket->other;
    if (other == no_id) return here;
    const ObjectId listener = object(other).socket->listener;
    const bool is_far = object(here).socket->host != object(other).socket->host;    // nobody there may know of it yet: it waits for an answer
    if (is_far && row_of(call.id).effect == Effect::Connects) return here;
    return row_of(call.id).effect == Effect::Connects && listener != no_id ? listener : other;
}

// --- The kernel's word -----------------------------------------------------------------------------

// It names what the kernel has chosen (ports), and speaks for sockets that were there before.
void Fold::socket_fact() {
    Process* const here = process();
    const OpenFile* const behind = here ? file_behind(*here, static_cast<int>(event.value[1])) : nullptr;
    if (!behind || !object(behind->object).socket) return;
    const ObjectId id = behind->object;
    SocketState& state = *object(id).socket;
    const std::optional<Chunk> addresses = trace.chunk(event, 0);
    std::string_view text = addresses ? bytes_of(*addresses) : std::string_view{};
    const SocketAddress local = take_address(text), peer = take_address(text);
    if (state.family == 0) {
        state.family = static_cast<int>(event.value[2] >> 32);
        state.type = static_cast<int>(event.value[2] >> 16 & 0xffff);
        constexpr int listens = 10;    // TCP_LISTEN
        if ((event.value[3]) == listens) state.stage = SocketStage::Listening;
        else if (peer.is_known() && !peer.is_unnamed()) state.stage = SocketStage::Connected;
    }
    const bool is_bound = local.is_known() && (local.port != 0 || (local.family == AF_UNIX && !local.is_unnamed()));
    const bool is_news = !state.local.is_known() || state.local.is_unnamed() || (state.local.is_any_host() && state.stage != SocketStage::Listening);
    learn_address(id, is_bound && is_news ? local : SocketAddress{}, state.peer.is_known() ? SocketAddress{} : peer);
    state.told_state = static_cast<int>(event.value[3]);
    state.told_inside = event.value[4];
    state.told_unsent = event.value[5];
    state.told_at = index;
    agree_on_bytes(id);
    if (state.other != no_id) agree_on_bytes(state.other);
}

void Fold::tcp_numbers_fact() {
    Process* const here = process();
    const OpenFile* const behind = here ? file_behind(*here, static_cast<int>(event.value[1])) : nullptr;
    if (!behind || !object(behind->object).socket) return;
    const auto high = [&](std::size_t at) { return static_cast<std::uint32_t>(event.value[at] >> 32); };
    const auto low = [&](std::size_t at) { return static_cast<std::uint32_t>(event.value[at]); };
    object(behind->object).socket->numbers = {high(2), low(2), high(3), low(3), high(4), low(4)};
}

void Fold::peer_fact() {
    Process* const here = process();
    const OpenFile* const behind = here ? file_behind(*here, static_cast<int>(event.value[1])) : nullptr;
    if (!behind || !object(behind->object).socket) return;
    object(behind->object).socket->peer_process = {event.value[2], event.value[3], std::string(trace.text(event))};
}

}  // namespace ipcscope
