// Sockets in sentences: what a call did, why it sleeps.
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "core/model/socket_text.h"
#include "core/model/tell.h"

namespace ipcscope {
namespace {

const Object* socket_of(const Told& told) {
    const Object* const object = told.object();
    return object && object->socket ? object : nullptr;
}

const Object* other_of(const Told& told, const Object& socket) {
    return socket.socket->other < told.model.objects().size() ? &told.model.objects()[socket.socket->other] : nullptr;
}

// "127.0.0.1:5000"; the other end's name in the run where it has no address: "socket#2"
std::string peer_of(const Told& told, const Object& socket) {
    const SocketAddress& peer = socket.socket->peer;
    const PeerProcess& outside = socket.socket->peer_process;
    const std::string who = text_of_peer_process(outside);
    if (peer.is_known() && !peer.is_unnamed()) return text_of_address(peer) + (who.empty() ? "" : " (" + who + ")");
    const Object* const other = other_of(told, socket);
    return other ? other->name : who.empty() ? "its peer" : who;
}

std::string own_address(const Object& socket) {
    const SocketAddress& local = socket.socket->local;
    const bool is_told = local.is_known() && !local.is_unnamed();
    return is_told ? text_of_address(local) : socket.name;
}

// "client 3, server itself 4"
std::string text_of_holders(const Told& told, const std::vector<Model::Holder>& holders) {
    std::vector<std::string> parts;
    for (const Model::Holder& holder : holders) {
        const Process& owner = *told.model.process(holder.process);
        parts.push_back(owner.name + (owner.id == told.process.id ? " itself " : " ") + std::to_string(holder.descriptor));
    }
    return joined(parts);
}

std::string text_of_payload(const Told& told, std::string_view bytes) {
    const auto length = static_cast<std::size_t>(told.result());
    return ", " + text_of_bytes(bytes.substr(0, length), length) + ",";
}

std::string_view bytes_of_argument(const Told& told, const Event& event, Role plain, Role vector, Role header) {
    if (const int at = argument_with(told.row, header); at >= 0) {
        const auto parts = message_parts(told.trace.chunk(event, at));
        return parts ? parts->data : std::string_view{};
    }
    const int at = std::max(argument_with(told.row, plain), argument_with(told.row, vector));
    const std::optional<Chunk> chunk = told.trace.chunk(event, at);
    return chunk ? std::string_view(reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size()) : std::string_view{};
}

std::string what_waits(const Object& socket) {
    const std::uint64_t bytes = socket.bytes_inside();
    if (!socket.socket->is_stream()) {
        const std::size_t count = socket.lying.size();
        return count == 0 ? "; nothing else waits there" : "; " + counted(count, "datagram") + (count == 1 ? " waits" : " wait") + " there now";
    }
    return bytes == 0 ? "; nothing else waits there" : "; " + counted(bytes, "byte") + (bytes == 1 ? " waits" : " wait") + " there now";
}

SocketAddress address_given(const Told& told) {
    if (const int at = argument_with(told.row, Role::HeaderIn); at >= 0) {
        const auto parts = message_parts(told.trace.chunk(told.enter, at));
        return parts ? address_from(parts->address) : SocketAddress{};
    }
    const std::optional<Chunk> chunk = told.trace.chunk(told.enter, argument_with(told.row, Role::AddressIn));
    return chunk ? address_from({reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size()}) : SocketAddress{};
}

}  // namespace

// --- What a call did -------------------------------------------------------------------------------

std::string sentence_make_socket(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const made = told.model.object_behind(told.process.id, static_cast<int>(told.result()));
    return " made " + (made ? made->name : "a socket") + (made && made->socket ? " (" + text_of_protocol(*made->socket) + ")" : "") + ": descriptor " +
           std::to_string(told.result()) + ". It has no name and no peer yet.";
}

std::string sentence_make_socket_pair(const Told& told) {
    const std::optional<Chunk> chunk = told.has_failed() ? std::nullopt : told.trace.chunk(*told.last, argument_with(told.row, Role::FdPair));
    int fds[2];
    if (!chunk || chunk->bytes.size() != sizeof fds) return failure(told);
    std::memcpy(fds, chunk->bytes.data(), sizeof fds);
    return " made two sockets, " + std::to_string(fds[0]) + " and " + std::to_string(fds[1]) + ": what goes into one comes out of the other.";
}

std::string sentence_bind(const Told& told) {
    const SocketAddress address = address_given(told);
    if (told.has_failed() && told.last->error == EADDRINUSE) return " could not have the name " + text_of_address(address) + ": it is taken (EADDRINUSE).";
    if (told.has_failed()) return failure(told);
    return " gave its socket the name " + text_of_address(address) + (address.port == 0 && address.family != AF_UNIX ? ": the kernel chooses the port." : ".");
}

std::string sentence_listen(const Told& told) {
    if (told.has_failed()) return failure(told);
    const Object* const socket = socket_of(told);
    const std::int64_t room = static_cast<int>(told.value(Role::Backlog)) + std::int64_t{1};
    return " listens" + (socket ? " at " + own_address(*socket) : "") + ": the kernel makes connections from now on, and keeps up to " + std::to_string(room) +
           " for accept.";
}

std::string sentence_accept(const Told& told) {
    if (told.has_failed() && told.last->error == EAGAIN) return " found nobody in its queue, and O_NONBLOCK forbids to sleep (EAGAIN).";
    if (told.has_failed()) return failure(told);
    const Object* const taken = told.model.object_behind(told.process.id, static_cast<int>(told.result()));
    const bool is_named = taken && taken->socket && taken->socket->peer.is_known() && !taken->socket->peer.is_unnamed();
    return " took a connection out of the queue" + (is_named ? ": from " + text_of_address(taken->socket->peer) : "") + ". Its descriptor is " +
           std::to_string(told.result()) + ".";
}

std::string sentence_connect(const Told& told) {
    const Object* const socket = socket_of(told);
    const SocketAddress address = address_given(told);
    const std::string to = text_of_address(address);
    if (told.has_failed() && told.last->error == ECONNREFUSED) return " was refused: nobody listens at " + to + " (ECONNREFUSED).";
    if (told.has_failed() && told.last->error == EINPROGRESS) return " has begun to connect to " + to + ", and O_NONBLOCK forbids to sleep (EINPROGRESS).";
    if (told.has_failed()) return failure(told);
    if (socket && socket->socket->type == SOCK_DGRAM) return " will send to " + to + " from now on, and hear nobody else. Nothing was sent for that.";
    const bool is_accepted = socket && socket->socket->other < told.model.objects().size() &&
                             told.model.objects()[socket->socket->other].socket->listener == no_id;
    return " is connected to " + to + (is_accepted ? "." : "; nobody has accepted it yet.");
}

std::string sentence_shut_down(const Told& told) {
    if (told.has_failed()) return failure(told);
    switch (told.value(Role::ShutdownHow)) {
        case SHUT_WR: return " will send no more: its peer reads what is there, and then the end. It can still receive.";
        case SHUT_RD: return " will receive no more.";
        default: return " will neither send nor receive any more.";
    }
}

std::string sentence_set_option(const Told& told) { return told.has_failed() ? failure(told) : " set an option of its socket."; }

std::string sentence_ask_socket(const Told& told) {
    if (told.has_failed()) return failure(told);
    const std::optional<Chunk> chunk = told.trace.chunk(*told.last, argument_with(told.row, Role::AddressOut));
    if (!chunk) return " asked for an option of its socket.";
    const SocketAddress address = address_from({reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size()});
    const bool is_own = told.row.name == "getsockname";
    return (is_own ? " asked for its socket’s own address: " : " asked who its peer is: ") + text_of_address(address) + ".";
}

std::string sentence_receive_from_socket(const Told& told) {
    const Object& socket = *told.object();
    if (told.has_failed()) {
        const int error = told.last->error;
        if (error == EAGAIN) return " received nothing: nothing has come, and it must not sleep (EAGAIN).";
        if (error == ECONNRESET) return " was told that the connection is no more: its peer has reset it (ECONNRESET).";
        return failure(told);
    }
    const bool is_peek = (told.value(Role::SocketFlags) & MSG_PEEK) != 0;
    const auto count = static_cast<std::uint64_t>(told.result());
    if (count == 0 && socket.socket->type != SOCK_DGRAM) return " found the end of " + socket.name + ": its peer sends no more, and everything was read.";
    return std::string(is_peek ? " looked at " : " received ") + counted(count, "byte") +
           text_of_payload(told, bytes_of_argument(told, *told.last, Role::BytesOut, Role::VectorOut, Role::HeaderOut)) + " from " + peer_of(told, socket) +
           what_waits(socket) + ".";
}

std::string sentence_send_to_socket(const Told& told) {
    const Object& socket = *told.object();
    const SocketAddress given = address_given(told);
    const std::string to = given.is_known() ? text_of_address(given) : peer_of(told, socket);
    if (told.has_failed()) {
        const int error = told.last->error;
        if (error == EPIPE) return " could not send to " + to + ": that direction is closed (EPIPE).";
        if (error == ECONNRESET) return " was told that the connection is no more: its peer has reset it (ECONNRESET).";
        if (error == EAGAIN) return " sent nothing: there is no room at the other end, and it must not sleep (EAGAIN).";
        return failure(told);
    }
    const auto count = static_cast<std::uint64_t>(told.result()), asked = static_cast<std::uint64_t>(told.value(Role::Size));
    const bool is_short = asked > count;
    const Thread* const thread = told.model.thread(told.enter.thread);
    const bool is_known = thread && thread->last_message < told.model.messages().size();
    const Message* const message = is_known ? &told.model.messages()[thread->last_message] : nullptr;
    std::string sentence = " sent " + (is_short ? std::to_string(count) + " of " + counted(asked, "byte") : counted(count, "byte")) +
                           text_of_payload(told, bytes_of_argument(told, told.enter, Role::BytesIn, Role::VectorIn, Role::HeaderIn)) + " to " + to;
    if (!message || message->sent != told.enter_index) return sentence + ".";
    const Object& receiver = told.model.objects()[message->object];
    if (receiver.id == socket.id) return sentence + (socket.socket->type == SOCK_DGRAM ? "; nobody of this run is there to get it." : ".");
    return sentence + (receiver.has_ended ? "; nobody has the other end open." : what_waits(receiver) + ".");
}

namespace {

// "3 messages, 12 bytes in all"
std::string text_of_several(const Told& told, const std::vector<MessageParts>& several) {
    const auto count = static_cast<std::size_t>(told.result());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < std::min(count, several.size()); ++i) bytes += several[i].data_length;
    return counted(count, "message") + (several.size() < count ? "" : count == 1 ? " of " + counted(bytes, "byte") : ", " + counted(bytes, "byte") + " in all,");
}

}  // namespace

std::string sentence_send_several(const Told& told) {
    const Object* const socket = socket_of(told);
    if (told.has_failed()) return socket ? sentence_send_to_socket(told) : failure(told);
    const auto several = parts_of_several(told.trace.chunk(told.enter, argument_with(told.row, Role::HeadersIn)));
    const SocketAddress address = several.empty() ? SocketAddress{} : address_from(several.front().address);
    const std::int64_t asked = static_cast<std::uint32_t>(told.value(Role::Count));
    const std::string to = address.is_known() ? text_of_address(address) : socket ? peer_of(told, *socket) : "its peer";
    return " sent " + (told.result() < asked ? std::to_string(told.result()) + " of " + counted(static_cast<std::uint64_t>(asked), "message") : text_of_several(told, several)) + " to " + to +
           ", with one call.";
}

std::string sentence_receive_several(const Told& told) {
    const Object* const socket = socket_of(told);
    if (told.has_failed()) return socket ? sentence_receive_from_socket(told) : failure(told);
    return " received " + text_of_several(told, parts_of_several(told.trace.chunk(*told.last, argument_with(told.row, Role::HeadersOut)))) + " with one call" +
           (socket ? what_waits(*socket) : "") + ".";
}

std::string sentence_move_bytes(const Told& told) {
    return told.has_failed() ? failure(told)
                             : " moved " + counted(static_cast<std::uint64_t>(told.result()), "byte") + " from " +
                                   std::to_string(static_cast<int>(told.value(Role::OtherFd))) + " to " + std::to_string(told.descriptor()) +
                                   ", inside the kernel.";
}

// What close leaves of a socket, behind "closed 4, socket#2".
std::string what_close_leaves(const Told& told, const Object& object) {
    const SocketState& socket = *object.socket;
    const std::vector<Model::Holder> left = told.model.holders(object.id, End::None);
    if (!left.empty()) return "; still open: " + text_of_holders(told, left) + ". So its peer hears nothing of it.";
    if (socket.stage == SocketStage::Listening) return "; nobody listens there any more.";
    if (socket.stage != SocketStage::Connected || socket.type == SOCK_DGRAM) return ".";
    const Object* const other = other_of(told, object);
    if (socket.resets_at_close && socket.is_ip()) return "; with SO_LINGER and a time of 0 the connection is reset.";
    if (other && other->socket->is_reset) return "; bytes that it had not read are lost, and so the connection is reset.";
    return other && !other->has_ended ? "; its peer reads what is there, and then the end." : "; that was the last of this connection.";
}

// --- Why it sleeps ---------------------------------------------------------------------------------

Reason reason_receive_from_socket(const Told& told) {
    const Object& socket = *told.object();
    const std::string badge = "nothing has come";
    if (!socket.socket->is_stream() && socket.socket->other == no_id && !socket.socket->peer.is_known())
        return {"no datagram has come to " + own_address(socket), badge};
    std::string sentence = "nothing has come from " + peer_of(told, socket);
    if (!socket.lying.empty()) sentence = "not enough has come from " + peer_of(told, socket);
    if (socket.socket->type == SOCK_DGRAM) return {sentence, badge};
    const Object* const other = other_of(told, socket);
    if (other && other->socket->listener != no_id) return {sentence + ": nobody has accepted this connection yet", "not accepted"};
    const std::vector<Model::Holder> holders = told.model.holders_of_other(socket);
    return {sentence + (holders.empty() ? ", and its end is still open" : ", and its end is still open: " + text_of_holders(told, holders)), badge};
}

Reason reason_send_to_socket(const Told& told) {
    const Object& socket = *told.object();
    const Object* const other = other_of(told, socket);
    if (!other) return {"there is no room on the way to " + peer_of(told, socket), "no room"};
    const std::vector<Model::Holder> holders = told.model.holders(other->id, End::None);
    const std::string readers = holders.empty() ? (other->socket->listener != no_id ? "; nobody has accepted this connection yet" : "")
                                                : "; " + text_of_holders(told, holders) + " could receive them";
    return {"there is no room: " + counted(other->bytes_inside(), "byte") + " on the way to " + peer_of(told, socket) + " were not received yet" + readers, "no room"};
}

Reason reason_accept(const Told& told) {
    const Object* const socket = socket_of(told);
    return {"nobody is in its queue: no connection to " + (socket ? own_address(*socket) : std::string("it")) + " waits to be accepted", "queue empty"};
}

Reason reason_connect(const Told& told) {
    const Thread* const thread = told.model.thread(told.enter.thread);
    const std::string to = text_of_address(address_given(told));
    const Object* const at = thread && thread->waits_for < told.model.objects().size() ? &told.model.objects()[thread->waits_for] : nullptr;
    if (!at || !at->socket || at->socket->stage != SocketStage::Listening) {
        const std::size_t packets = told.model.network().on_wire.size();
        return {"no answer has come from " + to + " yet" + (packets == 0 ? "" : packets == 1 ? "; one packet is on the wire" : "; " + std::to_string(packets) + " packets are on the wire"),
                "no answer"};
    }
    const auto room = static_cast<std::size_t>(at->socket->backlog) + 1;
    return {"the queue of " + to + " is full: its backlog is " + std::to_string(at->socket->backlog) + ", and " + counted(room, "connection") +
                (room == 1 ? " waits" : " wait") + " there to be accepted",
            "queue full"};
}

// In the table of descriptors: "TCP 127.0.0.1:5000, listens"; "TCP, to 127.0.0.1:5000"
std::string what_socket_is(const Object& object) {
    const SocketState& socket = *object.socket;
    std::string text = text_of_protocol(socket);
    const bool has_peer = socket.peer.is_known() && !socket.peer.is_unnamed();
    const bool has_name = socket.local.is_known() && !socket.local.is_unnamed();
    if (socket.stage == SocketStage::Listening) return text + " listens" + (has_name ? " at " + text_of_address(socket.local) : "");
    const std::string who = text_of_peer_process(socket.peer_process);
    if (has_peer || !who.empty()) return text + " to " + (has_peer ? text_of_address(socket.peer) : "") + (has_peer && !who.empty() ? ", " : "") + who;
    return has_name ? text + " at " + text_of_address(socket.local) : text;
}

}  // namespace ipcscope
