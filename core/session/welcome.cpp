#include "core/session/welcome.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace ipcscope {
namespace {

void reply(int socket, Area* area) {
    const HelloReply reply{hello_magic, hello_version, area ? area->process() : no_id, area ? 1u : 0u, area ? area->size() : 0};
    iovec piece{const_cast<HelloReply*>(&reply), sizeof reply};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (area) {
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        cmsghdr* const attached = CMSG_FIRSTHDR(&message);
        attached->cmsg_level = SOL_SOCKET;
        attached->cmsg_type = SCM_RIGHTS;
        attached->cmsg_len = CMSG_LEN(sizeof(int));
        const int descriptor = area->descriptor();
        memcpy(CMSG_DATA(attached), &descriptor, sizeof descriptor);
    }
    // If it fails, the process has just been killed; its end tells.
    (void)sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (area) area->close_descriptor();
}

}  // namespace

Result<UniqueFd> Welcome::open(const std::string& socket_path) {
    UniqueFd listener(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (listener && bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::listen(listener.get(), SOMAXCONN) == 0)
        return listener;
    return Failure{"cannot listen at " + socket_path + ": " + strerror(errno)};
}

Welcome::Welcome(asio::io_context& io, UniqueFd listener, Answer answer) : io_(io), listener_(io, listener.release()), answer_(std::move(answer)) { listen(); }

void Welcome::listen() {
    listener_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& error) {
        if (error) return;
        accept_all();
        listen();
    });
}

void Welcome::accept_all() {
    for (;;) {
        const int socket = accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket < 0) return;
        const auto guest = std::make_shared<Guest>(io_, socket);
        guests_.push_back(guest);
        guest->socket.async_wait(asio::posix::stream_descriptor::wait_read, [this, guest](const asio::error_code& error) {
            guest->patience.cancel();
            if (error || !hear(*guest) || answer(*guest)) guests_.remove(guest);
        });
        // Who connects and says nothing is no probe.
        guest->patience.expires_after(std::chrono::seconds(1));
        guest->patience.async_wait([weak = std::weak_ptr(guest)](const asio::error_code& error) {
            if (const auto silent = weak.lock(); silent && !error) silent->socket.cancel();
        });
    }
}

// False: this is no probe.
bool Welcome::hear(Guest& guest) const {
    const int socket = guest.socket.native_handle();
    ucred peer{};
    socklen_t length = sizeof peer;
    Hello hello;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
    if (recv(socket, &hello, sizeof hello, MSG_DONTWAIT) != sizeof hello) return false;
    if (hello.magic != hello_magic || hello.version != hello_version || hello.reason > HelloReason::MoreRings) return false;
    guest.hello = hello;
    guest.pid_here = peer.pid;
    return true;
}

bool Welcome::answer(Guest& guest) const {
    const std::optional<Area*> area = answer_(*guest.hello, guest.pid_here);
    if (area) reply(guest.socket.native_handle(), *area);
    return area.has_value();
}

void Welcome::answer_those_who_wait() {
    guests_.remove_if([this](const auto& guest) { return guest->hello && answer(*guest); });
}

}  // namespace ipcscope
