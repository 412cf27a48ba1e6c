// TCP sockets that no process has open, as the kernel lists them, and what the calls say must be there (RFC 9293, 3.6): the side
// that said the end first keeps the name in TIME-WAIT when both have said it; a reset leaves nothing.
#include <netinet/tcp.h>

#include <algorithm>

#include "core/model/socket_text.h"
#include "core/model/witnesses.h"

namespace ipcscope {
namespace {

constexpr std::int64_t nothing = 0;
constexpr std::uint64_t time_wait_ns = 60'000'000'000;    // TCP_TIMEWAIT_LEN, and as long for an orphan in FIN-WAIT-2 (tcp_fin_timeout)
constexpr std::uint64_t slack_ns = 5'000'000'000;

struct Expected {
    std::vector<std::int64_t> states;    // any of them; the first is the one to be expected. Empty: not known
    EventIndex since = no_id;            // … for a minute at most
};

bool is_quiet_between(const Trace& trace, EventIndex one, EventIndex other) {
    for (EventIndex i = std::min(one, other); i < std::max(one, other); ++i)
        if (trace[i].kind == EventKind::Quiet) return true;
    return false;
}

// What the kernel has of this socket besides what descriptors show.
Expected expected_of(const Trace& trace, const Model& model, const Object& object) {
    const SocketState& own = *object.socket;
    if (own.stage != SocketStage::Connected || own.other >= model.objects().size()) return {};
    const SocketState& other = *model.objects()[own.other].socket;
    if (own.is_reset || other.is_reset) return {{nothing}};
    if (own.listener != no_id) return {{TCP_ESTABLISHED, TCP_CLOSE_WAIT, TCP_SYN_RECV, nothing}};
    if (own.said_end == no_id) return {{nothing}};
    if (other.said_end == no_id) return object.has_ended ? Expected{{TCP_FIN_WAIT2, TCP_FIN_WAIT1}, own.said_end} : Expected{{nothing}};
    const bool was_forgotten = object.has_ended && trace[own.said_end].stamp + time_wait_ns < trace[other.said_end].stamp + slack_ns;
    if (was_forgotten && own.said_end < other.said_end) return {};
    if (!is_quiet_between(trace, own.said_end, other.said_end)) return {{TCP_TIME_WAIT, nothing, TCP_LAST_ACK, TCP_CLOSING}};
    if (own.said_end < other.said_end) return {{TCP_TIME_WAIT}, other.said_end};
    return {{nothing, TCP_LAST_ACK}};
}

std::string text_of_state(std::int64_t state) { return state == nothing ? "nothing" : text_of_tcp_state(state); }

}  // namespace

void Witnesses::kernel_sockets(const Event& fact) {
    const auto host = static_cast<std::uint32_t>(fact.value[2]);
    std::vector<KernelSocket> left = model.network().in_kernel;
    std::erase_if(left, [&](const KernelSocket& socket) { return socket.host != host; });
    const bool may_lag = model.network().is_unsettled();    // a packet is on its way: the kernels are not where the calls are
    std::vector<bool> is_explained(left.size());
    for (std::size_t i = model.objects().size(); i-- > 0;) {    // the latest first: a pair of names may be used again
        const Object& object = model.objects()[i];
        if (!object.socket || !object.socket->is_ip() || !object.socket->is_stream() || (host != 0 && object.socket->host != host)) continue;
        const Expected expected = expected_of(trace, model, object);
        if (expected.states.empty()) continue;
        const SocketState& own = *object.socket;
        std::size_t place = 0;
        while (place < left.size() && (is_explained[place] || left[place].local != own.local || left[place].peer != own.peer)) ++place;
        const bool is_there = place < left.size();
        if (is_there) is_explained[place] = true;
        const std::int64_t state = is_there ? left[place].state : nothing;
        const bool may_be_over = !is_there && expected.since != no_id && fact.stamp + slack_ns > trace[expected.since].stamp + time_wait_ns;
        const bool agrees = may_be_over || may_lag || std::ranges::find(expected.states, state) != expected.states.end();
        if (agrees && !is_there) continue;
        add(fact, {"sock_diag " + text_of_address(own.local) + " to " + text_of_address(own.peer), is_there ? text_of_kernel_socket(left[place]) : text_of_state(nothing),
                   text_of_state(agrees ? state : expected.states.front()), agrees, no_id, object.id});
    }
    for (std::size_t i = 0; i < left.size(); ++i)
        if (!is_explained[i])
            add(fact, {"sock_diag " + text_of_address(left[i].local) + " to " + text_of_address(left[i].peer), text_of_kernel_socket(left[i]), not_known, true});
}

}  // namespace ipcscope
