// Sockets: which two belong together, what lies between them, and how they end.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

#include "core/events/message_header.h"
#include "core/model/explain.h"
#include "core/model/wait_graph.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

template <class T>
std::string raw(const T& value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

std::string ip(const char* host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, host, &address.sin_addr);
    return raw(address);
}

std::string header(std::string_view data, std::string_view control = {}) {
    const MessageHeader header{0, static_cast<std::uint16_t>(control.size()), 0, 0, 0};
    return raw(header) + std::string(control) + std::string(data);
}

std::string rights(int number) {
    struct {
        std::size_t length = CMSG_LEN(sizeof(int));
        int level = SOL_SOCKET, type = SCM_RIGHTS, number, rest = 0;
    } message{.number = number};
    return raw(message);
}

class Sockets : public ::testing::Test {
 protected:
    Sockets() : run({"server", "client"}), server(run.launch()) {}

    void make(Actor actor, int number, int family = AF_INET, int type = SOCK_STREAM) { run.enter(actor, CallId::socket, {family, type, 0}).exit(number); }
    void bind(Actor actor, int number, const std::string& address) { run.enter(actor, CallId::bind, {number, 1, 16}, {bytes(1, address)}).exit(0); }
    Script::Open connect_begin(Actor actor, int number, const std::string& address) {
        return run.enter(actor, CallId::connect, {number, 1, 16}, {bytes(1, address)});
    }
    Script::Open send_begin(Actor actor, int number, std::string_view text) {
        return run.enter(actor, CallId::send, {number, 1, static_cast<std::int64_t>(text.size()), 0}, {bytes(1, text)});
    }
    void send(Actor actor, int number, std::string_view text) { send_begin(actor, number, text).exit(static_cast<std::int64_t>(text.size())); }
    Script::Open receive_begin(Actor actor, int number, std::int64_t room = 64) { return run.enter(actor, CallId::recv, {number, 1, room, 0}); }
    void receive(Actor actor, int number, std::string_view text, std::int64_t room = 64) {
        receive_begin(actor, number, room).exit(static_cast<std::int64_t>(text.size()), bytes(1, text));
    }
    // The server listens with 3; the client's 4 is connected to the server's 5.
    void connected(int backlog = 2) {
        listening(backlog);
        client = run.fork(server, 3);
        run.close(client, 3);
        make(client, 4);
        connect_begin(client, 4, ip("127.0.0.1", 5000)).exit(0);
        run.enter(server, CallId::accept, {3, 1, 1}).exit(5, bytes(1, ip("127.0.0.1", 43210)));
    }
    void listening(int backlog) {
        make(server, 3);
        bind(server, 3, ip("0.0.0.0", 5000));
        run.enter(server, CallId::listen, {3, backlog}).exit(0);
    }
    struct InKernel {
        const char* local;
        int local_port;
        const char* peer;
        int peer_port, state;
    };
    // How often the model and this list do not agree.
    long disagreements(const std::vector<InKernel>& list) {
        run.fact(server, FactKind::KernelSockets, {static_cast<std::int64_t>(list.size())});
        for (const InKernel& one : list) {
            const std::string local = ip(one.local, one.local_port), peer = ip(one.peer, one.peer_port);
            const auto length = static_cast<std::uint32_t>(local.size());
            run.fact(server, FactKind::KernelSocket, {AF_INET, one.state, 0, 0, 0}, raw(length) + local + raw(length) + peer);
        }
        run.quiet();
        const std::vector<WitnessLine> lines = compare(run.trace, run.model);
        return std::ranges::count(lines, false, &WitnessLine::agrees);
    }
    const SocketState& state(Actor actor, int number) { return *run.object(actor, number).socket; }
    std::string last_sentence() {
        for (EventIndex i = run.trace.size(); i-- > 0;)
            if (run.trace[i].kind == EventKind::Exit) return sentence_for_call(run.trace, run.model, run.trace[i].pair);
        return "";
    }

    Script run;
    Actor server, client{};
};

TEST_F(Sockets, TwoEndsFindEachOtherAndLearnTheirNames) {
    connected();
    EXPECT_EQ(state(client, 4).other, run.object(server, 5).id);
    EXPECT_EQ(state(server, 5).other, run.object(client, 4).id);
    EXPECT_EQ(text_of_address(state(client, 4).local), "127.0.0.1:43210");
    EXPECT_EQ(text_of_address(state(server, 5).local), "127.0.0.1:5000");
    EXPECT_EQ(run.lines().back(), "server  accept(3 socket#1, 127.0.0.1:43210, …) = 5");
    EXPECT_EQ(last_sentence(), "server took a connection out of the queue: from 127.0.0.1:43210. Its descriptor is 5.");
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, AcceptMayBeSeenToReturnBeforeConnectDoes) {
    listening(2);
    client = run.fork(server, 3);
    make(client, 4);
    auto accept = run.enter(server, CallId::accept, {3, 0, 0});
    accept.asleep("inet_csk_accept");
    EXPECT_EQ(reason_asleep(run.trace, run.model, server.thread), "nobody is in its queue: no connection to 0.0.0.0:5000 waits to be accepted");
    auto connect = connect_begin(client, 4, ip("127.0.0.1", 5000));
    EXPECT_EQ(state(server, 3).queue.size(), 1u);
    accept.exit(5);
    EXPECT_TRUE(state(server, 3).queue.empty());
    connect.exit(0);
    EXPECT_EQ(state(server, 5).other, run.object(client, 4).id);
    EXPECT_EQ(state(client, 4).stage, SocketStage::Connected);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, NobodyListens) {
    client = server;
    make(client, 3);
    connect_begin(client, 3, ip("127.0.0.1", 5000)).fail(ECONNREFUSED);
    EXPECT_EQ(state(client, 3).stage, SocketStage::Made);
    EXPECT_EQ(last_sentence(), "server was refused: nobody listens at 127.0.0.1:5000 (ECONNREFUSED).");
}

TEST_F(Sockets, WhoComesWhenTheQueueIsFullWaits) {
    listening(0);
    client = run.fork(server, 3);
    make(client, 4);
    make(client, 6);
    connect_begin(client, 4, ip("127.0.0.1", 5000)).exit(0);
    auto second = connect_begin(client, 6, ip("127.0.0.1", 5000));
    second.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, client.thread),
              "the queue of 127.0.0.1:5000 is full: its backlog is 0, and 1 connection waits there to be accepted");
    second.abandon();
    run.ended(client, killed(9));
    EXPECT_EQ(state(server, 3).queue.size(), 1u) << "the first is connected, though nobody is there any more";
}

TEST_F(Sockets, AStreamForgetsTheBordersOfCalls) {
    connected();
    send(client, 4, "one");
    send(client, 4, "two");
    EXPECT_EQ(run.object(server, 5).bytes_inside(), 6u);
    receive(server, 5, "onet", 4);
    EXPECT_EQ(last_sentence(), "server received 4 bytes, \"onet\", from 127.0.0.1:43210; 2 bytes wait there now.");
    run.read(server, 5, "wo");
    EXPECT_EQ(run.object(server, 5).bytes_inside(), 0u);
    EXPECT_EQ(run.model.messages()[0].takings.size(), 1u);
    EXPECT_EQ(run.model.messages()[1].takings.size(), 2u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, WhatIsReceivedMayBeSeenBeforeItsSendHasReturned) {
    connected();
    auto receive = receive_begin(server, 5);
    receive.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, server.thread), "nothing has come from 127.0.0.1:43210, and its end is still open: client 4");
    auto send = send_begin(client, 4, "hi");
    receive.exit(2, bytes(1, "hi"));
    send.exit(2);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, HalfCloseEndsOneDirectionOnly) {
    connected();
    run.enter(client, CallId::shutdown, {4, SHUT_WR}).exit(0);
    EXPECT_TRUE(run.model.is_at_end(run.object(server, 5)));
    EXPECT_FALSE(run.model.is_at_end(run.object(client, 4)));
    receive(server, 5, "");
    send(server, 5, "still here");
    receive(client, 4, "still here");
    EXPECT_EQ(run.lines()[run.lines().size() - 4], "client  shutdown(4 socket#2, SHUT_WR) = 0");
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, ASharedEndIsOpenUntilTheLastHasClosedIt) {
    connected();
    const Actor child = run.fork(server, 4);
    run.close(child, 5);
    EXPECT_FALSE(run.model.is_at_end(run.object(client, 4)));
    EXPECT_EQ(last_sentence(), "prog closed 5, socket#3; still open: server 5. So its peer hears nothing of it.");
    run.close(server, 5);
    EXPECT_TRUE(run.model.is_at_end(run.object(client, 4)));
}

TEST_F(Sockets, BytesThatNobodyReadDestroyTheConnection) {
    connected();
    send(client, 4, "unread");
    run.close(server, 5);
    EXPECT_TRUE(state(client, 4).is_reset);
    send_begin(client, 4, "more").fail(ECONNRESET);
    EXPECT_EQ(last_sentence(), "client was told that the connection is no more: its peer has reset it (ECONNRESET).");
}

TEST_F(Sockets, ASendThatSleepsHasGivenWhatTheKernelSays) {
    connected();
    auto send = run.enter(client, CallId::send, {4, 1, 1000, 0}, {bytes(1, "big", 1000)});
    send.asleep();
    const std::int64_t tcp = std::int64_t{AF_INET} << 32 | SOCK_STREAM << 16 | IPPROTO_TCP;
    run.fact(client, FactKind::Socket, {4, tcp, 1, 0, 200});
    run.fact(server, FactKind::Socket, {5, tcp, 1, 500, 0});
    EXPECT_EQ(run.object(server, 5).bytes_inside(), 700u);
    EXPECT_EQ(run.object(server, 5).waiting.size(), 1u);
    run.enter(server, CallId::recv, {5, 1, 1000, 0}).exit(1000, bytes(1, "big", 1000));
    send.exit(1000);
    EXPECT_EQ(run.object(server, 5).bytes_inside(), 0u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, BothSendFirstIsADeadlock) {
    connected();
    send_begin(client, 4, "much").asleep();
    send_begin(server, 5, "much").asleep();
    EXPECT_EQ(sentence_of_stuck(run.model, wait_graph(run.trace, run.model)),
              "Deadlock: server waits for client, client waits for server. Nobody is left who could wake them.");
}

TEST_F(Sockets, DatagramsKeepTheirBordersAndLoseTheirTails) {
    client = run.fork(server, 3);
    make(server, 3, AF_INET, SOCK_DGRAM);
    bind(server, 3, ip("127.0.0.1", 5000));
    make(client, 3, AF_INET, SOCK_DGRAM);
    const auto to = [&](std::string_view text, int port) {
        const auto length = static_cast<std::int64_t>(text.size());
        run.enter(client, CallId::sendto, {3, 1, length, 0, 1, 16}, {bytes(1, text), bytes(4, ip("127.0.0.1", port))}).exit(length);
    };
    to("first", 5000);
    to("second", 5000);
    to("lost", 5001);
    EXPECT_EQ(last_sentence(), "client sent 4 bytes, \"lost\", to 127.0.0.1:5001; nobody of this run is there to get it.");
    EXPECT_EQ(run.object(server, 3).lying.size(), 2u);
    receive(server, 3, "fir", 3);
    EXPECT_EQ(run.object(server, 3).lying.size(), 1u) << "\"st\" is gone";
    receive(server, 3, "second");
    EXPECT_TRUE(run.object(server, 3).inside.empty());
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, ADescriptorTravels) {
    run.enter(server, CallId::socketpair, {AF_UNIX, SOCK_STREAM, 0, 1}, {}).exit(0, bytes(3, raw(std::array{3, 4})));
    run.open(server, "/tmp/data", O_RDONLY, 5);
    client = run.fork(server, 3);
    run.close(client, 5);
    run.enter(server, CallId::sendmsg, {3, 1, 0}, {bytes(1, header("x", rights(5)))}).exit(1);
    run.close(server, 5);
    EXPECT_EQ(run.lines()[run.lines().size() - 2], R"(server  sendmsg(3 socket#1, {"x", SCM_RIGHTS [5]}, 0) = 1)");
    EXPECT_EQ(run.model.open_files().back().references, 1) << "on its way";
    run.enter(client, CallId::recvmsg, {4, 1, 0}).exit(1, bytes(1, header("x", rights(7))));
    ASSERT_TRUE(run.process(client).descriptor(7));
    EXPECT_EQ(run.object(client, 7).path, "/tmp/data");
    EXPECT_EQ(run.model.open_files().back().references, 1);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(Sockets, APeerFromOutsideIsKnownByItsAddress) {
    listening(5);
    run.enter(server, CallId::accept, {3, 1, 1}).exit(4, bytes(1, ip("127.0.0.1", 51000)));
    receive(server, 4, "GET /");
    EXPECT_EQ(text_of_address(state(server, 4).peer), "127.0.0.1:51000");
    EXPECT_EQ(run.model.messages().back().from, no_id);
    send(server, 4, "HTTP/1.1 200 OK");
    EXPECT_EQ(run.object(server, 4).bytes_inside(), 0u);    // it has left the run
    EXPECT_EQ(run.model.surprises(), 0u);
}

// --- What the kernel keeps -------------------------------------------------------------------------

TEST_F(Sockets, WhoSaysTheEndFirstIsInTimeWait) {
    connected();
    run.close(server, 5);
    run.quiet();
    EXPECT_EQ(disagreements({{"127.0.0.1", 5000, "127.0.0.1", 43210, TCP_FIN_WAIT2}}), 0) << "the client has not answered";
    EXPECT_EQ(disagreements({}), 1);
    run.close(client, 4);
    EXPECT_EQ(disagreements({{"127.0.0.1", 5000, "127.0.0.1", 43210, TCP_TIME_WAIT}}), 0);
    EXPECT_EQ(disagreements({}), 1) << "a minute is not over";
    EXPECT_EQ(disagreements({{"127.0.0.1", 43210, "127.0.0.1", 5000, TCP_TIME_WAIT}}), 2) << "the wrong side";
    EXPECT_EQ(run.model.network().in_kernel.size(), 1u);
}

TEST_F(Sockets, InOneStepEitherMayBeFirst) {
    connected();
    run.quiet();
    run.close(server, 5);
    run.close(client, 4);
    EXPECT_EQ(disagreements({{"127.0.0.1", 43210, "127.0.0.1", 5000, TCP_TIME_WAIT}}), 0);
}

TEST_F(Sockets, AResetLeavesNothing) {
    connected();
    const linger at_once{1, 0};
    run.enter(server, CallId::setsockopt, {5, SOL_SOCKET, SO_LINGER, 1, sizeof at_once}, {bytes(3, raw(at_once))}).exit(0);
    EXPECT_FALSE(state(client, 4).is_reset);
    run.close(server, 5);
    EXPECT_TRUE(state(client, 4).is_reset);
    run.quiet();
    run.close(client, 4);
    EXPECT_EQ(disagreements({}), 0);
    EXPECT_EQ(disagreements({{"127.0.0.1", 5000, "127.0.0.1", 43210, TCP_TIME_WAIT}}), 1);
}

TEST_F(Sockets, AddressesAsText) {
    EXPECT_EQ(text_of_address(address_from(ip("192.0.2.7", 80))), "192.0.2.7:80");
    sockaddr_un path{AF_UNIX, "door"};
    EXPECT_EQ(text_of_address(address_from({reinterpret_cast<const char*>(&path), 2 + 5})), "\"door\"");
    EXPECT_EQ(text_of_address(address_from({"\1\0\0name", 7})), "@\"name\"");
    EXPECT_EQ(text_of_address(address_from({"\1\0", 2})), "unnamed");
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6, six.sin6_port = htons(8080), six.sin6_addr = in6addr_loopback;
    EXPECT_EQ(text_of_address(address_from(raw(six))), "[::1]:8080");
    EXPECT_FALSE(address_from("\2").is_known());
}

}  // namespace
}  // namespace ipcscope
