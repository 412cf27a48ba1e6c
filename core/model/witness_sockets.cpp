// Sockets: names, states and queues as the kernel says them.
#include <netinet/tcp.h>

#include <algorithm>
#include <cstring>

#include "core/model/chunk_text.h"
#include "core/model/socket_queue.h"
#include "core/model/socket_text.h"
#include "core/model/tell.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

// The states that a TCP socket may be in, as far as calls tell (RFC 9293); the first is the one to be expected.
std::vector<std::int64_t> tcp_states(const Model& model, const Object& object) {
    const SocketState& socket = *object.socket;
    switch (socket.stage) {
        case SocketStage::Made: return {TCP_CLOSE};
        case SocketStage::Listening: return {TCP_LISTEN};
        case SocketStage::Connecting: return {TCP_SYN_SENT, TCP_ESTABLISHED, TCP_CLOSE};
        case SocketStage::Connected: break;
    }
    if (socket.is_reset) return {TCP_CLOSE};
    if (socket.other == no_id) return {};    // the peer is not of this run
    const bool is_at_end = model.is_at_end(object);
    if (socket.has_shut_writing && is_at_end) return {TCP_CLOSE, TCP_TIME_WAIT, TCP_LAST_ACK, TCP_CLOSING};
    if (socket.has_shut_writing) return {TCP_FIN_WAIT2, TCP_FIN_WAIT1};
    if (is_at_end) return {TCP_CLOSE_WAIT};
    return {TCP_ESTABLISHED};
}

// The other end, if nobody has it open any more and the kernel still has it.
const KernelSocket* orphan_at_other_end(const Model& model, const SocketState& own) {
    if (!own.is_ip() || own.other >= model.objects().size() || !model.objects()[own.other].has_ended) return nullptr;
    const SocketState& other = *model.objects()[own.other].socket;
    const std::vector<KernelSocket>& in_kernel = model.network().in_kernel;
    const auto is_it = [&](const KernelSocket& socket) { return socket.local == other.local && socket.peer == other.peer; };
    const auto found = std::ranges::find_if(in_kernel, is_it);
    return found == in_kernel.end() ? nullptr : &*found;
}

std::string text_of(const SocketAddress& address) { return address.is_known() ? text_of_address(address) : "none"; }

}  // namespace

void Witnesses::socket(const Event& fact) {
    const Process* const process = model.process(fact.process);
    const int number = static_cast<int>(fact.value[1]);
    const Object* const object = process ? model.object_behind(process->id, number) : nullptr;
    if (!object || !object->socket) return;
    const SocketState& known = *object->socket;
    const std::string where = process->name + ' ' + std::to_string(number);
    const auto agreement = [&](const std::string& source, const std::string& kernel, const std::string& ours, bool agrees) {
        add(fact, {source + where, kernel, ours, agrees, no_id, object->id});
    };
    const std::optional<Chunk> addresses = trace.chunk(fact, 0);
    std::string_view text = addresses ? view_of(*addresses) : std::string_view{};
    const SocketAddress local = take_address(text), peer = take_address(text);
    const bool has_name = local.port != 0 || (local.family == AF_UNIX && !local.is_unnamed());
    if (has_name && known.is_ip()) agreement("getsockname ", text_of(local), text_of(known.local), local == known.local || is_meant(local, known.local));
    if (has_name && !known.is_ip()) agreement("getsockname ", text_of(local), text_of(known.local), local == known.local);
    const KernelSocket* const orphan = orphan_at_other_end(model, known);
    const bool is_tcp = known.is_ip() && known.is_stream();
    // The other end is closed, and its kernel had still to send. (How much of that is left is told only of a network of the run's own.)
    const Object* const gone = known.other != no_id && model.objects()[known.other].has_ended ? &model.objects()[known.other] : nullptr;
    const bool has_bytes_behind = orphan ? orphan->unsent != 0 : gone && !model.network().is_listed && gone->socket->told_unsent > 0;
    const bool may_lag = known.is_ip() && model.network().is_unsettled();    // a packet is on its way: the two kernels know different things
    if (peer.is_known() && known.is_ip() && known.stage != SocketStage::Connecting)
        agreement("getpeername ", text_of(peer), text_of(known.peer), is_meant(known.peer, peer) || known.peer == peer);
    if (is_tcp && fact.value[3] > 0) {
        std::vector<std::int64_t> states = tcp_states(model, *object);
        if (has_bytes_behind) states.push_back(TCP_ESTABLISHED);    // the FIN comes behind the last byte
        const bool agrees = states.empty() || may_lag || std::ranges::find(states, fact.value[3]) != states.end();
        agreement("TCP_INFO ", text_of_tcp_state(fact.value[3]), agrees ? text_of_tcp_state(fact.value[3]) : text_of_tcp_state(states.front()), agrees);
    }
    if (known.stage == SocketStage::Listening) {
        if (fact.value[4] < 0) return;
        // Whose connect has not returned may be in the queue, or still outside: its kernel asks again from time to time.
        const auto room = static_cast<std::size_t>(known.backlog) + 1, there = static_cast<std::size_t>(fact.value[4]);
        const std::size_t certain = connected_in_queue(model, *object);
        const bool has_strangers = there > known.queue.size();    // peers that are not of this run
        const bool agrees = (may_lag || there >= std::min(certain, room)) && (has_strangers || there <= std::min(known.queue.size(), room)) && fact.value[5] == known.backlog;
        const auto text_of_queue = [](std::size_t count, std::int64_t backlog) { return std::to_string(count) + " to accept, backlog " + std::to_string(backlog); };
        agreement("TCP_INFO ", text_of_queue(there, fact.value[5]), text_of_queue(agrees ? there : certain, known.backlog), agrees);
        return;
    }
    if (known.other == no_id || fact.value[4] < 0 || object->is_uncertain) return;
    if (known.type == SOCK_DGRAM || (known.type == SOCK_SEQPACKET && known.family != AF_UNIX)) return;
    // What has not left the sender's queue lies, for the model, at the receiver's end, too.
    const Object& other = model.objects()[known.other];
    const std::uint64_t bytes = object->bytes_inside();
    const auto there = static_cast<std::uint64_t>(fact.value[4]);
    if (has_bytes_behind) return agreement("SIOCINQ ", std::to_string(there), std::to_string(bytes), there <= bytes);
    const bool is_told = other.socket->told_at != no_id && !other.has_ended && other.socket->told_unsent >= 0;
    if (orphan && orphan->unsent != 0)    // unacknowledged ones are counted at both ends
        return agreement("SIOCINQ, idiag_wqueue ", std::to_string(there) + ", " + std::to_string(orphan->unsent), std::to_string(bytes),
                         there <= bytes && bytes <= there + orphan->unsent);
    const std::uint64_t unsent = is_told ? static_cast<std::uint64_t>(other.socket->told_unsent) : 0;
    const std::uint64_t sum = there + (bytes >= there + unsent ? unsent : 0);
    if (bytes != there && unsent != 0)
        agreement("SIOCINQ + SIOCOUTQNSD ", std::to_string(sum), std::to_string(bytes), sum == bytes || (may_lag && sum < bytes));
    else agreement("SIOCINQ ", std::to_string(there), std::to_string(bytes), there == bytes || (may_lag && there < bytes));
}

}  // namespace ipcscope
