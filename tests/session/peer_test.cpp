// Who is at the other end, if it is nobody of the run: the kernel tells the session, by sock_diag and /proc.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <filesystem>

#include "core/keeper/inet_diag.h"
#include "core/session/sock_diag.h"
#include "core/session/socket_owner.h"
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

// A connection of this very process to that address.
UniqueFd visit(const SocketAddress& address) {
    UniqueFd visitor(socket(address.family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int connected = -1;
    if (address.family == AF_UNIX) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::copy(address.host.begin(), address.host.end(), at.sun_path);
        connected = connect(visitor.get(), reinterpret_cast<sockaddr*>(&at), sizeof at);
    } else {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(address.port);
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected = connect(visitor.get(), reinterpret_cast<sockaddr*>(&at), sizeof at);
    }
    EXPECT_EQ(connected, 0);
    return visitor;
}

const SocketState& state_of(const Scope& scope, int descriptor) { return *scope.model().object_behind(0, descriptor)->socket; }

SocketAddress address_of(int socket) {
    sockaddr_in at{};
    socklen_t length = sizeof at;
    getsockname(socket, reinterpret_cast<sockaddr*>(&at), &length);
    return address_from({reinterpret_cast<const char*>(&at), length});
}

void be_visited(ScopeOptions options) {
    Scope scope("visited", std::move(options));
    for (const char* call : {"socket", "bind", "listen"}) scope.step("p0", call);
    const UniqueFd visitor = visit(state_of(scope, 3).local);
    scope.step("p0", "accept");
    const PeerProcess& peer = state_of(scope, 4).peer_process;
    EXPECT_EQ(peer.pid, getpid());
    EXPECT_EQ(text_of_peer_process(peer), "session_test, pid " + std::to_string(getpid()));
    ASSERT_EQ(send(visitor.get(), "hello", 5, 0), 5);
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
}

TEST(Peers, WhoComesOverTcpIsNamed) { be_visited({.has_own_network = false}); }
TEST(Peers, WhoComesIsNamedWithoutNamespaces) { be_visited({.is_private = false}); }

TEST(Peers, WhoComesToAUnixSocketIsNamed) {
    const std::string path = std::filesystem::temp_directory_path() / ("ipcscope-visited-" + std::to_string(getpid()));
    be_visited({.arguments = {path}, .is_private = false});
    std::filesystem::remove(path);
}

TEST(Peers, WhoIsOfTheRunIsNoOutsider) {
    Scope scope("sockets", {.is_private = true, .has_own_network = true});
    if (!scope.run().session().is_private()) GTEST_SKIP() << "without namespaces its port may be in use, by the test before";
    for (const char* call : {"socket", "bind", "listen", "fork"}) scope.step("p0", call);
    scope.step("p1", "socket");
    scope.step("p1", "connect");
    scope.step("p0", "accept");
    EXPECT_FALSE(state_of(scope, 4).peer_process.is_known());
    scope.post_and_wait(StopRun{});
}

TEST(SockDiag, FindsConnectionsOfThisProcess) {
    UniqueFd door(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(door.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    ASSERT_EQ(listen(door.get(), 3), 0);
    const SocketAddress name = address_of(door.get());
    const UniqueFd visitor = visit(name);
    const SocketAddress other = address_of(visitor.get());

    std::vector<InetSocket> all;
    ASSERT_EQ(list_inet_sockets(all), 0);
    const auto listener = std::ranges::find_if(all, [&](const InetSocket& socket) {
        return socket.state == TCP_LISTEN && socket.local_port == name.port && socket.family == AF_INET;
    });
    ASSERT_NE(listener, all.end());
    EXPECT_EQ(listener->received, 1u);    // waits for accept
    EXPECT_EQ(listener->unsent, 3u);      // the backlog

    SockDiag diag;
    const auto waiting = diag.find(IPPROTO_TCP, name, other);
    ASSERT_TRUE(waiting);
    EXPECT_EQ(waiting->inode, 0u);        // nobody has accepted it
    const auto found = diag.find(IPPROTO_TCP, other, name);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->uid, getuid());
    const auto owner = find_socket_owner(found->inode);
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->pid, getpid());
    EXPECT_EQ(owner->descriptor, visitor.get());

    SocketAddress nobody = other;
    nobody.host = std::string("\x7f\0\0\x09", 4);
    EXPECT_FALSE(diag.find(IPPROTO_TCP, nobody, name));
}

TEST(SockDiag, FindsAConnectedUdpSocket) {
    UniqueFd one(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), other(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    for (const UniqueFd* end : {&one, &other}) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(bind(end->get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    }
    const SocketAddress here = address_of(one.get()), there = address_of(other.get());
    SockDiag diag;
    EXPECT_FALSE(diag.find(IPPROTO_UDP, there, here));    // it has no peer
    sockaddr_in at{};
    socklen_t length = sizeof at;
    ASSERT_EQ(getsockname(one.get(), reinterpret_cast<sockaddr*>(&at), &length), 0);
    ASSERT_EQ(connect(other.get(), reinterpret_cast<const sockaddr*>(&at), length), 0);
    const auto found = diag.find(IPPROTO_UDP, there, here);
    ASSERT_TRUE(found);
    struct stat about;
    ASSERT_EQ(fstat(other.get(), &about), 0);
    EXPECT_EQ(found->inode, about.st_ino);
    EXPECT_EQ(found->uid, getuid());
}

TEST(SocketOwners, WhoComesLaterIsFound) {
    // Nobody has an inode of this number; then somebody has it.
    SocketOwners owners;
    EXPECT_FALSE(owners.find(1));
    const UniqueFd mine(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    struct stat about;
    ASSERT_EQ(fstat(mine.get(), &about), 0);
    const auto owner = owners.find(about.st_ino);
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->descriptor, mine.get());
}

TEST(SockDiag, KnowsTheOtherEndOfAUnixSocket) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd one(ends[0]), other(ends[1]);
    struct stat about[2];
    ASSERT_EQ(fstat(ends[0], &about[0]) | fstat(ends[1], &about[1]), 0);
    SockDiag diag;
    const auto found = diag.find_unix(about[0].st_ino);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->peer_inode, about[1].st_ino);
    EXPECT_EQ(found->uid, getuid());
}

}  // namespace
}  // namespace ipcscope
