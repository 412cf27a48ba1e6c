#include "core/keeper/inet_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ipcscope {
namespace {

InetSocket socket_from(const inet_diag_msg& told, int protocol) {
    InetSocket socket{};
    socket.family = told.idiag_family;
    socket.protocol = static_cast<std::uint8_t>(protocol);
    socket.state = told.idiag_state;
    socket.timer = told.idiag_timer;
    socket.retransmits = told.idiag_retrans;
    socket.local_port = ntohs(told.id.idiag_sport);
    socket.peer_port = ntohs(told.id.idiag_dport);
    memcpy(socket.local, told.id.idiag_src, sizeof socket.local);
    memcpy(socket.peer, told.id.idiag_dst, sizeof socket.peer);
    socket.timer_ms = told.idiag_expires;
    socket.received = told.idiag_rqueue;
    socket.unsent = told.idiag_wqueue;
    socket.inode = told.idiag_inode;
    socket.uid = told.idiag_uid;
    return socket;
}

// A protocol that this kernel cannot list (no udp_diag module) has none.
int list(int netlink, int family, int protocol, std::vector<InetSocket>& sockets) {
    struct {
        nlmsghdr header;
        inet_diag_req_v2 request;
    } question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    question.request.sdiag_family = static_cast<__u8>(family);
    question.request.sdiag_protocol = static_cast<__u8>(protocol);
    question.request.idiag_states = ~0u;
    if (send(netlink, &question, sizeof question, 0) < 0) return errno;
    alignas(nlmsghdr) static char answer[32768];
    for (;;) {
        const ssize_t length = recv(netlink, answer, sizeof answer, MSG_DONTWAIT);    // the kernel answers inside our calls
        if (length < 0) return errno;
        auto left = static_cast<unsigned>(length);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(answer); NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_type == NLMSG_DONE) return 0;
            if (header->nlmsg_type == NLMSG_ERROR) {
                const int error = -static_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
                return error == ENOENT ? 0 : error;
            }
            sockets.push_back(socket_from(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header)), protocol));
        }
    }
}

}  // namespace

int list_inet_sockets(std::vector<InetSocket>& sockets) {
    const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) return errno;
    int error = 0;
    for (const int family : {AF_INET, AF_INET6})
        for (const int protocol : {IPPROTO_TCP, IPPROTO_UDP})
            if (error == 0) error = list(netlink, family, protocol, sockets);
    close(netlink);
    return error;
}

}  // namespace ipcscope
