// Hosts of their own and the wire between them: real kernels' TCP, each packet through the session's hands.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>

#include "core/model/packet.h"
#include "core/model/packet_flows.h"
#include "core/model/packet_text.h"
#include "core/model/socket_text.h"
#include "core/session/unique_fd.h"
#include "tests/session/scope.h"
#include "tests/session/ss.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

// One that nobody on this machine uses at the moment.
int port_of(int socket) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    socklen_t length = sizeof own;
    EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&own), sizeof own), 0);
    EXPECT_EQ(getsockname(socket, reinterpret_cast<sockaddr*>(&own), &length), 0);
    return ntohs(own.sin_port);
}

int free_port() { return port_of(UniqueFd(socket(AF_INET, SOCK_STREAM, 0)).get()); }

Launch two_hosts(const std::string& port = "7000") {
    Launch launch;
    launch.hosts = {{"web", {"192.0.2.2/24", "2001:db8::2/64"}, {program_path("host_server"), port}},
                    {"client", {"192.0.2.1/24", "2001:db8::1/64"}, {program_path("host_client"), "@web", port}}};
    return launch;
}

std::vector<std::uint64_t> numbers_on_wire(const Scope& scope) {
    std::vector<std::uint64_t> numbers;
    for (const PacketOnWire& packet : scope.model().network().on_wire) numbers.push_back(packet.number);
    return numbers;
}

// The flags octet of a TCP packet (RFC 9293 section 3.1), by its Packet event.
int flags_of(const Scope& scope, EventIndex packet) {
    const std::optional<Chunk> chunk = scope.run().trace().chunk(scope.run().trace()[packet], 0);
    if (!chunk || chunk->bytes.size() < 40) return -1;
    const auto at = [&](std::size_t place) { return std::to_integer<int>(chunk->bytes[place]); };
    return at(0) >> 4 == 4 && at(9) == 6 ? at(static_cast<std::size_t>((at(0) & 15) * 4 + 13)) : -1;
}

constexpr int syn = 2, push = 8, ack = 16;

TEST(Hosts, APacketIsAStep) {
    Launch launch = two_hosts();
    launch.is_wire_held = true;
    Scope scope(launch);
    if (!scope.run().session().has_wire()) GTEST_SKIP() << "no wire here";
    ASSERT_EQ(scope.model().network().hosts.size(), 2u);
    EXPECT_EQ(scope.process("p0").pid, 2);    // each is the first program of its host
    EXPECT_EQ(scope.process("p1").pid, 2);
    EXPECT_EQ(scope.process("p0").host, 1u);
    EXPECT_EQ(scope.process("p1").host, 2u);

    const auto release = [&](int flags) {
        ASSERT_FALSE(scope.model().network().on_wire.empty());
        const PacketOnWire packet = scope.model().network().on_wire.front();
        EXPECT_EQ(flags_of(scope, packet.left), flags);
        scope.post_and_wait(Carry{packet.number});
    };
    for (const char* call : {"socket", "bind", "listen", "accept"}) scope.step("p0", call);
    scope.step("p1", "socket");
    scope.step("p1", "connect");
    EXPECT_EQ(scope.state("p1"), "asleep connect");
    const Event& first = scope.run().trace()[scope.model().network().on_wire.front().left];
    EXPECT_EQ(first.thread, scope.thread("p1").id);
    ASSERT_NE(first.pair, no_id);
    EXPECT_EQ(scope.run().log().entry_of(first.pair)->call.name, "connect");
    release(syn);
    EXPECT_EQ(scope.state("p0"), "asleep accept");
    const auto half_open = [&] {    // web's kernel has it, and no process has
        return std::ranges::any_of(scope.model().network().in_kernel, [](const KernelSocket& socket) {
            return socket.host == 1 && socket.state == TCP_SYN_RECV && socket.local.port == 7000;
        });
    };
    EXPECT_TRUE(half_open());
    release(syn | ack);
    EXPECT_TRUE(half_open());
    EXPECT_EQ(scope.state("p1"), "gate write");     // connected, says its kernel; the other one does not know
    EXPECT_EQ(scope.state("p0"), "asleep accept");
    release(ack);
    EXPECT_FALSE(half_open());
    EXPECT_EQ(scope.state("p0"), "gate read");
    // Each host's own ss says the same.
    const SocketState& server = *scope.model().object_behind(0, 4)->socket;
    const std::string web = text_of_address(server.local), client = text_of_address(server.peer);
    for (const auto& [process, line] : {std::pair("p0", "ESTAB 0 0 " + web + " " + client), std::pair("p1", "ESTAB 0 0 " + client + " " + web)}) {
        const pid_t pid = scope.process(process).pid_here;
        const std::vector<std::string> lines = lines_of_ss(pid);
        if (!lines.empty()) {
            EXPECT_TRUE(has_line(lines, line + " users:((\"host_")) << line << " not in " << lines.front();
            EXPECT_TRUE(std::ranges::any_of(lines, [&](const std::string& of) { return of.find("pid=" + std::to_string(pid) + ",") != std::string::npos; }));
        }
    }
    scope.step("p1", "write");
    scope.step("p0", "read");
    EXPECT_EQ(scope.state("p0"), "asleep read");
    release(push | ack);
    EXPECT_EQ(scope.state("p0"), "gate write");
    scope.post_and_wait(HoldWire{false});
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
}

TEST(Hosts, WhatIsLostIsSentAgain) {
    Launch launch = two_hosts();
    launch.is_wire_held = true;
    Scope scope(launch);
    if (!scope.run().session().has_wire()) GTEST_SKIP() << "no wire here";
    for (const char* call : {"socket", "bind", "listen", "accept"}) scope.step("p0", call);
    scope.step("p1", "socket");
    scope.step("p1", "connect");
    scope.post_and_wait(Carry{numbers_on_wire(scope).at(0), PacketFate::Dropped});
    EXPECT_TRUE(numbers_on_wire(scope).empty());
    scope.wait_until([&] { return !numbers_on_wire(scope).empty(); });    // RFC 6298: after a second
    EXPECT_EQ(flags_of(scope, scope.model().network().on_wire.front().left), syn);
    scope.post_and_wait(HoldWire{false});
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
}

TEST(Hosts, TheWireHasItsRules) {
    Scope scope(two_hosts());
    if (!scope.run().session().has_wire()) {
        scope.post_and_wait(StopRun{});
        GTEST_SKIP() << "no wire here";
    }
    for (const char* call : {"socket", "bind", "listen", "accept"}) scope.step("p0", call);
    scope.step("p1", "socket");
    const auto carried = [&](std::size_t place) { return scope.run().trace()[scope.events(EventKind::Carried).at(place)]; };
    const auto fate = [&](std::size_t place) { return static_cast<PacketFate>(carried(place).value[1]); };
    const auto has_carried = [&](std::size_t count) { return [&scope, count] { return scope.events(EventKind::Carried).size() >= count; }; };
    // The cable of p1's host is pulled: its SYN goes nowhere, and so does the next one.
    scope.post_and_wait(SetWire{.cut_host = 2});
    scope.step("p1", "connect");
    scope.wait_until(has_carried(1));
    EXPECT_EQ(fate(0), PacketFate::Severed);
    EXPECT_EQ(scope.model().network().rules, WireRules{.cut_host = 2});
    EXPECT_TRUE(scope.model().network().is_unsettled());
    // In again, and slow: a tenth of a second on the way. A SYN that is sent again makes up for the lost one.
    scope.post_and_wait(SetWire{.latency = 100ms});
    scope.wait_until(has_carried(4));
    EXPECT_FALSE(scope.model().network().is_unsettled());
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_EQ(fate(i), PacketFate::Delivered);
        const EventIndex at = scope.events(EventKind::Carried).at(i);
        for (const EventIndex left : scope.events(EventKind::Packet)) {
            const Event& packet = scope.run().trace()[left];
            if (packet.value[0] != carried(i).value[0]) continue;
            EXPECT_GE(scope.run().trace()[at].stamp - packet.stamp, 100'000'000u);
        }
    }
    // Every second one is lost: TCP brings all of it over, all the same.
    scope.post_and_wait(SetWire{.loses_one_in = 2});
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
    EXPECT_TRUE(std::ranges::any_of(scope.events(EventKind::Carried), [&](EventIndex i) { return scope.run().trace()[i].value[1] == static_cast<int>(PacketFate::Dropped); }));
}

// Nothing is quiet while a packet is on its way that will arrive by itself.
TEST(Hosts, ALatePacketIsWaitedFor) {
    Launch launch = two_hosts();
    launch.is_wire_held = true;
    Scope scope(launch);
    if (!scope.run().session().has_wire()) {
        scope.post_and_wait(StopRun{});
        GTEST_SKIP() << "no wire here";
    }
    for (const char* call : {"socket", "bind", "listen", "accept"}) scope.step("p0", call);
    scope.step("p1", "socket");
    scope.step("p1", "connect");
    scope.post_and_wait(Carry{numbers_on_wire(scope).at(0), PacketFate::Delivered, 1200ms});
    // Meanwhile its kernel has sent it again, for it has waited a second: two kinds of packets are held now.
    std::vector<int> flags;
    for (const PacketOnWire& packet : scope.model().network().on_wire) flags.push_back(flags_of(scope, packet.left));
    EXPECT_EQ(flags, (std::vector<int>{syn, syn | ack}));
    // With the cable out nothing is held any more: what leaves is lost, what waits is lost when it is let go.
    scope.post_and_wait(SetWire{.cut_host = every_host});
    scope.post_and_wait(Carry{numbers_on_wire(scope).at(0)});
    const Event& last = scope.run().trace()[scope.events(EventKind::Carried).back()];
    EXPECT_EQ(static_cast<PacketFate>(last.value[1]), PacketFate::Severed);
    scope.post_and_wait(StopRun{});
    scope.wait_until_over();
}

TEST(Hosts, RunFreeBothEndWell) {
    Scope scope(two_hosts());
    if (!scope.run().session().has_wire()) {
        scope.post_and_wait(StopRun{});
        GTEST_SKIP() << "no wire here";
    }
    for (const char* call : {"socket", "bind", "listen"}) scope.step("p0", call);
    scope.run().post(RunFree{});
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
}

// Two networks and a router in both: its kernel sends each packet on, with one hop less to live, while its program sleeps.
TEST(Hosts, ARouterForwards) {
    Launch launch;
    launch.hosts = {{"web", {"198.51.100.2/24"}, {program_path("host_server"), "7000"}},
                    {"gate", {"192.0.2.254/24", "198.51.100.254/24"}, {program_path("host_router")}},
                    {"client", {"192.0.2.1/24"}, {program_path("host_client"), "@web", "7000"}}};
    Scope scope(launch);
    if (!scope.run().session().has_wire()) {
        scope.post_and_wait(StopRun{});
        GTEST_SKIP() << "no wire here";
    }
    for (const char* call : {"socket", "bind", "listen"}) scope.step("p0", call);
    scope.step("p1", "pause");
    for (const char* call : {"socket", "connect"}) scope.step("p2", call);
    EXPECT_TRUE(scope.has_line("p2  connect(3 socket#2, 198.51.100.2:7000, 16) = 0"));
    scope.step_all();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p2"), "ended 0");
    const Trace& trace = scope.run().trace();
    std::vector<std::tuple<std::int64_t, std::int64_t, int>> ways;    // from, to, time to live; of the SYN
    for (const EventIndex i : scope.events(EventKind::Packet)) {
        const Packet packet = packet_of(trace, trace[i]);
        EXPECT_NE(trace[i].value[2], 0) << "a packet that nobody takes";
        EXPECT_NE(trace[i].value[1] + trace[i].value[2], 4) << "past the router";
        EXPECT_FALSE(packet.icmp) << "the router has something to say";
        if (packet.tcp && packet.tcp->flags == TcpFlag::Syn) ways.emplace_back(trace[i].value[1], trace[i].value[2], packet.hops_left);
    }
    EXPECT_EQ(ways, (std::vector<std::tuple<std::int64_t, std::int64_t, int>>{{3, 2, 64}, {2, 1, 63}}));
    PacketFlows flows;
    for (EventIndex i = 0; i < trace.size(); ++i) flows.apply(trace, i);
    for (const PacketOnTrace& packet : flows.packets()) EXPECT_EQ(packet.repeats, no_id) << "what is sent on is not said again";
    scope.post_and_wait(StopRun{});
    scope.wait_until_over();
}

TEST(Hosts, SpeakIPv6) {
    Launch launch;
    launch.hosts = {{"web", {"2001:db8::2/64"}, {program_path("host_server"), "7000", "6"}},
                    {"client", {"2001:db8::1/64"}, {program_path("host_client"), "@web", "7000"}}};
    if (const UniqueFd v6(socket(AF_INET6, SOCK_STREAM, 0)); !v6) GTEST_SKIP() << "no IPv6 here";
    launch.is_wire_held = true;
    Scope scope(launch);
    if (!scope.run().session().has_wire()) {
        scope.post_and_wait(StopRun{});
        GTEST_SKIP() << "no wire here";
    }
    for (const char* call : {"socket", "bind", "listen"}) scope.step("p0", call);
    for (const char* call : {"socket", "connect"}) scope.step("p1", call);
    ASSERT_EQ(numbers_on_wire(scope).size(), 1u);
    const Trace& trace = scope.run().trace();
    const Packet opening = packet_of(trace, trace[scope.model().network().on_wire[0].left]);
    EXPECT_EQ(opening.version, 6);
    EXPECT_EQ(text_of_packet(opening).substr(0, 3), "TCP");
    scope.post_and_wait(Carry{numbers_on_wire(scope)[0]});
    scope.post_and_wait(HoldWire{false});
    EXPECT_TRUE(scope.has_line("p1  connect(3 socket#2, [2001:db8::2]:7000, 28) = 0"));
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
}

TEST(Hosts, WithoutAWireOnLoopback) {
    const std::string port = std::to_string(free_port());
    Launch launch = two_hosts(port);
    launch.has_wire = false;
    Scope scope(launch);
    EXPECT_FALSE(scope.run().session().has_wire());
    ASSERT_EQ(scope.model().network().hosts.size(), 2u);
    EXPECT_EQ(scope.model().network().hosts[0].mtu, 0);
    for (const char* call : {"socket", "bind", "listen", "accept"}) scope.step("p0", call);
    scope.step("p1", "socket");
    scope.step("p1", "connect");
    EXPECT_TRUE(scope.has_line("p1  connect(3 socket#2, 127.0.0.1:" + port + ", 16) = 0"));
    scope.step_all();
    scope.wait_until_over();
}

// The same port is in use on this machine, and nobody is in the other's way.
TEST(Hosts, WithoutAWireTheLoopbackIsTheirOwn) {
    const UniqueFd taken(socket(AF_INET, SOCK_STREAM, 0));
    Launch launch = two_hosts(std::to_string(port_of(taken.get())));
    ASSERT_EQ(listen(taken.get(), 1), 0);
    launch.has_wire = false;
    Scope scope(launch);
    if (!scope.run().session().is_private()) {
        scope.post_and_wait(StopRun{});
        GTEST_SKIP() << "no namespaces here";
    }
    EXPECT_EQ(scope.process("p0").pid, 2);
    EXPECT_EQ(scope.process("p1").pid, 2);
    for (const char* call : {"socket", "bind", "listen"}) scope.step("p0", call);
    scope.step_all();
    scope.wait_until_over();
    EXPECT_EQ(scope.state("p0"), "ended 0");
    EXPECT_EQ(scope.state("p1"), "ended 0");
}

}  // namespace
}  // namespace ipcscope
